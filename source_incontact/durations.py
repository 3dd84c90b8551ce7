"""ISO 8601 durations as seconds, exact to the digit."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from math import isfinite

from pydantic import TypeAdapter, ValidationError

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)
_SHORT = len("0.123456")
"""Seconds with so many characters are exact in microseconds."""
_as_timedelta = TypeAdapter(timedelta).validate_python
_UNIT_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def duration_seconds(text: str) -> float | None:
    """Seconds of an ISO 8601 duration such as ``P1DT19H18M29.651S``; ``None`` if it is none.

    Exact to the digit. Years and months have no length in seconds, so a duration that uses them is
    none; nor are "PT" and "P3DT", which pydantic takes.
    """
    match = _DURATION.fullmatch(text)
    if match is None or text[-1] in "PT":
        return None
    if len(match["seconds"] or "") <= _SHORT:
        try:
            return _as_timedelta(text).total_seconds()
        except ValidationError:
            pass
    return _exact_seconds(match)


def _exact_seconds(match: re.Match[str]) -> float | None:
    """The same for more digits, weeks and lengths than pydantic takes: a sum of decimals."""
    total = sum(
        (
            Decimal(match[unit].replace(",", ".")) * factor
            for unit, factor in _UNIT_SECONDS.items()
            if match[unit]
        ),
        Decimal(0),
    )
    seconds = float(-total if match["sign"] == "-" else total)
    return seconds if isfinite(seconds) else None
