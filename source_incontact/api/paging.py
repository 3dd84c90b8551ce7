"""Reading a paged report so that completeness is proved, not hoped for.

Pages are asked by ``skip``, advanced by the rows received, because the server may cap ``top`` [L].
Each further page begins with the last row of the page before, or rows have moved between the two.
A pass over the pages is proved when nothing moved and its distinct rows are as many as the API's
own ``totalRecords``. Rows can move while they are read [A 25]: an unproved pass is read again from
the start, and what stays unproved is an error.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from source_incontact.errors import transient_error

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from source_incontact.api.envelopes import Envelope

LOGGER = logging.getLogger("airbyte.source_incontact.paging")

MAX_PASSES = 3
"""How often a report is read from its first page before it fails."""

_LEAST_CAP = 64

RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """One answer of a paged report.

    Attributes:
        rows: The rows of this page.
        total: The API's own count of all rows, if it states one.
        hidden: Rows the account's role may not see, if the API states them.
        has_next: Whether the API links to a further page; ``None`` if it gives no links.
        unreadable: The API states a count that is no number, which proves nothing.
    """

    rows: Sequence[RowT]
    total: int | None = None
    hidden: int = 0
    has_next: bool | None = None
    unreadable: bool = False

    @classmethod
    def of(cls, payload: Envelope | None, rows: Sequence[RowT]) -> Page[RowT]:
        """The page that an answer holds; ``None`` is an answer that says "no rows"."""
        if payload is None:
            return cls(rows)
        total = payload.count("totalRecords")
        return cls(
            rows,
            total=total,
            unreadable=total is None and payload.states("totalRecords"),
            hidden=payload.count("hiddenAgents") or 0,
            has_next=payload.has_next,
        )


class _Pass:
    """The tally of one reading from the first page to the last.

    Args:
        page_size: How many rows are asked for at once.
    """

    def __init__(self, page_size: int) -> None:
        self._page_size = page_size
        self._largest = 0
        self._received = 0
        self._anchor: Hashable = None
        self.seen: set[Hashable] = set()
        self.total: int | None = None
        self.hidden = 0
        self.flaw: str | None = None
        self.moved = False

    @property
    def skip(self) -> int:
        """The row number that the next page is asked from: that of the last row, to see it again.

        Only where that brought nothing but the last row, the one behind it.
        """
        return self._received - (self._anchor is not None)

    def take(
        self, page: Page[RowT], key: Callable[[RowT], Hashable]
    ) -> tuple[list[tuple[Hashable, RowT]], bool]:
        """The rows that are new, each with its identity, and whether to ask for another page."""
        identities, fresh = self._new_rows(page.rows, key)
        if fresh or self.total is None:
            self._count(page.total)  # of a page without news, a count may be that of the page
        self.hidden = max(self.hidden, page.hidden)
        if page.unreadable:
            self.flaw = "the API's count of rows is no number"
        if not page.rows:
            self.moved |= self._anchor is not None  # the last row that was read is there no more
            return fresh, False
        return fresh, self._goes_on(page, identities, is_new=bool(fresh))

    def _goes_on(self, page: Page[RowT], identities: list[Hashable], *, is_new: bool) -> bool:
        """Place a page that has rows behind the one before; whether a further one may follow."""
        anchor, self._anchor = self._anchor, None
        if not is_new:
            if len(self.seen) == self.total:
                return False  # the last row alone, or, from some servers, the last page again
            if anchor is not None:
                # To be asked for what follows: a page may be as short as the last row alone, and
                # a server may begin its pages where it likes.
                self.moved |= identities != [anchor]
                return True
            self.flaw = "a page repeated rows that had been read already"
            return False
        self.moved |= anchor is not None and identities[0] != anchor
        self._received += len(identities) - (anchor is not None)
        self._anchor = identities[-1]
        return self._expects_more(page)

    def _new_rows(
        self, rows: Sequence[RowT], key: Callable[[RowT], Hashable]
    ) -> tuple[list[Hashable], list[tuple[Hashable, RowT]]]:
        """The identity of each row; and the rows that this pass has not seen, with theirs."""
        identities = [key(row) for row in rows]
        try:
            distinct = set(identities)
        except TypeError:
            identities = [_hashable(identity) for identity in identities]
            distinct = set(identities)
        if None in distinct:
            self.flaw = "a row came without its key"
        fresh = list(zip(identities, rows, strict=True))
        if len(distinct) < len(fresh) or not distinct.isdisjoint(self.seen):
            first: dict[Hashable, RowT] = {}
            for identity, row in fresh:
                if identity not in self.seen:
                    first.setdefault(identity, row)
            fresh = list(first.items())
        self.seen |= distinct
        return identities, fresh

    def _count(self, total: int | None) -> None:
        """The last count holds, for rows may be added while the pages are read.

        If rows left, those behind them moved up, maybe into pages that had been read already; the
        rows that left are among the seen ones, so the sums agree all the same.
        """
        if total is None:
            return
        if self.total is not None and total < self.total:
            self.flaw = "the API's count of rows shrank from one page to the next"
        self.total = total

    def _expects_more(self, page: Page[RowT]) -> bool:
        """Whether a further page may hold rows.

        A full page is no end, even where the count says so: a server that counts the rows of the
        page, and not of the report, would agree with itself.
        """
        size = len(page.rows)
        if self._largest:
            # From the second page on it is known how many rows the server gives at most.
            is_full = size >= self._largest
        else:
            is_full = size >= self._page_size or _may_be_a_cap(size)
        self._largest = max(self._largest, size)
        return bool(page.has_next) or self.total is None or self._received < self.total or is_full

    def shortfall(self) -> str | None:
        """Why this pass proves nothing; ``None`` if it proves the report complete."""
        if self.flaw is not None:
            return self.flaw
        if self.total is not None and len(self.seen) != self.total:
            return f"{len(self.seen)} distinct rows arrived, but the API counts {self.total}"
        return "rows moved between pages while they were read" if self.moved else None

    def is_proved_by(self, before: set[Hashable] | None) -> bool:
        """Whether this pass will do because the one before gave the very same rows.

        That proves a count that includes the rows hidden from the role, and rows that merely change
        places; a row that was lost to a movement would not be lost in both.
        """
        if self.flaw is not None or self.seen != before:
            return False
        visible = {self.total, self.total - self.hidden} if self.total is not None else None
        return visible is None or len(self.seen) in visible


def _may_be_a_cap(size: int) -> bool:
    """Whether a server may be set to give so many rows at most; the caps seen are round [L]."""
    return size % 10 == 0 or size % 25 == 0 or (size >= _LEAST_CAP and size & (size - 1) == 0)


def _hashable(identity: Hashable) -> Hashable:
    """A key of an odd type is kept as it came, and may be a list."""
    try:
        hash(identity)
    except TypeError:
        return repr(identity)
    return identity


def read_proven(
    fetch: Callable[[int], Page[RowT]],
    key: Callable[[RowT], Hashable],
    what: str,
    page_size: int,
) -> Iterator[RowT]:
    """Yield every row of a paged report once, and fail unless all of them came.

    Args:
        fetch: Asks for the page that begins at a row number (``skip``).
        key: The identity of a row; ``None`` if it has none.
        what: The report, for log lines.
        page_size: How many rows ``fetch`` asks for; the server may give fewer.

    Raises:
        AirbyteTracedException: No pass could be proved (``transient_error``); rows read until then
            have been yielded, but the caller must not count the report as read.
    """
    yielded: set[Hashable] = set()
    before: set[Hashable] | None = None
    shortfall: str | None = None
    for attempt in range(1, MAX_PASSES + 1):
        tally = _Pass(page_size)
        more = True
        while more:
            fresh, more = tally.take(fetch(tally.skip), key)
            for identity, row in fresh:
                if identity not in yielded:
                    yield row
        yielded |= tally.seen
        shortfall = tally.shortfall()
        # Whether the total counts hidden rows is not public [A 3]. If it does, every pass falls
        # short by them; one pass alone may as well have lost other rows.
        if shortfall is None or tally.is_proved_by(before):
            if tally.hidden:
                LOGGER.warning(
                    "%s: the API hides %d rows from this account's role.", what, tally.hidden
                )
            return
        before = tally.seen
        LOGGER.warning("%s: %s (pass %d of %d).", what, shortfall, attempt, MAX_PASSES)
    raise transient_error(
        f"Completeness could not be proved in {MAX_PASSES} passes: {shortfall}. Nothing is "
        "counted as read. Run the sync again; if it keeps failing, ask NICE why the count and the "
        "rows of this report disagree."
    )


def proven(page: Page[RowT], key: Callable[[RowT], Hashable]) -> Sequence[RowT]:
    """The rows of a report that is not paged [S]; should it be after all, fail and lose nothing.

    Raises:
        AirbyteTracedException: There is more than the one page, or rows without a key of their own.
    """
    total = page.total if page.total is not None else len(page.rows)
    if total != len(page.rows) or page.unreadable or page.has_next:
        raise transient_error(
            f"The answer holds {len(page.rows)} rows and says that there are more. This report "
            "is not known to come in pages; please report this to the connector's makers."
        )
    keys = [key(row) for row in page.rows]
    if len(set(map(repr, keys))) < len(keys) or None in keys:
        raise transient_error(
            "The answer holds rows without a key of their own, which a warehouse could not tell "
            "apart. Run the sync again; if it keeps failing, ask NICE."
        )
    return page.rows
