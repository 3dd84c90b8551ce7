"""What a stream remembers between syncs, and which windows that leaves to be read. Pure functions.

The saved form, chosen so that people and Airbyte's acceptance tests can read it::

    {"state_type": "date-range",
     "slices": [{"start": "2026-11-01T00:00:00Z", "end": "2026-11-16T00:00:00Z"}],
     "grid": "day, America/Denver",
     "since": "2026-11-14T00:00:00Z",
     "completed_at": "2026-11-16T06:02:11Z",
     "startDate": "2026-11-16T00:00:00Z"}

``slices`` are whole, settled windows whose records were all emitted; they are merged where they
touch, except for ranges, where only the very same window counts as read. ``grid`` says how the
windows were cut, and of which report they are if the user named it: a row that sums up a day in one
zone says nothing of a day in another. ``since``
(only for choices that move with today) is the first instant that a later sync still owes.
``completed_at`` is when the last sync that read everything began; until there is one, ``began_at``
is when the first attempt did. The cursor field repeats the low-water mark.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from source_incontact.dates import (
    EARLIEST_DAY,
    DaySpan,
    day_start,
    from_wire,
    local_day,
    next_day,
    to_wire,
)
from source_incontact.windows import Interval, Window, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

SETTLE_TIME = timedelta(minutes=30)
"""Numbers of a window may still change this long after its end: the vendor's lag is 15 to 30
minutes [S], so a younger window is read but not remembered as read."""

_ONE_DAY = timedelta(days=1)
_MOMENTS = ("since", "began_at", "completed_at")


@dataclass(frozen=True)
class Coverage:
    """What was read, as sorted half-open stretches of time.

    Attributes:
        stretches: The windows; unless ``exact``, merged where they touch or overlap.
        exact: Whether a window counts as read only if that very window was.
    """

    stretches: tuple[tuple[datetime, datetime], ...] = ()
    exact: bool = False

    @classmethod
    def of(cls, stretches: Iterable[tuple[datetime, datetime]], *, exact: bool = False) -> Coverage:
        """The coverage of some stretches; empty ones vanish."""
        wanted = sorted({stretch for stretch in stretches if stretch[0] < stretch[1]})
        return cls(tuple(wanted) if exact else _merged(wanted), exact)

    def add(self, window: Window) -> Coverage:
        """This and ``window``."""
        return Coverage.of((*self.stretches, (window.start, window.end)), exact=self.exact)

    def keep(self, windows: Iterable[Window]) -> Coverage:
        """Without the windows of a grid that is no longer in use; merged stretches have none."""
        if not self.exact:
            return self
        known = {(window.start, window.end) for window in windows}
        return Coverage.of(known.intersection(self.stretches), exact=True)

    def final(self, until: datetime, refreshed: Iterable[Window]) -> Coverage:
        """Without what lies behind ``until``, unless it is in ``refreshed``.

        What a sync did not look at stays as young as it was when it was read.
        """
        if self.exact:
            return self
        spans = _merged(sorted((window.start, window.end) for window in refreshed))
        kept = [(start, min(end, until)) for start, end in self.stretches]
        kept += [
            (max(start, first), min(end, last))
            for start, end in self.stretches
            for first, last in spans
            if end > until
        ]
        return Coverage.of(kept)

    def covers(self, window: Window) -> bool:
        """Whether ``window`` was read."""
        if self.exact:
            return (window.start, window.end) in self.stretches
        return self.first_gap(window.start) >= window.end

    def first_gap(self, instant: datetime) -> datetime:
        """The first instant, from ``instant`` on, that lies outside."""
        merged = _merged(self.stretches) if self.exact else self.stretches
        index = bisect_right(merged, instant, key=lambda stretch: stretch[0]) - 1
        return instant if index < 0 else max(instant, merged[index][1])


def _merged(
    stretches: Iterable[tuple[datetime, datetime]],
) -> tuple[tuple[datetime, datetime], ...]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


@dataclass(frozen=True)
class StreamState:
    """The memory of one stream. See the module's text for the fields."""

    coverage: Coverage = Coverage()
    grid: str | None = None
    since: datetime | None = None
    began_at: datetime | None = None
    completed_at: datetime | None = None

    @classmethod
    def parse(cls, saved: Mapping[str, Any]) -> StreamState:
        """Read a saved state; an empty one is a stream that was never read.

        Raises:
            ValueError: The state was not written by this connector.
        """
        if not saved:
            return cls()
        try:
            stretches = [
                (_instant(entry["start"]), _instant(entry["end"])) for entry in saved["slices"]
            ]
            moments = {key: _instant(saved[key]) if saved.get(key) else None for key in _MOMENTS}
            grid = saved.get("grid")
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("its slices or instants are not readable") from error
        return cls(Coverage.of(stretches, exact=True), grid and str(grid), **moments)

    def dump(self, cursor_field: str, origin: datetime) -> dict[str, Any]:
        """The saved form; the low-water mark counts from ``origin``, the start of the choice."""
        saved: dict[str, Any] = {
            "state_type": "date-range",
            "slices": [
                {"start": to_wire(start), "end": to_wire(end)}
                for start, end in self.coverage.stretches
            ],
        }
        if self.grid is not None:
            saved["grid"] = self.grid
        for key in _MOMENTS:
            instant = getattr(self, key)
            if instant is not None:
                saved[key] = to_wire(instant)
        saved[cursor_field] = to_wire(self.coverage.first_gap(origin))
        return saved


def _instant(text: str) -> datetime:
    """An instant of a saved state; one before 2000 was not saved by us."""
    instant = from_wire(text)
    if instant.date() < EARLIEST_DAY:
        raise ValueError("an instant before 2000")
    return instant


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
