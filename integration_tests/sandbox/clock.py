"""Time in the sandbox: whole milliseconds since 1970 in UTC, and a clock that can be set."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone

QUARTER_MS = 900_000
HOUR_MS = 4 * QUARTER_MS
DAY_MS = 24 * HOUR_MS
QUARTERS_PER_DAY = 96

Moment = datetime | str | int
"""An instant as callers may give it: aware datetime, ISO text with ``Z``, or epoch milliseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z", re.ASCII)


def parse_instant(text: str) -> int:
    """Epoch milliseconds of ``YYYY-MM-DDTHH:MM:SS[.fff]Z``; the ``Z`` is literal (L).

    Raises:
        ValueError: The text has another form or names no instant.
    """
    if not _INSTANT.fullmatch(text):
        message = f"{text!r} is not an ISO 8601 UTC instant that ends in Z"
        raise ValueError(message)
    seconds, _, fraction = text[:-1].partition(".")
    moment = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return (moment - _EPOCH) // timedelta(milliseconds=1) + int(fraction.ljust(3, "0")[:3] or 0)


def to_ms(moment: Moment) -> int:
    """Epoch milliseconds of an instant in any of the accepted forms."""
    if isinstance(moment, int):
        return moment
    if isinstance(moment, str):
        return parse_instant(moment)
    if moment.tzinfo is None:
        message = f"{moment!r} has no time zone"
        raise ValueError(message)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def format_ms(instant: int) -> str:
    """``2016-09-13T16:29:31.443Z``: how contacts write an instant, always three decimals (L)."""
    moment = _EPOCH + timedelta(milliseconds=instant)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{instant % 1000:03d}Z"


def format_second(instant: int) -> str:
    """``2026-11-16T00:00:00Z``: how a window is written; milliseconds are cut off."""
    return f"{_EPOCH + timedelta(milliseconds=instant):%Y-%m-%dT%H:%M:%SZ}"


def wall_clock_ms() -> int:
    """The machine's own time, in epoch milliseconds."""
    return time.time_ns() // 1_000_000


class Clock:
    """The sandbox's now: starts where told and ticks with the machine, or stands still."""

    def __init__(self, now: int | None = None, *, ticking: bool = True) -> None:
        """Start at ``now`` (epoch milliseconds), or at the machine's time if ``None``."""
        self._ticking = ticking
        self._origin = wall_clock_ms() if now is None else now
        self._started = time.monotonic_ns()

    def now(self) -> int:
        """Epoch milliseconds."""
        if not self._ticking:
            return self._origin
        return self._origin + (time.monotonic_ns() - self._started) // 1_000_000
