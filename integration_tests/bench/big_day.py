"""One day of 100,000 contacts, a second for each page: by the hour, and as one reading.

    python -m integration_tests.bench.big_day serve

is the server: its rows are made of one text, so it costs next to nothing.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from integration_tests.bench import measure
from integration_tests.bench.replay import Replay
from integration_tests.sandbox.configs import config as config_of
from integration_tests.support import cli

ROWS, LATENCY, WORKERS = 100_000, 1.0, 8
BAR = 4.0
REPEATS = 3
_DAY = datetime(2026, 11, 12, tzinfo=timezone.utc)
_WHOLE = (
    "from source_incontact.streams import Contacts; Contacts.splits = False; "
    "from source_incontact.run import run; run()"
)
"""The command as it is without hours."""
_SECONDS = 86_400


def main() -> str:
    """Measure; what came of it, in Markdown."""
    if sys.argv[1:] == ["serve"]:
        serve()
    server = subprocess.Popen(
        [sys.executable, "-m", __spec__.name, "serve"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        date = {"date_type": "single_specific", "date": f"{_DAY:%Y-%m-%d}"}
        config = config_of(url, num_workers=WORKERS, requests_per_second=1000, date=date)
        whole, hours = measure.in_turn(
            REPEATS,
            lambda: _read([sys.executable, "-c", _WHOLE], config),
            lambda: _read(measure.CONNECTOR, config),
        )
    finally:
        server.kill()
    lines = [("as one reading", f"{whole:.1f}"), ("by the hour", f"{hours:.1f}")]
    return (
        f"{measure.table(('how', 'seconds'), lines)}\n\n{ROWS:,} contacts of one day, "
        f"{LATENCY:.0f} s for each page of 5,000, {WORKERS} workers. Times as fast: "
        f"{measure.verdict(whole / hours, BAR, at_least=True)}. With the start of the process."
    )


def _read(command: list[str], config: object) -> float:
    catalog = cli.catalog(["contacts"])
    run = measure.run([*command, "read"], config=config, catalog=catalog)
    assert run.records == ROWS, run.records
    return run.seconds


class _Server(Replay):
    starts: list[int]
    """Seconds of the day at which the contacts begin, in order."""
    row: str

    def page(self) -> bytes:
        """The contacts that are asked for, after a second."""
        time.sleep(LATENCY)
        query = dict(parse_qsl(urlsplit(self.path).query))
        first, last = (
            (datetime.fromisoformat(query[name].replace("Z", "+00:00")) - _DAY).total_seconds()
            for name in ("startDate", "endDate")
        )
        chosen = [number for number, at in enumerate(self.starts) if first <= at < last]
        page = chosen[int(query["skip"]) :][: int(query["top"])]
        rows = ", ".join(
            self.row % (number, (_DAY + timedelta(seconds=self.starts[number])).isoformat()[:-6])
            for number in page
        )
        return f'{{"totalRecords": {len(chosen)}, "contacts": [{rows}]}}'.encode()


def serve() -> None:
    """Serve until killed: most contacts come by day."""
    weights = [1.2 - math.cos(2 * math.pi * second / _SECONDS) for second in range(0, _SECONDS, 60)]
    total, so_far, starts = sum(weights), 0.0, []
    for minute, weight in enumerate(weights):
        before, so_far = so_far, so_far + weight
        count = round(ROWS * so_far / total) - round(ROWS * before / total)
        starts += [minute * 60 + place * 60 // count for place in range(count)]
    _Server.starts = starts
    expected = Path(__file__).parents[1] / "acceptance" / "expected_records.jsonl"
    lines = map(json.loads, expected.read_text("utf-8").splitlines())
    row = next(line["data"] for line in lines if line["stream"] == "contacts")
    row.update(contactId=-1, contactStartDate="START")
    text = json.dumps(row).replace("%", "%%")
    _Server.row = text.replace("-1", "%d", 1).replace("START", "%s.000Z", 1)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
