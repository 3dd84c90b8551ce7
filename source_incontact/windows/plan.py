"""Which windows a sync has to read, and the rules by which it remembers them. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from source_incontact.windows.days import DaySpan, day_start, local_day, next_day
from source_incontact.windows.grid import Interval, Window, cut
from source_incontact.windows.state import Coverage, StreamState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

SETTLE_TIME = timedelta(minutes=30)
"""Numbers of a window may still change this long after its end: the vendor's lag is 15 to 30
minutes [S], so a younger window is read but not remembered as read."""


_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """The windows a sync has to read, and the rules by which it remembers them.

    Attributes:
        windows: What to read, in order.
        state: The memory the sync starts from.
        origin: The start of the stretch of time that the stream answers for.
        new_grid: Whether earlier windows count for nothing, as they were cut otherwise, or are
            those of another report.
    """

    windows: tuple[Window, ...]
    state: StreamState
    origin: datetime
    new_grid: bool
    _grid: tuple[Window, ...]
    _began: datetime
    _final_until: datetime
    _done: StreamState

    def remember(self, state: StreamState, window: Window) -> StreamState:
        """``state`` after ``window`` was read and its records emitted."""
        if window.cut_off or window.end > self._began - SETTLE_TIME:
            return state
        return replace(state, coverage=state.coverage.add(window))

    def complete(self, state: StreamState) -> StreamState:
        """``state`` after every window of the plan was read."""
        coverage = state.coverage.keep(self._grid).final(self._final_until, self._grid)
        return replace(self._done, coverage=coverage)


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
    attempt, whose windows are not read again. Incremental reads what the state does not cover,
    from ``since`` on if the choice moves with today, and again every window that ended less than
    ``lookback_days`` before the last completed sync began. Where the windows are part of the rows'
    key (``keyed_by_window``), those that were cut by another interval or zone count for nothing;
    nor do those of another ``report``, where a stream's name alone does not say which it is.
    """
    began = began.astimezone(timezone.utc).replace(microsecond=0)
    start = day_start(days.first, zone)
    if not incremental:
        saved = StreamState() if saved.completed_at else replace(saved, since=None)
    # A sync begins with its first attempt: what that one read young stays young for the next sync.
    sync_began = began if saved.completed_at else saved.began_at or began
    grid = ", ".join(filter(None, (interval.value, zone.key, report))) if keyed_by_window else None
    new_grid = None not in {grid, saved.grid} and saved.grid != grid
    memory = replace(
        saved,
        coverage=Coverage.of(
            () if new_grid else saved.coverage.stretches,
            exact=keyed_by_window and interval is Interval.RANGE,
        ),
        grid=grid,
        began_at=None if saved.completed_at else sync_began,
    )
    origin = start
    if incremental and days.moving:
        origin = min(saved.since or start, start)
        memory = replace(memory, since=origin)

    lookback = lookback_days * _ONE_DAY
    reread_after = saved.completed_at - lookback if saved.completed_at else began
    windows = tuple(
        window
        for first, last in _pieces(local_day(origin, zone), days)
        for window in cut(first, last, interval, zone, began)
    )
    owed = tuple(
        window
        for window in windows
        if window.end > reread_after or not memory.coverage.covers(window)
    )

    done = replace(memory, began_at=None, completed_at=sync_began)
    if days.moving:
        final_until = day_start(local_day(sync_began - max(SETTLE_TIME, lookback), zone), zone)
        end = day_start(next_day(days.last), zone)
        done = replace(done, since=max(origin, min(final_until, end)))
    return Plan(owed, memory, origin, new_grid, windows, began, reread_after, done)


def _pieces(owed_from: date, days: DaySpan) -> Iterator[tuple[date, date]]:
    """The chosen days, before them those that an earlier choice left open.

    They are cut apart so that a window of the choice starts where the user says it does.
    """
    if owed_from < days.first:
        yield owed_from, days.first - _ONE_DAY
    yield days.first, days.last
