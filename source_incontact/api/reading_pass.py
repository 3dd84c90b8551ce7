"""One reading of a report from its first page to its last, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from source_incontact.messages import proof
from source_incontact.typed_rows import content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Sequence

    from source_incontact.api.envelopes import Envelope
    from source_incontact.messages.message import Message
    from source_incontact.typed_rows import Row

_LEAST_CAP = 64
RowT = TypeVar("RowT", bound="Row")


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """One response of a paged report.

    Attributes:
        rows: The rows of this page.
        total: The API's own count of all rows, if it states one.
        hidden: Rows the account's role may not see, if the API states them.
        has_next: Whether the API links to a further page; ``None`` if it gives no links.
        unreadable: The API states a count that is no number, which proves nothing.
        asked: How many rows were asked for; ``None`` where that has no limit.
    """

    rows: Sequence[RowT]
    total: int | None = None
    hidden: int = 0
    has_next: bool | None = None
    unreadable: bool = False
    asked: int | None = None

    @classmethod
    def of(
        cls, payload: Envelope | None, rows: Sequence[RowT], asked: int | None = None
    ) -> Page[RowT]:
        """The page that a response holds; ``None`` is a response that says "no rows"."""
        if payload is None:
            return cls(rows, asked=asked)
        total = payload.count("totalRecords")
        return cls(
            rows,
            total=total,
            unreadable=total is None and payload.states("totalRecords"),
            hidden=payload.count("hiddenAgents") or 0,
            has_next=payload.has_next,
            asked=asked,
        )


@dataclass
class Pass:
    """One reading from the first page to the last.

    Attributes:
        page_size: How many rows are asked for at once.
        growing: Whether rows still join and change; to wait until none does would have no end.
        seen: The identity of every row; where nothing is counted, with a hash of its content.
        total: The last count that was stated.
        first_total: The first count that was stated.
        hidden: The rows that the API hides from this role.
        flaw: Why this pass proves nothing, whatever the sums say.
        moved: Whether a row was not where it had been, or a linked page was not there.
        pages: How many pages brought new rows.
        twins: How many rows came twice in one response, identical.
        is_alone: Whether no further page can bring a row again.
    """

    page_size: int
    growing: bool = False
    seen: dict[Hashable, int] = field(default_factory=dict)
    total: int | None = None
    first_total: int | None = None
    hidden: int = 0
    flaw: str | None = None
    moved: bool = False
    pages: int = 0
    twins: int = 0
    is_alone: bool = False
    _largest: int = 0
    _received: int = 0
    _anchor: Hashable = None
    _linked: bool = False

    @property
    def skip(self) -> int:
        """The row number that the next page is asked from: that of the last row, to see it again.

        Only where that brought nothing but the last row, the one behind it.
        """
        return self._received - (self._anchor is not None)

    @property
    def rows(self) -> int:
        """The rows that came, an identical twin in one response counted as the API counts it."""
        return len(self.seen) + self.twins

    def take(
        self, page: Page[RowT], key: Callable[[Sequence[RowT]], list[Hashable]]
    ) -> tuple[dict[Hashable, RowT], bool]:
        """The rows that are new, by their identity, and whether to ask for another page."""
        identities = key(page.rows)
        fresh = self._new_rows(page, identities)
        if fresh or self.total is None:
            self._count(page.total)  # of a page without news, a count may be that of the page
        self.hidden = max(self.hidden, page.hidden)
        if page.unreadable:
            self._note(proof.COUNT_UNREADABLE)
        linked, self._linked = self._linked, bool(page.has_next)
        if not page.rows:
            if self.total is None:
                self._require_end(linked=linked)
            self.moved |= self._anchor is not None  # the last row that was read is there no more
            return fresh, False
        self.pages += bool(fresh)
        return fresh, self._goes_on(page, identities, is_new=bool(fresh))

    def _note(self, flaw: Message) -> None:
        """Remember why the pass proves nothing; the first reason stays."""
        self.flaw = self.flaw or flaw.says()

    def _require_end(self, *, linked: bool) -> None:
        """Hold an empty page, which alone ends what is not counted, against what is known."""
        if linked:
            self._note(proof.NO_FURTHER_PAGE)
        if self._anchor is not None:
            self._note(proof.NO_ROWS_ANY_MORE)

    def _new_rows(self, page: Page[RowT], identities: list[Hashable]) -> dict[Hashable, RowT]:
        """The rows that this pass has not seen, by their identities."""
        first: dict[Hashable, RowT] = dict(zip(identities, page.rows, strict=True))
        if len(first) < len(identities):
            first.clear()
            for identity, row in zip(identities, page.rows, strict=True):
                if first.setdefault(identity, row) != row:
                    self._note(proof.ONE_KEY_IN_A_RESPONSE)
            self.twins += len(identities) - len(first)
        fresh = without(self.seen, first)
        if page.total is None and self.total is None and not (self.is_alone or self.growing):
            self._compare(first)
        else:
            self.seen.update(dict.fromkeys(first, 0))
        return fresh

    def _compare(self, first: dict[Hashable, RowT]) -> None:
        """Remember what the rows hold: where nothing is counted, no sum shows a lost row."""
        for identity, row in first.items():
            content = hash(content_of(row))
            if self.seen.setdefault(identity, content) not in {0, content}:
                self._note(proof.ONE_KEY)

    def _goes_on(self, page: Page[RowT], identities: list[Hashable], *, is_new: bool) -> bool:
        """Place a page that has rows behind the one before; whether a further one may follow."""
        anchor, self._anchor = self._anchor, None
        if not is_new:
            if self.total in {self.rows, len(self.seen)}:
                return False  # the last row alone, or, from some servers, the last page again
            if anchor is not None:
                # To be asked for what follows: a page may be as short as the last row alone, and
                # a server may begin its pages where it likes.
                self.moved |= identities != [anchor]
                return True
            if self.growing and len(identities) < self._largest:
                self.moved = True  # rows that joined in front have pushed these back
                return False
            self._note(proof.REPEATED_PAGE)
            return False
        self.moved |= anchor is not None and identities[0] != anchor
        self._received += len(identities) - (anchor is not None)
        self._anchor = identities[-1]
        return self._expects_more(page)

    def _count(self, total: int | None) -> None:
        """The last count holds, for rows may be added while the pages are read.

        If rows left, those behind them moved up, maybe into pages that had been read already; the
        rows that left are among the seen ones, so the sums agree all the same.
        """
        if total is None:
            return
        if self.total is not None and total < self.total:
            self._note(proof.COUNT_SHRANK)
        self.first_total = total if self.first_total is None else self.first_total
        self.total = total

    def _expects_more(self, page: Page[RowT]) -> bool:
        """Whether a further page may hold rows.

        A full page is no end, even where the count says so: a server that counts the rows of the
        page, and not of the report, would agree with itself.
        """
        size = len(page.rows)
        full = is_full(size, self._largest, page.asked or self.page_size)
        is_further, self._largest = bool(self._largest), max(self._largest, size)
        if self.total is None:
            return bool(page.has_next) or full or not (self.growing and is_further)
        return bool(page.has_next) or self._received < self.total or full

    def shortfall(self) -> str | None:
        """Why the rows of this pass are not those that it counted; ``None`` if they are."""
        if self.flaw is not None:
            return self.flaw
        # Whether a count includes hidden rows is not public [A 3], nor whether it counts twins.
        counted = {self.rows, len(self.seen)}
        if self.total is None or counted & {self.total, self.total - self.hidden}:
            return None
        if self.growing and self.rows >= (self.first_total or 0):
            return None
        return proof.OTHER_COUNT.says(rows=self.rows, stated=self.total)

    def is_one_response(self) -> bool:
        """Whether one response held every row, so that nothing can have moved between two.

        A sum that takes hidden rows or twins into account is none: another pass has to agree.
        """
        return self.pages <= 1 and not self.moved and self.total in {None, len(self.seen)}


def without(known: Collection[Hashable], rows: dict[Hashable, RowT]) -> dict[Hashable, RowT]:
    """The rows whose identities are not known."""
    if not known:
        return rows
    return {identity: row for identity, row in rows.items() if identity not in known}


def is_full(size: int, largest: int, asked: int) -> bool:
    """Whether a page may have as many rows as the server gives at most.

    Args:
        size: Its rows.
        largest: The rows of the largest page before, from which that is known; 0 for the first.
        asked: How many were asked for.
    """
    return size >= asked or (size >= largest if largest else may_be_a_cap(size))


def may_be_a_cap(size: int) -> bool:
    """Whether a server may be set to give so many rows at most; the caps seen are round [L]."""
    if not size:
        return False
    return size % 10 == 0 or size % 25 == 0 or (size >= _LEAST_CAP and size & (size - 1) == 0)
