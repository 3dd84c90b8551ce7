"""Running the connector's own command against a server, and reading what it said."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration_tests import streams
from integration_tests.support.forkserver import PEAK_SUFFIX, Order, obey
from integration_tests.support.heartbeat import longest_gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from multiprocessing.process import BaseProcess

LISTS, DATED = streams.STANDARD_LISTS, streams.STANDARD_DATED
"""The streams of a form that chooses nothing."""
TIMEOUT_SECONDS = 120
TERMINATED = 143
"""The exit code of a command that took a SIGTERM."""
_GLANCE_SECONDS = 0.002

_FORKSERVER = multiprocessing.get_context("forkserver")
_FORKSERVER.set_forkserver_preload(
    ["integration_tests.support.forkserver", "integration_tests.support.warm"]
)

Record = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a command left behind.

    Attributes:
        exit_code: 0 if it went well; negative if a signal ended it.
        text: Everything it wrote to standard output and error.
        silence: The longest time without a record or a state, by its own clock, in seconds.
        peak_mib: The largest memory it took; not a number if it ended all at once.
    """

    exit_code: int
    text: str
    silence: float = 0.0
    peak_mib: float = nan

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        """The Airbyte messages, in order. Debug lines are kept as they are."""
        lines = self.text.split("\n")
        if self.exit_code < 0 or self.exit_code == TERMINATED:
            del lines[-1]  # killed in the middle of it
        return [json.loads(line) for line in lines if line.startswith("{")]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of all messages of one type, such as ``"RECORD"``."""
        return [message[_BODY[kind]] for message in self.messages if message["type"] == kind]

    def records(self, stream: str) -> list[Record]:
        """The records of one stream, in the order they came."""
        return [body["data"] for body in self.of_type("RECORD") if body["stream"] == stream]

    @cached_property
    def states(self) -> dict[str, list[dict[str, Any]]]:
        """The states of each stream, in the order they came."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for body in self.of_type("STATE"):
            found[body["stream"]["stream_descriptor"]["name"]].append(
                body["stream"]["stream_state"]
            )
        return found

    @property
    def final_state(self) -> list[dict[str, Any]]:
        """The last state of each stream, in the form that ``--state`` takes."""
        return saved_state({name: states[-1] for name, states in self.states.items()})

    @property
    def logs(self) -> str:
        """All log lines."""
        return "\n".join(body["message"] for body in self.of_type("LOG"))

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The error traces, each with ``stream`` (or ``None``), ``message``, ``failure_type``."""
        return [
            {
                "stream": (body["error"].get("stream_descriptor") or {}).get("name"),
                "message": body["error"]["message"],
                "failure_type": body["error"]["failure_type"],
            }
            for body in self.of_type("TRACE")
            if body["type"] == "ERROR"
        ]

    def statuses(self, stream: str) -> list[str]:
        """The stream statuses, in order."""
        return [
            body["stream_status"]["status"]
            for body in self.of_type("TRACE")
            if body["type"] == "STREAM_STATUS"
            and body["stream_status"]["stream_descriptor"]["name"] == stream
        ]


_BODY = {
    "RECORD": "record",
    "STATE": "state",
    "LOG": "log",
    "TRACE": "trace",
    "CATALOG": "catalog",
    "SPEC": "spec",
    "CONNECTION_STATUS": "connectionStatus",
}


@dataclass(frozen=True)
class Kill:
    """An end from outside.

    Attributes:
        lines: After so many lines of output.
        once: And when this holds; it is asked again and again.
        signal: How.
    """

    lines: int = 0
    once: Callable[[], bool] = lambda: True
    signal: signal.Signals = signal.SIGKILL

    def carry_out(self, child: BaseProcess, output: Path) -> None:
        """Wait for the moment, and kill; a process that ends before gets away."""
        while child.is_alive() and (self._lines_of(output) < self.lines or not self.once()):
            child.join(_GLANCE_SECONDS)
        if child.is_alive() and child.pid is not None:
            os.kill(child.pid, self.signal)

    def _lines_of(self, output: Path) -> int:
        return output.read_bytes().count(b"\n") if output.exists() else 0


def saved_state(states: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """States by stream name, in the form that ``--state`` takes."""
    return [
        {
            "type": "STREAM",
            "stream": {"stream_descriptor": {"name": name}, "stream_state": state},
        }
        for name, state in states.items()
    ]


def catalog(names: Iterable[str], sync_mode: str = "full_refresh") -> dict[str, Any]:
    """A configured catalog; lists are always read in full."""
    return {
        "streams": [
            {
                "stream": {
                    "name": name,
                    "json_schema": {},
                    "supported_sync_modes": ["full_refresh", "incremental"],
                },
                "sync_mode": "full_refresh" if name in streams.LISTS else sync_mode,
                "destination_sync_mode": "append",
            }
            for name in names
        ]
    }


def options(folder: Path, **files: Any) -> list[str]:
    """Write files into a folder, and give the options ``--name FILE`` for them.

    Args:
        folder: Where to.
        files: By the name of the option: text or bytes as they are, the rest as JSON.
    """
    words = []
    for name, value in files.items():
        if value is not None:
            path = folder / f"{name}.json"
            text = value if isinstance(value, (str, bytes)) else json.dumps(value)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
            words += [f"--{name}", str(path)]
    return words


def run(  # noqa: PLR0913 - a run has circumstances, and most have a default
    command: str,
    *,
    now: datetime | None = None,
    speed: float | None = None,
    environment: dict[str, str] | None = None,
    kill: Kill | None = None,
    elsewhere: int | None = None,
    **files: Any,
) -> Outcome:
    """Run ``source-incontact COMMAND``, the JSON values of ``files`` given as ``--name FILE``.

    Args:
        command: ``spec``, ``check``, ``discover`` or ``read``; further words are passed on.
        now: Where the command's wall clock starts.
        speed: How many times faster its steady clock goes; by default only sleep is cut short.
        environment: Further environment variables.
        kill: When the process is to be killed, unless it has ended by then.
        elsewhere: The local port that every host name leads to.
        files: ``config``, ``catalog``, ``state``: text or bytes as they are, the rest as JSON.
    """
    with tempfile.TemporaryDirectory() as folder:
        args = [*command.split(), *options(Path(folder), **files)]
        output = Path(folder) / "output.jsonl"
        beats = Path(folder) / "beats"
        order = Order(args, str(output), str(beats), now, speed, environment or {}, elsewhere)
        child = _FORKSERVER.Process(target=obey, args=(order,))
        child.start()
        if kill is not None:
            kill.carry_out(child, output)
        child.join(TIMEOUT_SECONDS)
        if child.is_alive():
            child.kill()
            child.join()
            output_text = output.read_text("utf-8")[-3000:]
            raise TimeoutError(f"{command} did not end in {TIMEOUT_SECONDS} s: {output_text}")
        peak = Path(f"{output}{PEAK_SUFFIX}")
        peak_mib = float(peak.read_text("utf-8")) if peak.exists() else nan
        text = output.read_text("utf-8")
        return Outcome(child.exitcode or 0, text, longest_gap(beats), peak_mib)


def read(
    config: Mapping[str, Any],
    names: Iterable[str],
    sync_mode: str = "full_refresh",
    **options: Any,
) -> Outcome:
    """Run ``read`` for some streams in one sync mode; ``options`` as for `run`."""
    return run("read", config=config, catalog=catalog(names, sync_mode), **options)
