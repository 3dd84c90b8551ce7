"""The pace: beside a server that allows five requests a second, and beside the form's own."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from integration_tests.bench import measure
from integration_tests.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKERS = 8
RATE = 5
DAYS = 200
BAR, MOST_REFUSED = 1.25, 0.05
STREAM, PATH = "team_performance_totals", "teams/performance-total"
_LAST = datetime(2026, 11, 13, tzinfo=timezone.utc)


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with Sandbox.start(
        ticking=False, now=_LAST + timedelta(days=3), contacts_per_quarter=0.1
    ) as sandbox:
        lines = [
            _line(sandbox, "5 allowed, 5 asked for", limit=RATE, asked=RATE),
            _line(sandbox, "5 allowed, the default of 10", limit=RATE, asked=10),
            _line(sandbox, "no limit, 20 asked for", limit=None, asked=20),
        ]
    head = ("server and form", "seconds", "at best", "ratio", "refused")
    return f"{measure.table(head, lines)}\n\n{DAYS} windows, {WORKERS} workers, one gate."


def _line(sandbox: Sandbox, what: str, *, limit: int | None, asked: int) -> Sequence[object]:
    sandbox.reset(rate=limit)
    config = sandbox.config(
        date={
            "date_type": "range_specific",
            "start_date": f"{_LAST - timedelta(days=DAYS):%Y-%m-%d}",
            "end_date": f"{_LAST - timedelta(days=1):%Y-%m-%d}",
        },
        num_workers=WORKERS,
        requests_per_second=asked,
    )
    measure.read(config, [STREAM], mode="incremental")
    entries = sandbox.requests()
    seconds = entries[-1]["at"] - entries[0]["at"]
    served = [entry for entry in entries if entry["status"] == 200]
    refused = _share(entries, 429)
    best = (len(served) - 1) / min(asked, limit or asked)
    few = "met" if refused < MOST_REFUSED else "**missed**"
    return (
        what,
        f"{seconds:.1f}",
        f"{best:.1f}",
        measure.verdict(seconds / best, BAR),
        f"{refused:.1%} (under {MOST_REFUSED:.0%}): {few}",
    )


def _share(entries: Sequence[dict[str, Any]], status: int) -> float:
    return len([entry for entry in entries if entry["status"] == status]) / len(entries)


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
