"""All measures, or one: ``make bench``, ``make bench ONLY=records``.

Nothing is tuned to the figures, and nothing fails if one is missed: it is said.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from integration_tests.written_pages import with_part

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
PARTS = ("windows", "big_day", "records", "stages", "start", "rate", "growth")


def main() -> int:
    """Measure, print, and put the figures where the documentation keeps them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    parser.add_argument("--write", action="store_true", help=f"put the figures into {PAGE.name}")
    chosen = parser.parse_args()
    for name in [chosen.only] if chosen.only else PARTS:
        began = time.monotonic()
        # Each in a small process of its own: what it starts counts its memory as well.
        part = [sys.executable, "-m", f"integration_tests.bench.{name}"]
        said = subprocess.run(part, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        took = time.monotonic() - began
        sys.stdout.write(f"\n## {name}\n\n{said}\n\nMeasured in {took:.0f} s.\n")
        sys.stdout.flush()
        if chosen.write:
            _put(PAGE, name, said)
    if chosen.write:
        _put(PAGE, "machine", _machine())
    return 0


def _put(page: Path, name: str, said: str) -> None:
    """Replace what stands between a part's marks."""
    page.write_text(with_part(page.read_text("utf-8"), name, said), encoding="utf-8")


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}."
    )


if __name__ == "__main__":
    sys.exit(main())
