"""What grows with what: requests, time and memory against days, agents, contacts and files."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from integration_tests.bench import measure
from integration_tests.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_GROWTH_MIB = 40
DAYS, HEAVY_DAYS = (1, 30, 365, 730), (8, 30, 90)
"""Of heavy days at least as many as workers, so that all of them have a page in hand."""
HEAVY = {"contacts_per_quarter": 40}
FILE_ROWS = (1_000, 200_000, 2_000_000)
_LAST = datetime(2026, 11, 13, tzinfo=timezone.utc)
_HEAD = ("requests", "rows", "seconds", "peak, MiB")
_BAR = 40

Line = tuple[int, int, float, float]


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with Sandbox.start(ticking=False, now=_LAST + timedelta(days=3)) as sandbox:
        days = [(count, read(sandbox, ["contacts"], count)) for count in DAYS]
        heavy = [(count, read(sandbox, ["contacts"], count, 8, **HEAVY)) for count in HEAVY_DAYS]
        agents = [
            (count, read(sandbox, ["agents", "agent_performance"], 7, agents=count, teams=4))
            for count in (10, 100, 1000)
        ]
        contacts = [
            (count * 96, read(sandbox, ["contacts"], 1, contacts_per_quarter=count))
            for count in (5, 50, 500)
        ]
        files = [(rows, read_file(sandbox, rows)) for rows in FILE_ROWS]
    parts = (
        *_growing("days of contacts, 250 each", days),
        *_growing("days of contacts, 4,800 each, with 8 workers", heavy),
        *_growing("rows of a data download of one day", files),
        _table("agents, over 7 days", agents),
        _table("contacts a day, about", contacts),
    )
    return "\n\n".join(parts)


def _growing(what: str, lines: Sequence[tuple[int, Line]]) -> tuple[str, str, str]:
    """The table, the chart, and how much memory grew: in all, and in the last step."""
    grown, late = (lines[-1][1][3] - lines[place][1][3] for place in (0, -2))
    flat = "met" if grown <= MOST_GROWTH_MIB else "**missed**"
    said = (
        f"From the first to the last: {grown:.0f} MiB (at most {MOST_GROWTH_MIB}, a bar of our "
        f"own): {flat}; of these, {late:.0f} MiB from {lines[-2][0]:,} to {lines[-1][0]:,}."
    )
    chart = _chart([(f"{count:,}", line[3]) for count, line in lines])
    return _table(what, lines), chart, said


def read(
    sandbox: Sandbox, streams: Iterable[str], days: int, workers: int = 4, **world: Any
) -> Line:
    """Read some days of a world of some size."""
    sandbox.reset(**world)
    config = sandbox.config(
        date={
            "date_type": "range_specific",
            "start_date": f"{_LAST - timedelta(days=days):%Y-%m-%d}",
            "end_date": f"{_LAST - timedelta(days=1):%Y-%m-%d}",
        },
        num_workers=workers,
        requests_per_second=1000,
    )
    return _line(sandbox, measure.read(config, streams))


def read_file(sandbox: Sandbox, rows: int) -> Line:
    """Read a file of so many made-up rows."""
    sandbox.reset()
    sandbox.fault("report-jobs/datadownload/540", {"big_rows": rows}, times=None)
    config = sandbox.config(
        data_downloads=["540"], date={"date_type": "single_relative", "days_back": "3"}
    )
    return _line(sandbox, measure.read(config, ["data_download_540"]))


def _line(sandbox: Sandbox, run: measure.Run) -> Line:
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
