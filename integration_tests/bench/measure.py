"""Running a command and reading the clock; tables of what was read."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from integration_tests.support import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

CONNECTOR = [str(Path(sys.executable).with_name("source-incontact"))]
_TIMEOUT_SECONDS = 900
_AS_IN_THE_IMAGE = {"MALLOC_ARENA_MAX": "2"}
"""What the Dockerfile sets for the sake of memory, and a shell does not."""


@dataclass(frozen=True)
class Run:
    """What a run of a command cost.

    Attributes:
        seconds: From its start to its end.
        processor_seconds: What it used of the processor, in all its threads.
        megabytes: Its largest resident memory. It is never less than that of the process that
            started it, so that one must be small.
        records: How many records it wrote.
        output: Its messages, if they were kept.
    """

    seconds: float
    processor_seconds: float
    megabytes: float
    records: int
    output: str = ""


def run(command: Sequence[str], *, keep: bool = False, **files: Any) -> Run:
    """Run a command to its end, its JSON files given as options.

    Raises:
        RuntimeError: It failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        words = [*command, *cli.options(Path(folder), **files)]
        output = Path(folder) / "output"
        with output.open("wb") as sink:
            began = time.monotonic()
            child = subprocess.Popen(
                words,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**os.environ, **_AS_IN_THE_IMAGE},
            )
            _, status, usage = os.wait4(child.pid, 0)  # what this child alone used
            seconds = time.monotonic() - began
            child.returncode = os.waitstatus_to_exitcode(status)
        if status:
            raise RuntimeError(output.read_text("utf-8")[-2000:])
        with output.open("rb") as lines:
            records = sum(line.startswith(b'{"type":"RECORD"') for line in lines)
        kept = output.read_text("utf-8") if keep else ""
        used = usage.ru_utime + usage.ru_stime
        return Run(seconds, used, usage.ru_maxrss / 1024, records, kept)


def read(
    config: Any, streams: Iterable[str], *, keep: bool = False, mode: str = "full_refresh"
) -> Run:
    """Run the connector's ``read``."""
    catalog = cli.catalog(streams, mode)
    return run([*CONNECTOR, "read"], keep=keep, config=config, catalog=catalog)


def in_turn(times: int, *measures: Callable[[], float]) -> list[float]:
    """The median of each measure; they take turns, so that noise meets all of them."""
    seen = [[measure() for measure in measures] for _ in range(times)]
    return [median(values) for values in zip(*seen, strict=True)]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def verdict(ratio: float, bar: float, *, at_least: bool = False) -> str:
    """Whether a figure keeps within its bar."""
    good = ratio >= bar if at_least else ratio <= bar
    side = "at least" if at_least else "at most"
    return f"{ratio:.2f} ({side} {bar}): {'met' if good else '**missed**'}"
