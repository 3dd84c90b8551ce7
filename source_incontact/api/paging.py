"""Reading a paged report so that completeness is proved.

Pages are asked for by ``skip``, advanced by the rows received, because the server may cap ``top``
[L]. Rows can join, leave and move while they are read [A 25], so one reading of several pages (a
pass) proves nothing by itself: sums can agree by accident when one row leaves and another joins.
A report that came in one response is complete as of that response. A report of several pages is
complete when two passes in a row gave the same rows, each as many as the API counted: a row that
left in the first pass cannot be in the second.

Whatever was stated once holds for all passes. No pass counts that lacks a row which was handed on,
or that falls below a count which was stated; a response without a count overrules none.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

from source_incontact.api.reading_pass import Page, Pass, RowT, may_be_a_cap, without
from source_incontact.api.refusals import RejectedError
from source_incontact.messages import log, proof, reports

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence


LOGGER = logging.getLogger("airbyte.source_incontact.paging")

MAX_PASSES = 6
"""How often a report is read from its first page before it fails."""
EMPTY_TRIES = 3
"""How often a list that cannot be empty is asked for before its emptiness is believed."""

_KNOWN_CAP = 10_000
"""Rows that the API gives at most in one response of some reports [L]."""


@dataclass(frozen=True)
class Reading(Generic[RowT]):
    """How one report is read.

    Attributes:
        fetch: Asks for the page that begins at a row number (``skip``).
        key: The identity of each row of a response, in order.
        what: The report, for log lines.
        page_size: How many rows ``fetch`` asks for; the server may give fewer.
        growing: Whether rows still join, because the window is cut off by now. It is read again
            by the next sync, so rows that join while it is read are no failure.
        never_empty: Whether the report has at least one row: the API user is one of them.
    """

    fetch: Callable[[int], Page[RowT]]
    key: Callable[[Sequence[RowT]], list[Hashable]]
    what: str
    page_size: int
    growing: bool = False
    never_empty: bool = False


@dataclass
class _Proof(Generic[RowT]):
    """What all passes together prove.

    Attributes:
        reading: The report.
        handed_on: The identity of every row that was handed on.
        stated: The largest count that any pass stated.
        before: The pass before, if its rows were those that it counted.
        empty: How many passes brought no row, of a list that cannot be empty.
    """

    reading: Reading[RowT]
    handed_on: set[Hashable] = field(default_factory=set)
    stated: int = 0
    before: Pass | None = None
    empty: int = 0

    def shortfall(self, tally: Pass) -> str | None:
        """Why the report is not proved complete with this pass; ``None`` if it is."""
        before, self.before = self.before, None
        self.stated = max(self.stated, tally.total or 0)
        why = tally.shortfall() or self._contradiction(tally)
        if why is not None:
            return why
        if not tally.seen and self.reading.never_empty and self.empty < EMPTY_TRIES - 1:
            self.empty += 1
            return proof.NO_ROWS.says()
        self.before = tally
        if tally.is_one_response() or (before is not None and self._agree(before, tally)):
            return None
        return proof.MAY_HAVE_MOVED.says()

    def _contradiction(self, tally: Pass) -> str | None:
        """What an earlier pass brought or stated, and this one does not."""
        lost = len(self.handed_on - tally.seen.keys())
        if lost and not (self.reading.growing and tally.seen):
            return proof.LOST_AGAIN.says(rows=lost)
        if not self.reading.growing and tally.rows + tally.hidden < self.stated:
            return proof.FEWER_THAN_BEFORE.says(rows=tally.rows, stated=self.stated)
        return None

    def _agree(self, before: Pass, tally: Pass) -> bool:
        if self.reading.growing:
            return before.seen.keys() <= tally.seen.keys()
        return before.seen.keys() == tally.seen.keys()


def read_proven(reading: Reading[RowT]) -> Iterator[list[RowT]]:
    """Yield every row of a paged report once, by the page, and fail unless all of them came.

    Raises:
        AirbyteTracedException: Completeness was not proved (``transient_error``); rows read until
            then have been yielded, but the caller must not count the report as read.
    """
    proven = _Proof(reading)
    why: str | None = None
    for attempt in range(1, MAX_PASSES + 1):
        tally = Pass(reading.page_size, growing=reading.growing)
        more = True
        while more:
            fresh, more = tally.take(reading.fetch(tally.skip), reading.key)
            yield list(without(proven.handed_on, fresh).values())
        why = proven.shortfall(tally)
        proven.handed_on |= tally.seen.keys()
        if why is None:
            _warn_of_doubts(reading, tally)
            return
        is_confirmation = proven.before is not None
        reason = proof.CONFIRMATION.says() if is_confirmation else why
        level = logging.INFO if is_confirmation else logging.WARNING
        note = log.PASS.says(reason=reason, number=attempt, most=MAX_PASSES)
        LOGGER.log(level, "%s: %s", reading.what, note)
    raise reports.NOT_PROVED.error(passes=MAX_PASSES, reason=why)


def _warn_of_doubts(reading: Reading[RowT], tally: Pass) -> None:
    # Whether the total counts hidden rows is not public [A 3].
    if tally.hidden:
        LOGGER.warning("%s: %s", reading.what, log.HIDDEN_ROWS.says(rows=tally.hidden))
    if not tally.seen and reading.never_empty:
        LOGGER.warning("%s: %s", reading.what, log.EMPTY_LIST.says(times=EMPTY_TRIES))


def read_unpaged(reading: Reading[RowT]) -> Iterator[list[RowT]]:
    """Yield every row of a report that is not known to come in pages [S], at once.

    If its response says that there are more rows, or holds a round number of them, the rows behind
    are asked for; if there are any, the report is read by pages.

    Raises:
        AirbyteTracedException: The response holds two different rows of one key, or as many rows
            as the API gives at most and no more to be had (``transient_error``).
    """
    page = reading.fetch(0)
    size = len(page.rows)
    if page.unreadable:
        raise reports.NO_COUNT.error()
    is_short = page.has_next or (page.total or 0) > size
    if not is_short and may_be_a_cap(size):
        try:
            behind = reading.fetch(size).rows
        except RejectedError:  # it takes no row number, which is as good as to ignore it
            behind = page.rows
        is_short = not set(reading.key(page.rows)).issuperset(reading.key(behind))
        if behind and not is_short and size % _KNOWN_CAP == 0:
            raise reports.CAPPED.error(rows=size)
    if is_short:
        yield from read_proven(reading)
        return
    tally = Pass(reading.page_size, growing=reading.growing, is_alone=True)
    fresh, _ = tally.take(page, reading.key)
    why = tally.shortfall()
    if why is not None:
        raise reports.UNUSABLE.error(reason=why)
    yield list(fresh.values())
