"""Which windows a sync has to read, and the rules by which it remembers them. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from source_incontact.messages import log
from source_incontact.windows.days import DaySpan, day_start, local_day, next_day, to_wire
from source_incontact.windows.grid import Interval, Window, cut
from source_incontact.windows.state import Coverage, StreamState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

SETTLE_TIME = timedelta(minutes=30)
"""Numbers of a window may still change this long after its end: the vendor's lag is 15 to 30
minutes [S], so a younger window is read but not remembered as read."""

CLOCK_STEP = timedelta(minutes=15)
"""By so much a clock may be set back between two syncs without a loss: `SETTLE_TIME` is longer."""

OPEN_TIME = timedelta(days=30)
"""How long after its end a window is read again because rows of it are not final yet."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """The windows a sync has to read, and the rules by which it remembers them.

    Attributes:
        state: The memory the sync starts from.
        origin: The start of the span of time that the stream answers for.
        notes: What a person should know about the state the sync starts from, a sentence each.
        days: The chosen days.
        interval: How they are cut.
        zone: Whose midnight begins a day.
        began: When this attempt began.
        sync_began: When its first attempt did.
        lookback: How long after its end a window is still read again.
        reread_after: Windows that end later are read whether or not they were read before.
    """

    state: StreamState
    origin: datetime
    notes: tuple[str, ...]
    days: DaySpan
    interval: Interval
    zone: ZoneInfo
    began: datetime
    sync_began: datetime
    lookback: timedelta
    reread_after: datetime

    @property
    def windows(self) -> Iterator[Window]:
        """What to read, in order. Made as it is asked for: there may be 200,000."""
        coverage = self.state.coverage
        return (
            window
            for window in self._grid()
            if window.end > self.reread_after or not coverage.covers(window)
        )

    def remember(self, state: StreamState, window: Window, *, is_open: bool = False) -> StreamState:
        """``state`` after ``window`` was read and its records emitted.

        Args:
            state: The memory so far.
            window: What was read.
            is_open: Whether rows of it are not final yet.
        """
        if not self.counts(window, is_open=is_open):
            return state
        return replace(state, coverage=state.coverage.add(window))

    def counts(self, window: Window, *, is_open: bool) -> bool:
        """Whether a window that was read counts as read."""
        settle_time = OPEN_TIME if is_open else SETTLE_TIME
        return not window.cut_off and window.end <= self.began - settle_time

    def complete(self, state: StreamState, owed_from: datetime | None = None) -> StreamState:
        """``state`` after every window of the plan was read.

        Args:
            state: The memory so far.
            owed_from: The start of the first window that did not count because of open rows.
        """
        coverage = state.coverage.keep(self._grid()).final(self.reread_after, self._grid())
        since = self.state.since
        if self.days.moving:
            settled = self.sync_began - max(SETTLE_TIME, self.lookback)
            final_until = day_start(local_day(settled, self.zone), self.zone)
            end = day_start(next_day(self.days.last), self.zone)
            since = min(max(self.origin, min(final_until, end)), owed_from or end)
        return replace(
            state, coverage=coverage, began_at=None, completed_at=self.sync_began, since=since
        )

    def _grid(self) -> Iterator[Window]:
        for first, last in _pieces(local_day(self.origin, self.zone), self.days):
            yield from cut(first, last, self.interval, self.zone, self.began)


def make_plan(  # noqa: PLR0913 - all that decides what is read, keyword-only
    *,
    days: DaySpan,
    interval: Interval,
    zone: ZoneInfo,
    began: datetime,
    saved: StreamState,
    lookback_days: int,
    incremental: bool,
    keyed_by_window: bool = True,
    report: str = "",
) -> Plan:
    """Decide which windows a sync that began at ``began`` has to read.

    Full refresh reads the chosen days; a saved state without ``completed_at`` is that of a broken
    attempt, whose windows are not read again. Incremental reads what the state does not cover, and
    again every window that ended less than ``lookback_days`` before the last completed sync began.
    Where the choice begins so many days back, it reads from ``since`` on. Where the windows are
    part of the rows' key (``keyed_by_window``), those that were cut by another interval or zone
    count for nothing; nor do those of another ``report``, where a stream's name alone does not say
    which it is.
    """
    began = began.astimezone(timezone.utc).replace(microsecond=0)
    lookback = lookback_days * _ONE_DAY
    notes: list[str] = []
    if not incremental:
        saved = StreamState() if saved.completed_at else replace(saved, since=None)
    saved = _without_future(saved, began, lookback, notes)
    # A sync begins with its first attempt: what that one read young stays young for the next sync.
    sync_began = began if saved.completed_at else saved.began_at or began
    grid = ", ".join(filter(None, (interval.value, zone.key, report))) if keyed_by_window else None
    origin = _origin(saved, days, zone) if incremental else day_start(days.first, zone)
    exact = keyed_by_window and interval is Interval.RANGE
    memory = replace(
        _cut_alike(saved, grid, notes, exact=exact),
        began_at=None if saved.completed_at else sync_began,
        since=origin if incremental and days.moving else saved.since,
        days_back=days.days_back if incremental and days.moving else saved.days_back,
    )
    return Plan(
        state=memory,
        origin=origin,
        notes=tuple(notes),
        days=days,
        interval=interval,
        zone=zone,
        began=began,
        sync_began=sync_began,
        lookback=lookback,
        reread_after=saved.completed_at - lookback if saved.completed_at else began,
    )


def _cut_alike(
    saved: StreamState, grid: str | None, notes: list[str], *, exact: bool
) -> StreamState:
    """A state whose windows were cut as those of this sync are; of others, nothing counts."""
    is_new = None not in {grid, saved.grid} and saved.grid != grid
    if is_new:
        notes.append(log.OTHER_WINDOWS.says())
    spans = () if is_new else saved.coverage.spans
    return replace(saved, coverage=Coverage.of(spans, exact=exact), grid=grid)


def _origin(saved: StreamState, days: DaySpan, zone: ZoneInfo) -> datetime:
    """Where an incremental sync begins to answer for the days.

    At the start that the form names, if it is a date. A start so many days back moves on with the
    calendar, also while no sync runs, so that what was owed before is owed still: from ``since``.
    If the person moved that start, what lay before it at the last sync is owed no more.
    """
    start = day_start(days.first, zone)
    if days.days_back is None or saved.since is None:
        return start
    since = saved.since
    last_sync = saved.completed_at or saved.began_at
    if saved.days_back != days.days_back and last_sync is not None:
        first = local_day(last_sync, zone) - days.days_back * _ONE_DAY
        since = max(since, day_start(first, zone))
    return min(since, start)


def _without_future(
    saved: StreamState, began: datetime, lookback: timedelta, notes: list[str]
) -> StreamState:
    """A state without claims about the future, which come from a clock that was wrong.

    The sync that made them believed windows to be over that were not. What it read cannot be told
    from what earlier ones did, except that those had read everything up to ``completed_at``.
    """
    saved = replace(
        saved,
        began_at=_stepped_back(saved.began_at, began),
        completed_at=_stepped_back(saved.completed_at, began),
    )
    spans = saved.coverage.spans
    instants = [saved.since, saved.began_at, saved.completed_at]
    future = [instant for instant in instants if instant is not None and instant > began]
    late = [(start, end) for start, end in spans if end > began]
    if not future and not late:
        return saved
    notes.append(log.FUTURE_STATE.says(now=to_wire(began)))
    completed_at = saved.completed_at if saved.completed_at not in future else None
    trusted_until = completed_at - max(lookback, SETTLE_TIME) if completed_at else None
    coverage = saved.coverage.before(trusted_until) if trusted_until else Coverage()
    owed = [instant for instant in (saved.since, trusted_until) if instant and instant <= began]
    owed += [start for start, _ in (late or spans) if trusted_until is None]
    return replace(
        saved,
        coverage=coverage,
        since=min(owed) if owed and saved.since else None,
        began_at=saved.began_at if saved.began_at not in future else None,
        completed_at=completed_at,
    )


def _stepped_back(instant: datetime | None, began: datetime) -> datetime | None:
    """An instant that lies after now by no more than a clock's step becomes now."""
    if instant is None or instant - began > CLOCK_STEP:
        return instant
    return min(instant, began)


def _pieces(owed_from: date, days: DaySpan) -> Iterator[tuple[date, date]]:
    """The chosen days, before them those that an earlier choice left open.

    They are cut apart so that a window of the choice starts where the user says it does.
    """
    if owed_from < days.first:
        yield owed_from, days.first - _ONE_DAY
    yield days.first, days.last
