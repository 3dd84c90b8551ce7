"""Many small requests: 30 days by the hour, 100 ms each, beside a script and beside the floor."""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import IO, TYPE_CHECKING, Any

import requests

from integration_tests.bench import measure
from integration_tests.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS, WORKERS, LATENCY = 30, 8, 0.1
SERIAL_SHARE = 10
"""The script reads one window of so many; their time is multiplied, that of its sign-in is not."""
NO_LIMIT = {"num_workers": WORKERS, "requests_per_second": 1000}
"""What lets this server's answers, and not the form, set the rate."""
USUAL = {"num_workers": 4, "requests_per_second": 10}
"""The form's own settings."""
REPEATS = 3
BAR = 1.2
STREAM, PATH, ROWS = "team_performance_totals", "teams/performance-total", "teamPerformanceTotal"
_LAST = datetime(2026, 11, 13, tzinfo=timezone.utc)


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with Sandbox.start(
        ticking=False, now=_LAST + timedelta(days=3), latency=LATENCY, contacts_per_quarter=0.2
    ) as sandbox:
        whole: list[float] = []
        serial, floor, ours = measure.in_turn(
            REPEATS,
            lambda: _serial(sandbox),
            lambda: _floor(sandbox),
            lambda: _connector(sandbox, whole, NO_LIMIT),
        )
        usual = _connector(sandbox, [], USUAL)
    return _said(serial, floor, ours, usual, sorted(whole)[len(whole) // 2])


def _said(serial: float, floor: float, ours: float, usual: float, whole: float) -> str:
    windows = DAYS * 24
    runs: list[tuple[str, int, object, float]] = [
        ("a script: one after another", 1, "no limit", serial),
        ("the floor: a bare loop", WORKERS, "no limit", floor),
        ("this connector, its rate let go", WORKERS, NO_LIMIT["requests_per_second"], ours),
        (
            "this connector as it is by default",
            USUAL["num_workers"],
            USUAL["requests_per_second"],
            usual,
        ),
    ]
    lines = [
        (who, connections, asked, f"{seconds:.1f}", f"{windows / seconds:.0f}")
        for who, connections, asked, seconds in runs
    ]
    head = ("who", "connections", "requests a second at most", "seconds", "windows a second")
    return (
        f"{measure.table(head, lines)}\n\n{windows} windows at {LATENCY * 1000:.0f} ms. Beside the "
        f"floor: {measure.verdict(ours / floor, BAR)}. From the first request to the end; with its "
        f"start, the process took {whole:.1f} s. The script read one window of {SERIAL_SHARE}."
    )


def _windows() -> Iterator[tuple[str, str]]:
    for number in range(DAYS * 24):
        start = _LAST - timedelta(days=DAYS) + timedelta(hours=number)
        yield f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"


class _Client:
    """What a script does: sign in, ask, parse, write lines."""

    def __init__(self, sandbox: Sandbox, sink: IO[str]) -> None:
        login = sandbox.config()["credentials"]
        body = {
            "accessKeyId": login["access_key_id"],
            "accessKeySecret": login["access_key_secret"],
        }
        url = f"{sandbox.url}/authentication/v1/token/access-key"
        token = requests.post(url, json=body, timeout=60).json()["access_token"]
        self._url = f"{sandbox.url}/inContactAPI/services/v30.0/{PATH}"
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._local = threading.local()
        self._sink = sink

    def __call__(self, window: tuple[str, str]) -> None:
        """Read one window."""
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
        answer = session.get(
            self._url,
            params={"startDate": window[0], "endDate": window[1]},
            headers=self._headers,
            timeout=60,
        )
        rows = answer.json().get(ROWS) or ()
        self._sink.writelines(f"{json.dumps(row)}\n" for row in rows)


def _serial(sandbox: Sandbox) -> float:
    with tempfile.TemporaryFile("w", encoding="utf-8") as sink:
        began = time.monotonic()
        client = _Client(sandbox, sink)
        signed_in = time.monotonic()
        for window in itertools.islice(_windows(), 0, None, SERIAL_SHARE):
            client(window)
        return signed_in - began + (time.monotonic() - signed_in) * SERIAL_SHARE


def _floor(sandbox: Sandbox) -> float:
    with tempfile.TemporaryFile("w", encoding="utf-8") as sink:
        began = time.monotonic()
        client = _Client(sandbox, sink)
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(client, _windows()))
        return time.monotonic() - began


def _connector(sandbox: Sandbox, whole: list[float], settings: dict[str, int]) -> float:
    sandbox.clear_requests()
    changes: dict[str, Any] = dict(settings)
    config = sandbox.config(
        date={
            "date_type": "range_specific",
            "start_date": f"{_LAST - timedelta(days=DAYS):%Y-%m-%d}",
            "end_date": f"{_LAST - timedelta(days=1):%Y-%m-%d}",
        },
        report_interval="hour",
        **changes,
    )
    marked = time.monotonic()
    requests.get(f"{sandbox.url}/marker", timeout=60)
    run = measure.read(config, [STREAM], mode="incremental")
    whole.append(run.seconds)
    ended = time.monotonic()
    marker, first = sandbox.requests()[:2]
    return ended - marked - float(first["at"] - marker["at"])


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
