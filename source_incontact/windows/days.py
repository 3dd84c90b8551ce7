"""Which days a date choice covers, and at which instants those days begin.

Pure arithmetic: no clock and no I/O. Instants are aware datetimes in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from source_incontact.messages import entries

UTC = ZoneInfo("UTC")
QUARTER_HOUR = timedelta(minutes=15)

EARLIEST_DAY = date(2000, 1, 1)
"""Older than any contact centre on inContact; an earlier date is a slip of the pen."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ONE_DAY = timedelta(days=1)
_MOMENT = TypeAdapter(datetime)


class DayOutOfRangeError(ValueError):
    """A date choice that names no readable days.

    Attributes:
        bound: ``"start"`` or ``"end"``: which side of the choice is wrong.
        reason: What is wrong with it, to follow the field's name in a sentence.
    """

    def __init__(self, bound: str, reason: str) -> None:
        super().__init__(reason)
        self.bound = bound
        self.reason = reason


@dataclass(frozen=True)
class DaySpan:
    """Local days from ``first`` through ``last``, both included.

    Attributes:
        first: The first day.
        last: The last day.
        moving: Whether the choice follows the calendar (relative, offset, open range), so that on
            another day it covers other days.
        days_back: How many days before today it begins; ``None`` if it begins on a date.
    """

    first: date
    last: date
    moving: bool
    days_back: int | None = None


def day_span(start: date | int, end: date | int | None, today: date) -> DaySpan:
    """Resolve both sides of a date choice on the day ``today``.

    Args:
        start: The first day, or how many days before today it lies.
        end: The last day, or how many days before today it lies; ``None`` is today, as is a day
            in the future.
        today: The current date in the zone whose midnight begins a day.

    Raises:
        DayOutOfRangeError: The start lies in the future, a day before 2000, or the start follows
            the end.
    """
    first = _resolve(start, today, "start")
    last = today if end is None else _resolve(end, today, "end")
    if first > last:
        raise DayOutOfRangeError("start", entries.AFTER_THE_END.says(first=first, last=last))
    return DaySpan(
        first,
        last,
        moving=end is None or isinstance(start, int) or isinstance(end, int),
        days_back=start if isinstance(start, int) else None,
    )


def _resolve(side: date | int, today: date, bound: str) -> date:
    if isinstance(side, date):
        if side > today and bound == "end":
            return today
        if side > today:
            raise DayOutOfRangeError(bound, entries.IN_FUTURE.says(today=today))
        day = side
    elif side > (today - EARLIEST_DAY).days:
        raise DayOutOfRangeError(bound, entries.TOO_FAR_BACK.says(earliest=EARLIEST_DAY))
    else:
        day = today - timedelta(days=side)
    if day < EARLIEST_DAY:
        raise DayOutOfRangeError(bound, entries.TOO_EARLY.says(earliest=EARLIEST_DAY))
    return day


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day that ``instant`` falls on in ``zone``."""
    return instant.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC.

    Where the clock jumps over midnight (Cairo, Havana, Beirut) that is the instant of the jump;
    where midnight comes twice, the first of the two. A day the calendar left out (Samoa,
    2011-12-30) starts when the next one does and so has no length.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(timezone.utc)


def floor_quarter(instant: datetime) -> datetime:
    """The last quarter hour (UTC) that is not after ``instant``."""
    return instant - (instant - _EPOCH) % QUARTER_HOUR


def next_day(day: date) -> date:
    """The day after ``day``."""
    return day + _ONE_DAY


def to_wire(instant: datetime) -> str:
    """``2026-11-16T07:00:00Z``: UTC with a literal Z, the form the API reads everywhere [L]."""
    return instant.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_wire(text: str) -> datetime:
    """Read an instant written by `to_wire`.

    Raises:
        ValueError: The text is not of that form.
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def to_moment(value: object) -> datetime | None:
    """An instant of the API, in UTC: ISO 8601 with a zone, or (milli)seconds since 1970.

    Returns:
        ``None`` if it is no instant; one without a zone is none, because it may be hours away.
    """
    try:
        moment = _MOMENT.validate_python(value)
        return moment.astimezone(timezone.utc) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
