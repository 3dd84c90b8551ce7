"""Command line of the sandbox: start a server, say where it listens, serve until told to end."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from integration_tests.sandbox import api, control, server
from integration_tests.sandbox.configs import (
    CUSTOM_REPORT_NAMES,
    DATA_DOWNLOADS,
    LOGINS,
    write_configs,
)
from integration_tests.sandbox.faults import ACTIONS
from integration_tests.sandbox.limiter import LIMITS
from integration_tests.sandbox.state import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_DESCRIPTION = """\
A small inContact on this machine: sign-in, discovery, the four lists, the three summary reports,
contacts, custom report jobs, data downloads and files, over real HTTP, with data that follow from a
seed and with faults on demand. It prints one JSON line, {"url": ..., "configs": [...]}, and serves
until it gets SIGTERM or SIGINT."""

_EXAMPLE = """\
example session:
  python -m integration_tests.sandbox --port 8377 --write-configs /tmp/incontact
  source-incontact read --config /tmp/incontact/access_key.json --catalog catalog.json
  curl -s localhost:8377/_sandbox/requests
  curl -s localhost:8377/_sandbox/faults -d '{"match": {"path": "contacts"}, "times": 2,
      "do": {"status": 503, "headers": {"Retry-After": "1"}}}'
  curl -s -X DELETE localhost:8377/_sandbox/faults

a fault rule:
  {"match": {"path": "contacts" or "*", "method": "GET", "query": {"skip": "0"}},
   "after": 0, "times": 1 (null: always), "chance": 0.1 (absent: always), "do": {...}}
  The first rule that matches and is due acts, alone. Paths of the API are relative to the version
  and in lower case; sign-in paths are whole, such as /auth/token. A segment * of a path is any one
  segment: report-jobs/* with GET is a poll, with POST a job, report-jobs/datadownload/* a download.
  What a fault says of a file may stand at the POST that makes it or at GET files."""


def _epilog() -> str:
    """All endpoints and all faults, from the tables that serve them."""
    served = [f"  {verb:6} /inContactAPI/services/vN.0/{path}" for verb, path in api.ROUTES]
    served += [f"  {verb:6} {path}" for verb, path in server.OPEN_ROUTES]
    controls = [f"  {verb:6} {control.PREFIX}{path}" for verb, path in control.ROUTES]
    actions = [f"  {name:15} {meaning}" for name, meaning in ACTIONS.items()]
    known = [
        f"  custom report {report_id}: {name}" for report_id, name in CUSTOM_REPORT_NAMES.items()
    ]
    known += [f"  data download {report_id}: {name}" for report_id, name in DATA_DOWNLOADS.items()]
    blocks = (
        (f"endpoints (N from {api.LOWEST_VERSION} to {api.HIGHEST_VERSION}):", served),
        ("reports:", known),
        ("control (no sign-in; bodies are JSON):", controls),
        ("faults, the words of `do`:", actions),
    )
    return "\n\n".join("\n".join([title, *lines]) for title, lines in blocks) + f"\n\n{_EXAMPLE}"


def _truth_value(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        message = f"{text!r} is neither true nor false"
        raise argparse.ArgumentTypeError(message)
    return text.lower() == "true"


_SETTINGS: tuple[tuple[str, Callable[[str], object], str], ...] = (
    ("seed", int, "number all data come from"),
    ("agents", int, "how many agents"),
    ("teams", int, "how many teams"),
    ("skills", int, "how many skills"),
    ("campaigns", int, "how many campaigns"),
    ("contacts_per_quarter", float, "mean number of contacts per quarter hour"),
    ("open_share", float, "share of the contacts that stay open for longer than an hour"),
    ("open_days", float, "days that they stay open at most"),
    ("business_unit", int, "number of the business unit"),
    ("sends_date", _truth_value, "true gives each response a Date header, by the sandbox's clock"),
    ("ticking", _truth_value, "false stops the clock where it starts"),
    ("latency", float, "seconds added to every answer"),
    ("top_cap", int, "largest page, whatever top says"),
    ("token_life", float, "seconds a token lives"),
    ("limit", str, f"how --rate is counted: {', '.join(LIMITS)}"),
    ("limit_seconds", float, "seconds it is counted over, or that the bucket can save up"),
    ("job_seconds", float, "seconds a report job takes"),
    ("file_delay", float, "seconds after that until its file is there"),
    ("lists_downloads", _truth_value, "false leaves data downloads out of the list of reports"),
)
"""Settings that have a default, each an option: name, type and meaning."""


def _parser() -> argparse.ArgumentParser:
    base = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m integration_tests.sandbox",
        description=_DESCRIPTION,
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    add("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default)")
    for name, kind, meaning in _SETTINGS:
        option, default = f"--{name.replace('_', '-')}", getattr(base, name)
        add(option, type=kind, default=default, help=f"{meaning} (default %(default)s)")
    add("--now", help="ISO instant with Z at which the clock starts (default: the machine's time)")
    add(
        "--rate",
        type=float,
        help="requests per second over all clients; more get 429 (default: no limit)",
    )
    add(
        "--write-configs",
        type=Path,
        metavar="DIR",
        help=f"write {', '.join(f'{login}.json' for login in LOGINS)} there",
    )
    add("--until-stdin-closes", action="store_true", help="also end when standard input closes")
    return parser


def _end_with_stdin(ended: threading.Event) -> None:
    """Wait for the end of standard input: the parent is gone."""
    sys.stdin.read()
    ended.set()


def main() -> int:
    """Serve until told to end."""
    options = vars(_parser().parse_args())
    host, port = options.pop("host"), options.pop("port")
    folder, until_stdin_closes = options.pop("write_configs"), options.pop("until_stdin_closes")
    try:
        settings = Settings().with_changes(options)
        running = server.SandboxServer(host, port, settings)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, args=(ended,), daemon=True).start()
    running.serve_in_background()
    paths = write_configs(folder, running.url) if folder else []
    sys.stdout.write(json.dumps({"url": running.url, "configs": paths}) + "\n")
    sys.stdout.flush()
    ended.wait()
    running.shutdown()
    running.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
