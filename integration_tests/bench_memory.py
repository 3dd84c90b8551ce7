"""How much memory a report file costs: ``make bench-memory``.

Reads a data download of 1,000 and of 2,000,000 rows with the console command and prints the peak of
its memory for both, their difference, and rows a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from integration_tests.cli import catalog
from integration_tests.sandbox.client import Sandbox

SIZES = (1_000, 2_000_000)
MOST_GROWTH_MIB = 60
STREAM = "data_download_540"
COMMAND = Path(sys.executable).with_name("source-incontact")


@dataclass(frozen=True)
class Reading:
    """One read: rows in the file, rows that came, seconds, peak memory in MiB."""

    wanted: int
    rows: int
    seconds: float
    peak_mib: float


def main() -> int:
    """Measure; 0 if the peak grows by less than `MOST_GROWTH_MIB` and every row came."""
    with Sandbox.start() as sandbox, tempfile.TemporaryDirectory() as folder:
        readings = [measure(sandbox, Path(folder), rows) for rows in SIZES]
    for one in readings:
        sys.stdout.write(
            f"{one.wanted:>10,} rows: {one.rows:>10,} read in {one.seconds:6.1f} s "
            f"({one.rows / one.seconds:,.0f} rows a second), peak {one.peak_mib:.0f} MiB\n"
        )
    growth = readings[1].peak_mib - readings[0].peak_mib
    sys.stdout.write(f"growth: {growth:.0f} MiB (at most {MOST_GROWTH_MIB})\n")
    whole = all(one.rows == one.wanted for one in readings)
    return 0 if whole and growth < MOST_GROWTH_MIB else 1


def measure(sandbox: Sandbox, folder: Path, rows: int) -> Reading:
    """Read one day's file of so many made-up rows."""
    sandbox.reset()
    sandbox.fault("report-jobs/datadownload/540", {"big_rows": rows}, times=None)
    config = sandbox.config(
        data_downloads=["540"], date={"date_type": "single_relative", "days_back": "yesterday"}
    )
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "catalog.json").write_text(json.dumps(catalog([STREAM])), encoding="utf-8")
    begun = time.monotonic()
    process = subprocess.Popen(
        [str(COMMAND), "read", "--config", "config.json", "--catalog", "catalog.json"],
        cwd=folder,
        stdout=subprocess.PIPE,
    )
    output = process.stdout
    count = sum(line.startswith(b'{"type":"RECORD"') for line in output) if output else 0
    _, _, usage = os.wait4(process.pid, 0)
    return Reading(rows, count, time.monotonic() - begun, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
