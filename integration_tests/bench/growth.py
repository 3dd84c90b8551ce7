"""What grows with what: requests, time and memory against days, agents and contacts."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from integration_tests.bench import measure
from integration_tests.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_GROWTH_MIB = 40
_LAST = datetime(2026, 11, 13, tzinfo=timezone.utc)
_HEAD = ("requests", "rows", "seconds", "peak, MiB")
_BAR = 40

Line = tuple[int, int, float, float]


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with Sandbox.start(ticking=False, now=_LAST + timedelta(days=3)) as sandbox:
        days = [(count, _read(sandbox, ["contacts"], count)) for count in (1, 30, 365)]
        agents = [
            (count, _read(sandbox, ["agents", "agent_performance"], 7, agents=count, teams=4))
            for count in (10, 100, 1000)
        ]
        contacts = [
            (count * 96, _read(sandbox, ["contacts"], 1, contacts_per_quarter=count))
            for count in (5, 50, 500)
        ]
    grown = days[-1][1][3] - days[0][1][3]
    flat = "met" if grown <= MOST_GROWTH_MIB else "**missed**"
    parts = (
        _table("days of contacts", days),
        _chart([(f"{count} days", line[3]) for count, line in days]),
        f"From the first to the last: {grown:.0f} MiB (at most {MOST_GROWTH_MIB}): {flat}.",
        _table("agents, over 7 days", agents),
        _table("contacts a day, about", contacts),
    )
    return "\n\n".join(parts)


def _read(sandbox: Sandbox, streams: Iterable[str], days: int, **world: Any) -> Line:
    """Read some days of a world of some size."""
    sandbox.reset(**world)
    config = sandbox.config(
        date={
            "date_type": "range_specific",
            "start_date": f"{_LAST - timedelta(days=days):%Y-%m-%d}",
            "end_date": f"{_LAST - timedelta(days=1):%Y-%m-%d}",
        },
        requests_per_second=1000,
    )
    run = measure.read(config, streams)
    return len(sandbox.requests()), run.records, run.seconds, run.megabytes


def _table(what: str, lines: Sequence[tuple[int, Line]]) -> str:
    rows = [
        (f"{size:,}", f"{asked:,}", f"{count:,}", f"{seconds:.1f}", f"{peak:.0f}")
        for size, (asked, count, seconds, peak) in lines
    ]
    return measure.table((what, *_HEAD), rows)


def _chart(bars: Sequence[tuple[str, float]]) -> str:
    """Bars of text; Markdown shows them as they are."""
    most = max(value for _, value in bars)
    lines = [
        f"{name:>16}  {'█' * round(_BAR * value / most)} {value:.0f} MiB" for name, value in bars
    ]
    return "\n".join(["```text", *lines, "```"])


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
