"""What a stream remembers between syncs, and which windows that leaves to be read. Pure functions.

The saved form, chosen so that people and Airbyte's acceptance tests can read it::

    {"state_type": "date-range",
     "slices": [{"start": "2026-11-01T00:00:00Z", "end": "2026-11-16T00:00:00Z"}],
     "since": "2026-11-14T00:00:00Z",
     "completed_at": "2026-11-16T06:02:11Z",
     "startDate": "2026-11-16T00:00:00Z"}

``slices`` are whole, settled windows whose records were all emitted. ``since`` (only for choices
that move with today) is the first instant that a later sync still owes. ``completed_at`` is when
the last sync that read everything began; until there is one, ``began_at`` is when the first attempt
did. The cursor field repeats the low-water mark.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from source_incontact.dates import DaySpan, day_start, from_wire, local_day, next_day, to_wire
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
    """A set of instants as sorted, disjoint, non-touching half-open stretches."""

    stretches: tuple[tuple[datetime, datetime], ...] = ()

    @classmethod
    def of(cls, stretches: Iterable[tuple[datetime, datetime]]) -> Coverage:
        """Merge stretches that overlap or touch; empty ones vanish."""
        merged: list[tuple[datetime, datetime]] = []
        for start, end in sorted(stretches):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            elif start < end:
                merged.append((start, end))
        return cls(tuple(merged))

    def add(self, window: Window) -> Coverage:
        """This set and all of ``window``."""
        return Coverage.of((*self.stretches, (window.start, window.end)))

    def covers(self, window: Window) -> bool:
        """Whether the whole of ``window`` lies inside."""
        return self.first_gap(window.start) >= window.end

    def first_gap(self, instant: datetime) -> datetime:
        """The first instant, from ``instant`` on, that lies outside."""
        index = bisect_right(self.stretches, instant, key=lambda stretch: stretch[0]) - 1
        if index < 0:
            return instant
        return max(instant, self.stretches[index][1])


@dataclass(frozen=True)
class StreamState:
    """The memory of one stream. See the module's text for the fields."""

    coverage: Coverage = Coverage()
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
                (from_wire(entry["start"]), from_wire(entry["end"])) for entry in saved["slices"]
            ]
            moments = {key: from_wire(saved[key]) if saved.get(key) else None for key in _MOMENTS}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("its slices or instants are not readable") from error
        return cls(Coverage.of(stretches), **moments)

    def dump(self, cursor_field: str, origin: datetime) -> dict[str, Any]:
        """The saved form; the low-water mark counts from ``origin``, the start of the choice."""
        saved: dict[str, Any] = {
            "state_type": "date-range",
            "slices": [
                {"start": to_wire(start), "end": to_wire(end)}
                for start, end in self.coverage.stretches
            ],
        }
        for key in _MOMENTS:
            instant = getattr(self, key)
            if instant is not None:
                saved[key] = to_wire(instant)
        saved[cursor_field] = to_wire(self.coverage.first_gap(origin))
        return saved


@dataclass(frozen=True)
class Plan:
    """The windows a sync has to read, and the rules by which it remembers them.

    Attributes:
        windows: What to read, in order.
        state: The memory the sync starts from.
        origin: The start of the stretch of time that the stream answers for.
    """

    windows: tuple[Window, ...]
    state: StreamState
    origin: datetime
    _began: datetime
    _done: StreamState

    def remember(self, state: StreamState, window: Window) -> StreamState:
        """``state`` after ``window`` was read and its records emitted."""
        if window.cut_off or window.end > self._began - SETTLE_TIME:
            return state
        return replace(state, coverage=state.coverage.add(window))

    def complete(self, state: StreamState) -> StreamState:
        """``state`` after every window of the plan was read."""
        return replace(self._done, coverage=state.coverage)


def make_plan(  # noqa: PLR0913 - the six facts that decide what is read, all keyword-only
    *,
    days: DaySpan,
    interval: Interval,
    zone: ZoneInfo,
    began: datetime,
    saved: StreamState,
    lookback_days: int,
    incremental: bool,
) -> Plan:
    """Decide which windows a sync that began at ``began`` has to read.

    Full refresh reads the chosen days; a saved state without ``completed_at`` is that of a broken
    attempt, whose windows are not read again. Incremental reads what the state does not cover,
    from ``since`` on if the choice moves with today, and again every window that ended less than
    ``lookback_days`` before the last completed sync began.
    """
    began = began.astimezone(timezone.utc).replace(microsecond=0)
    start = day_start(days.first, zone)
    if not incremental:
        saved = StreamState() if saved.completed_at else replace(saved, since=None)
    # A sync begins with its first attempt: what that one read young stays young for the next sync.
    sync_began = began if saved.completed_at else saved.began_at or began
    memory = replace(saved, began_at=None if saved.completed_at else sync_began)
    origin = start
    if incremental and days.moving:
        origin = min(saved.since or start, start)
        memory = replace(memory, since=origin)

    lookback = lookback_days * _ONE_DAY
    reread_after = saved.completed_at - lookback if saved.completed_at else began
    windows = (
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
    if incremental and days.moving:
        final_until = day_start(local_day(sync_began - max(SETTLE_TIME, lookback), zone), zone)
        end = day_start(next_day(days.last), zone)
        done = replace(done, since=max(origin, min(final_until, end)))
    return Plan(owed, memory, origin, began, done)


def _pieces(owed_from: date, days: DaySpan) -> Iterator[tuple[date, date]]:
    """The chosen days, before them those that an earlier choice left open.

    They are cut apart so that a window of the choice starts where the user says it does.
    """
    if owed_from < days.first:
        yield owed_from, days.first - _ONE_DAY
    yield days.first, days.last
