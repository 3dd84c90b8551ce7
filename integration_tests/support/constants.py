"""The instants and choices that the end-to-end tests share."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from integration_tests.streams import BY_NAME, DATED, STANDARD_DATED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.truth import Truth
    from integration_tests.support.cli import Outcome, Record

NOW = datetime(2026, 11, 16, 9, 44, 30, tzinfo=timezone.utc)
"""Sixteen minutes before the hour: today's window ends at 09:30."""

FAST: dict[str, Any] = {"requests_per_second": 1000, "num_workers": 4}
"""Settings for tests that are not about rate."""


def days_back(start: int, end: int = 0) -> dict[str, Any]:
    """A relative range."""
    return {
        "date_type": "range_relative",
        "start_days_back": str(start),
        "end_days_back": str(end),
    }


def specific(start: str, end: str = "") -> dict[str, Any]:
    """A specific range; an empty end keeps it open."""
    return {"date_type": "range_specific", "start_date": start, "end_date": end}


def windows_asked(sandbox: Sandbox, path: str) -> list[tuple[str, str]]:
    """The windows that were asked of a report, each once, oldest first."""
    return sorted(
        {
            (entry["query"]["startDate"], entry["query"]["endDate"])
            for entry in sandbox.requests(path)
        }
    )


def plain(rows: Iterable[Record]) -> list[Record]:
    """Rows as Airbyte's protocol carries them, in a fixed order: the CDK leaves nulls out."""
    kept = [{name: cell for name, cell in row.items() if cell is not None} for row in rows]
    return sorted(kept, key=lambda row: sorted((name, str(cell)) for name, cell in row.items()))


def true_rows(truth: Truth, stream: str, windows: Iterable[tuple[str, str]] = ()) -> list[Record]:
    """What a stream must deliver: a list, or a dated report over windows."""
    if windows:
        return plain(row for start, end in windows for row in truth.of(stream, start, end))
    return plain(truth.of(stream))


def by_key(outcome: Outcome, stream: str, key: tuple[str, ...]) -> dict[tuple[Any, ...], Record]:
    """The records of a stream as a destination keeps them: the last one of each key."""
    return {tuple(record.get(field) for field in key): record for record in outcome.records(stream)}


PATHS = {name: BY_NAME[name].path for name in DATED}
KEYS = {name: BY_NAME[name].key for name in DATED}
CURSORS = {name: BY_NAME[name].cursor for name in DATED}
"""Of the streams with a cursor."""
BY_DAY = tuple(name for name in STANDARD_DATED if not BY_NAME[name].by_interval)
"""What goes by day whatever the report interval: rows that are not stamped with their window."""
