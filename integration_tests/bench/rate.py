"""The rate: beside servers that allow five requests a second, and beside the form's own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from integration_tests.bench import measure
from integration_tests.sandbox.client import Sandbox
from integration_tests.sandbox.limiter import LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKERS = 8
BAR, MOST_REFUSED = 1.25, 0.05
STREAM = "team_performance_totals"
_LAST = datetime(2026, 11, 13, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Case:
    """A server's limit and a form's setting.

    Attributes:
        what: What the server allows.
        limit: How it counts, as the sandbox's setting of the name.
        seconds: Over how long.
        rate: How many a second; ``None`` for all.
        asked: Requests a second in the form.
        windows: How many windows are read.
    """

    what: str
    limit: str
    seconds: float
    rate: float | None
    asked: int
    windows: int = 120

    def at_best(self, requests: int) -> float:
        """Seconds that so many requests take a client who knows the limit, and keeps the form's."""
        if self.rate is None:
            return (requests - 1) / self.asked
        limit, now = LIMITS[self.limit](self.rate, self.seconds), 0.0
        for number in range(requests):
            now += 1 / self.asked if number else 0
            now += limit.wait(now)
            limit.take(now)
        return now


_SECOND, _BUCKET, _MINUTE = (
    ("5 in any second", "moving", 1, 5),
    ("a bucket of 5, refilled with 5 a second", "bucket", 1, 5),
    ("300 a minute", "fixed", 60, 5),
)
CASES = (
    *(Case(*_SECOND, asked) for asked in (5, 10, 50, 1000)),
    Case(*_BUCKET, 1000),
    Case(*_MINUTE, 1000, windows=400),
    Case("all", "moving", 1, None, 20, windows=200),
)


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with Sandbox.start(
        ticking=False, now=_LAST + timedelta(days=3), contacts_per_quarter=0.1
    ) as sandbox:
        lines = [line(sandbox, case) for case in CASES]
    head = ("server allows", "form asks for", "windows", "seconds", "at best", "ratio", "refused")
    return f"{measure.table(head, lines)}\n\n{WORKERS} workers, one rate limiter."


def line(sandbox: Sandbox, case: Case) -> Sequence[object]:
    """Read some windows; the line of the table."""
    sandbox.reset(rate=case.rate, limit=case.limit, limit_seconds=case.seconds)
    config = sandbox.config(
        date={
            "date_type": "range_specific",
            "start_date": f"{_LAST - timedelta(days=case.windows):%Y-%m-%d}",
            "end_date": f"{_LAST - timedelta(days=1):%Y-%m-%d}",
        },
        num_workers=WORKERS,
        requests_per_second=case.asked,
    )
    measure.read(config, [STREAM], mode="incremental")
    entries = sandbox.requests()
    seconds = entries[-1]["at"] - entries[0]["at"]
    served = [entry for entry in entries if entry["status"] == 200]
    refused = _share(entries, 429)
    best = case.at_best(len(served))
    few = "met" if refused < MOST_REFUSED else "**missed**"
    return (
        case.what,
        case.asked,
        case.windows,
        f"{seconds:.1f}",
        f"{best:.1f}",
        measure.verdict(seconds / best, BAR),
        f"{refused:.1%} (under {MOST_REFUSED:.0%}): {few}",
    )


def _share(entries: Sequence[dict[str, Any]], status: int) -> float:
    return len([entry for entry in entries if entry["status"] == status]) / len(entries)


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
