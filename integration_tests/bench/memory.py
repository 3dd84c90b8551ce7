"""How much memory a report file costs: a data download of a thousand and of two million rows."""

from __future__ import annotations

import sys

from integration_tests.bench import measure
from integration_tests.sandbox.client import Sandbox

SIZES = (1_000, 200_000, 2_000_000)
MOST_GROWTH_MIB = 60
STREAM = "data_download_540"


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with Sandbox.start() as sandbox:
        readings = [_read(sandbox, rows) for rows in SIZES]
    lines = [
        (f"{rows:,}", f"{run.seconds:.1f}", f"{rows / run.seconds:,.0f}", f"{run.megabytes:.0f}")
        for rows, run in readings
    ]
    growth = readings[-1][1].megabytes - readings[0][1].megabytes
    flat = "met" if growth <= MOST_GROWTH_MIB else "**missed**"
    said = measure.table(("rows of a file", "seconds", "rows a second", "peak, MiB"), lines)
    return f"{said}\n\nGrowth: {growth:.0f} MiB (at most {MOST_GROWTH_MIB}): {flat}."


def _read(sandbox: Sandbox, rows: int) -> tuple[int, measure.Run]:
    """Read one day's file of so many made-up rows; how many came, and at what cost."""
    sandbox.reset()
    sandbox.fault("report-jobs/datadownload/540", {"big_rows": rows}, times=None)
    config = sandbox.config(
        data_downloads=["540"], date={"date_type": "single_relative", "days_back": "yesterday"}
    )
    run = measure.read(config, [STREAM])
    if run.records != rows:
        message = f"{run.records} rows of {rows} came"
        raise RuntimeError(message)
    return rows, run


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
