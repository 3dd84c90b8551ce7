"""The grid of request windows that a span of local days is cut into. Pure functions.

A window is half open, ``[start, end)``, aligned to quarter hours and at most 30 days of 24 hours
long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from source_incontact.windows.days import day_start, floor_quarter, next_day, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

MAX_DAYS = 30
"""Longest window, in days of 24 hours: what the public clients of these reports keep to [L]."""

_HOUR = timedelta(hours=1)


class Interval(str, Enum):
    """What one window, and so one row of a summary report, spans."""

    HOUR = "hour"
    DAY = "day"
    RANGE = "range"


@dataclass(frozen=True)
class Window:
    """A request window in UTC.

    Attributes:
        start: First instant that belongs to it.
        end: First instant that no longer does.
        cut_off: True if now came before the natural end, so that the window is not whole yet.
    """

    start: datetime
    end: datetime
    cut_off: bool = False

    def __str__(self) -> str:
        """``2026-11-16T00:00:00Z to 2026-11-17T00:00:00Z``."""
        return f"{to_wire(self.start)} to {to_wire(self.end)}"


def cut(
    first: date, last: date, interval: Interval, zone: ZoneInfo, now: datetime
) -> Iterator[Window]:
    """Tile the local days ``first`` through ``last`` with windows, in order, up to now.

    The windows meet without gap or overlap. None ends after ``now`` floored to the quarter hour:
    the last one may be cut off there, and days that have no full quarter hour yet give none.
    """
    limit = floor_quarter(now)
    for start, end in _tiles(first, last, interval, zone):
        if start >= limit:
            return
        yield Window(start, min(end, limit), cut_off=end > limit)


def _tiles(
    first: date, last: date, interval: Interval, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    step = MAX_DAYS if interval is Interval.RANGE else 1
    day = first
    while day <= last:
        final = min(day + timedelta(days=step - 1), last)
        start, end = day_start(day, zone), day_start(next_day(final), zone)
        if end - start > timedelta(days=MAX_DAYS):  # clocks went back within
            final -= timedelta(days=1)
            end = day_start(next_day(final), zone)
        if interval is Interval.HOUR:
            yield from _hours(start, end)
        elif start < end:  # a day that the calendar left out has no length
            yield start, end
        day = next_day(final)


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        # Half-hour clock changes (Lord Howe Island) leave a last window of half an hour.
        yield start, min(start + _HOUR, end)
        start += _HOUR
