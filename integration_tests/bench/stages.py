"""Where the time of a record goes, by stage: ``make profile``.

    python -m integration_tests.bench.stages FILE read --config C --catalog K

The pages are those of the benchmark of records, few and many; the difference is the rows' alone.
The connector's command runs in a process of its own. There a thread looks often at what every other
thread is doing, and books the processor time that it has used since on that. Who waits uses none.
What belongs to which stage is told by the names of modules and functions: the innermost frame that
has a stage decides.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from integration_tests.bench import measure, records
from integration_tests.support import cli
from source_incontact import command

if TYPE_CHECKING:
    from types import FrameType

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
FEW, MANY = 1, 41
MOST_OTHERS = 3


OTHER = "other: "
_PAUSE_SECONDS = 0.002

STAGES: tuple[tuple[str, str, str], ...] = (
    ("source_incontact.typed_rows", "as_json_lines", "serialise"),
    ("source_incontact.typed_rows", "content_of", "prove"),
    ("source_incontact.typed_rows", "", "parse"),
    ("source_incontact.typed_columns", "", "parse"),
    ("source_incontact.blocks", "lines_of", "serialise"),
    ("source_incontact.api.bodies", "", "parse"),
    ("source_incontact.api.envelopes", "", "parse"),
    ("source_incontact.records", "", "normalise"),
    ("source_incontact.families.rows", "records_of", "normalise"),
    ("source_incontact.api.paging", "", "prove"),
    ("source_incontact.api", "", "request and receive"),
    ("source_incontact.http", "", "request and receive"),
    ("airbyte_cdk.sources.streams.http", "", "request and receive"),
    ("requests", "", "request and receive"),
    ("urllib3", "", "request and receive"),
    ("http.client", "", "request and receive"),
    ("airbyte_cdk.sources.utils", "", "message"),
    ("airbyte_cdk.models", "", "message"),
    ("airbyte_protocol_dataclasses", "", "message"),
    ("airbyte_cdk.entrypoint", "airbyte_message_to_string", "serialise"),
    ("airbyte_cdk.entrypoint", "", "message"),
    ("airbyte_cdk.utils.print_buffer", "", "write"),
    ("source_incontact.command", "main", "write"),
    ("source_incontact.command", "read", "write"),
    ("source_incontact.command", "", "serialise"),
    ("queue", "", "hand on"),
    ("source_incontact", "", "hand on"),
    ("airbyte_cdk.sources", "", "hand on"),
)
"""Module, function (empty for all) and stage; the first that fits."""


class Sampler(threading.Thread):
    """Adds up the processor time of all other threads by stage."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._used: dict[int, float] = {}
        self._over = threading.Event()

    def run(self) -> None:
        """Look until told to end."""
        while not self._over.wait(_PAUSE_SECONDS):
            frames = sys._current_frames()
            for ident, frame in frames.items():
                if ident != self.ident:
                    self._book(ident, frame)

    def _book(self, ident: int, frame: FrameType) -> None:
        try:
            used = time.clock_gettime(time.pthread_getcpuclockid(ident))
        except OSError:
            return  # it has ended
        self.seconds[stage_of(frame)] += used - self._used.get(ident, used)
        self._used[ident] = used

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


def stage_of(innermost: FrameType) -> str:
    """The stage of what a thread does; if none is known, the name of the function."""
    frame: FrameType | None = innermost
    while frame is not None:
        name, function = str(frame.f_globals.get("__name__")), frame.f_code.co_name
        for module, only, stage in STAGES:
            inside = name == module or name.startswith(f"{module}.")
            if inside and only in {"", function}:
                return stage
        frame = frame.f_back
    return f"{OTHER}{innermost.f_globals.get('__name__')}.{innermost.f_code.co_name}"


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
        [sys.executable, "-m", "integration_tests.bench.stages", str(found), "read"],
        config=records.config(url, slices),
        catalog=cli.catalog(["contacts"]),
    )
    booked: dict[str, float] = json.loads(found.read_text(encoding="utf-8"))
    return booked


def sample(found: Path, args: list[str]) -> int:
    """Run the connector's command, and write the seconds of each stage to a file."""
    sampler = Sampler()
    sampler.start()
    code = command.main(args)
    sampler.end()
    found.write_text(json.dumps(sampler.seconds), encoding="utf-8")
    return code


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit(sample(Path(sys.argv[1]), sys.argv[2:]))
    sys.stdout.write(main() + "\n")
