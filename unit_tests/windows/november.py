"""Instants and windows of one month, for the tests of what is read and remembered."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from source_incontact.windows.days import from_wire
from source_incontact.windows.grid import Window

UTC = ZoneInfo("UTC")
NOV_1 = datetime(2026, 11, 1, tzinfo=timezone.utc)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    """An instant as the API writes it."""
    return from_wire(text)


def window(start_hour: int, end_hour: int) -> Window:
    """The window from one hour of the month to another."""
    return Window(NOV_1 + start_hour * HOUR, NOV_1 + end_hour * HOUR)
