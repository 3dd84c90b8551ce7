"""The connector's main job, seen from outside: ``make demo``.

Starts a sandbox, runs the console command's check, discover and read of every stream over the
last seven days, compares what came with the sandbox's truth, and prints it. The messages stay in a
folder as JSON lines.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration_tests import streams
from integration_tests.chaos.trial import SLOW
from integration_tests.sandbox.client import Sandbox
from integration_tests.support import cli
from integration_tests.support.cli import Outcome
from integration_tests.support.constants import plain, true_rows, windows_asked
from source_incontact.families.file_rows import OURS
from source_incontact.families.tables import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER = Path("demo-output")
COMMAND = Path(sys.executable).with_name("source-incontact")
SEVEN_DAYS = {"date_type": "range_relative", "start_days_back": "6", "end_days_back": "today"}

SHOWN_CHARACTERS = 300

_PLANNED = re.compile(r"(\w+): (\d+) windows to read")


@dataclass
class Tally:
    """What the messages of a read say about its streams."""

    rows: Counter[str] = field(default_factory=Counter)
    windows: dict[str, int] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)

    def take(self, message: dict[str, Any]) -> None:
        """Count one message."""
        if message["type"] == "RECORD":
            self.rows[message["record"]["stream"]] += 1
        elif message["type"] == "LOG":
            planned = _PLANNED.match(message["log"]["message"])
            if planned:
                self.windows[planned[1]] = int(planned[2])
        elif message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
            self._take_status(message["trace"])

    def _take_status(self, trace: dict[str, Any]) -> None:
        name = trace["stream_status"]["stream_descriptor"]["name"]
        status = trace["stream_status"]["status"]
        if status == "STARTED":
            self.started[name] = trace["emitted_at"]
        elif status in {"COMPLETE", "INCOMPLETE"}:
            self.seconds[name] = (trace["emitted_at"] - self.started[name]) / 1000
            self.endings[name] = status


def main() -> int:
    """Run the demonstration; 0 if every step went well."""
    FOLDER.mkdir(exist_ok=True)
    with Sandbox.start(ticking=False) as sandbox:  # or contacts would go on while we compare
        config = sandbox.config(
            date=SEVEN_DAYS,
            reports=streams.TITLES,
            custom_reports=["Weekly Queue Overview"],
            data_downloads=["540"],
        )
        write("config.json", config)
        say(f"A sandbox of NICE inContact answers at {sandbox.url}.\n")

        status = next(run("check", "--config", "config.json"))["connectionStatus"]
        say(f"check     {status['status']} {status.get('message', '')}")
        if status["status"] != "SUCCEEDED":
            return 1

        catalog = next(run("discover", "--config", "config.json"))["catalog"]
        names = [stream["name"] for stream in catalog["streams"]]
        say(f"discover  {len(names)} streams")
        write("catalog.json", configured(catalog, SLOW))

        sandbox.clear_requests()
        begun = time.monotonic()
        tally = Tally()
        for message in run("read", "--config", "config.json", "--catalog", "catalog.json"):
            tally.take(message)
        for message in read_hurried(config):
            tally.take(message)
        say(f"read      {sum(tally.rows.values())} rows in {time.monotonic() - begun:.1f} s\n")
        show(names, tally)
        wrong = untrue(sandbox)
    say(
        f"\nEach of these streams against the sandbox's truth, cell by cell: {wrong or 'the same'}."
    )
    say(f"\nThe form, the catalog and all messages are in {FOLDER}/.")
    ended = all(tally.endings.get(name) == "COMPLETE" for name in names)
    return 0 if ended and not wrong else 1


def untrue(sandbox: Sandbox) -> str:
    """The streams with rows other than the sandbox's own; shows a contact."""
    read = Outcome(0, (FOLDER / "read.jsonl").read_text(encoding="utf-8"))
    contact = json.dumps(read.records("contacts")[-1], ensure_ascii=False)
    say(f"\nA contact: {contact[:SHOWN_CHARACTERS]} ...")
    days = windows_asked(sandbox, "contacts")
    wrong = [
        name
        for name in streams.BY_NAME
        if plain(read.records(name))
        != true_rows(sandbox.truth, name, days if name in streams.DATED else ())
    ]
    custom = sandbox.truth.custom_report(700_101)
    files = [sandbox.truth.data_download(540, *day) for day in days]
    for name, tables in {
        "custom_report_weekly_queue_overview": [custom],
        "data_download_540": files,
    }.items():
        names = columns(tables[0].header, OURS)
        got = Counter(tuple(row[column] for column in names) for row in read.records(name))
        wrong += [name] * (got != Counter(row for table in tables for row in table.rows))
    return ", ".join(wrong)


def run(command: str, *args: str) -> Iterator[dict[str, Any]]:
    """Run the console command and keep its output; yield its messages, the answer first.

    For ``check`` and ``discover`` the first message yielded is the one that answers.
    """
    answer = {"check": "CONNECTION_STATUS", "discover": "CATALOG"}.get(command)
    path = FOLDER / f"{command}.jsonl"
    with path.open("w", encoding="utf-8") as output:
        files = [part if part.startswith("--") else str(FOLDER / part) for part in args]
        subprocess.run([str(COMMAND), command, *files], stdout=output, check=False)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            if answer is None or message["type"] == answer:
                yield message


def read_hurried(config: dict[str, Any]) -> list[dict[str, Any]]:
    """Read what the extraction jobs make, without the half minute between jobs; keep its output."""
    outcome = cli.read(config, SLOW, "incremental")
    with (FOLDER / "read.jsonl").open("a", encoding="utf-8") as output:
        output.write(outcome.text)
    return outcome.messages


def configured(catalog: dict[str, Any], left_out: Sequence[str]) -> dict[str, Any]:
    """Every stream but those left out, incremental where it can be."""
    return {
        "streams": [
            {
                "stream": stream,
                "sync_mode": stream["supported_sync_modes"][-1],
                "destination_sync_mode": "append",
            }
            for stream in catalog["streams"]
            if stream["name"] not in left_out
        ]
    }


def write(name: str, content: dict[str, Any]) -> None:
    """Keep a JSON file in the folder."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (FOLDER / name).write_text(text + "\n", encoding="utf-8")


def show(names: list[str], tally: Tally) -> None:
    """Print the table."""
    say(f"{'stream':<36}{'windows':>8}{'rows':>8}{'done after':>12}  outcome")
    for name in names:
        windows = tally.windows.get(name, "-")
        seconds = tally.seconds.get(name, 0.0)
        outcome = tally.endings.get(name, "never ended")
        say(f"{name:<36}{windows:>8}{tally.rows[name]:>8}{seconds:>10.1f} s  {outcome}")


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
