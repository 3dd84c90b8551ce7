"""Where the time of a record goes, by stage: ``make profile``.

The pages are those of the benchmark of records, few and many; the difference is the rows' alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from integration_tests.bench import measure, records
from integration_tests.bench.sampled import OTHER
from integration_tests.support import cli

ORDER = (
    "request and receive",
    "parse",
    "normalise",
    "prove",
    "hand on",
    "message",
    "serialise",
    "write",
)
FEW, MANY = 1, 13
MOST_OTHERS = 3


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with tempfile.TemporaryDirectory() as folder, records.replayed(Path(folder)) as url:
        few, many = (seconds(url, slices, Path(folder)) for slices in (FEW, MANY))
    rows = (MANY - FEW) * (records.ROWS)
    return said({stage: (many[stage] - few.get(stage, 0.0)) * 1e6 / rows for stage in many})


def said(spent: dict[str, float]) -> str:
    """The table of microseconds by stage; what has none is summed up, the largest of it named."""
    others = sorted(
        ((cost, stage) for stage, cost in spent.items() if stage.startswith(OTHER)), reverse=True
    )
    lines = [(stage, spent.get(stage, 0.0)) for stage in ORDER]
    lines.append(("other", sum(cost for cost, _ in others)))
    total = sum(cost for _, cost in lines)
    table = measure.table(
        ("stage", "microseconds a record", "share"),
        [(stage, f"{cost:.1f}", f"{cost / total:.0%}") for stage, cost in lines],
    )
    names = ", ".join(
        f"`{stage.removeprefix(OTHER)}` {cost:.1f}" for cost, stage in others[:MOST_OTHERS]
    )
    return f"{table}\n\nTogether: {total:.1f}. Largest of the others: {names or 'none'}."


def seconds(url: str, slices: int, folder: Path) -> dict[str, float]:
    """The processor time of each stage."""
    found = folder / "seconds.json"
    measure.run(
        [sys.executable, "-m", "integration_tests.bench.sampled", str(found), "read"],
        config=records.config(url, slices),
        catalog=cli.catalog(["contacts"]),
    )
    booked: dict[str, float] = json.loads(found.read_text(encoding="utf-8"))
    return booked


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
