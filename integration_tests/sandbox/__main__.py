"""Command line of the sandbox: start a server, say where it listens, serve until told to end."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from integration_tests.sandbox import api, control, server
from integration_tests.sandbox.configs import (
    CUSTOM_REPORT_NAMES,
    DATA_DOWNLOADS,
    LOGINS,
    write_configs,
)
from integration_tests.sandbox.faults import ACTIONS
from integration_tests.sandbox.state import Settings

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
    add(
        "--seed",
        type=int,
        default=base.seed,
        help="number all data come from (default %(default)s)",
    )
    add("--agents", type=int, default=base.agents, help="how many agents (default %(default)s)")
    add("--teams", type=int, default=base.teams, help="how many teams (default %(default)s)")
    add("--skills", type=int, default=base.skills, help="how many skills (default %(default)s)")
    add(
        "--campaigns",
        type=int,
        default=base.campaigns,
        help="how many campaigns (default %(default)s)",
    )
    add(
        "--contacts-per-quarter",
        type=float,
        default=base.contacts_per_quarter,
        help="mean number of contacts per quarter hour (default %(default)s)",
    )
    add("--now", help="ISO instant with Z at which the clock starts (default: the machine's time)")
    add(
        "--ticking",
        type=_truth_value,
        default=True,
        help="false stops the clock there (default true)",
    )
    add(
        "--latency",
        type=float,
        default=base.latency,
        help="seconds added to every answer (default 0)",
    )
    add(
        "--top-cap",
        type=int,
        default=base.top_cap,
        help="largest page, whatever top says (default %(default)s)",
    )
    add(
        "--token-life",
        type=float,
        default=base.token_life,
        help="seconds a token lives (default %(default)s)",
    )
    add(
        "--rate",
        type=float,
        help="requests per second over all clients; more get 429 (default: no limit)",
    )
    add(
        "--job-seconds",
        type=float,
        default=base.job_seconds,
        help="seconds a report job takes (default %(default)s)",
    )
    add(
        "--file-delay",
        type=float,
        default=base.file_delay,
        help="seconds after that until its file is there (default %(default)s)",
    )
    add(
        "--lists-downloads",
        type=_truth_value,
        default=base.lists_downloads,
        help="false leaves data downloads out of the list of reports (default true)",
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
