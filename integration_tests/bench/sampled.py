"""The connector's command, and where its processor time goes.

    python -m integration_tests.bench.sampled FILE read --config C --catalog K

A thread looks often at what every other thread is doing, and books the processor time that it has
used since on that. Who waits uses none. What belongs to which stage is told by the names of modules
and functions: the innermost frame that has a stage decides.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from source_incontact import command

if TYPE_CHECKING:
    from types import FrameType

OTHER = "other: "
_PAUSE_SECONDS = 0.002

STAGES: tuple[tuple[str, str, str], ...] = (
    ("source_incontact.typed_rows", "as_json_lines", "serialise"),
    ("source_incontact.typed_rows", "content_of", "prove"),
    ("source_incontact.typed_rows", "", "parse"),
    ("source_incontact.typed_columns", "", "parse"),
    ("source_incontact.blocks", "_lines", "serialise"),
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


def main() -> int:
    """Run the command line's command."""
    target = Path(sys.argv[1])
    sampler = Sampler()
    sampler.start()
    code = command.main(sys.argv[2:])
    sampler.end()
    target.write_text(json.dumps(sampler.seconds), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
