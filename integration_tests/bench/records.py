"""The cost of a record: contacts of 60 fields, beside a source whose records are ready made.

Both read the same rows twice, few and many; the difference in time is the cost of the rows alone,
without the start of Python and the CDK.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from integration_tests.bench import measure
from integration_tests.sandbox import configs
from integration_tests.sandbox.client import Sandbox
from integration_tests.support import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE, PAGE_FILE = 5000, "page.json"
FEW, MANY = 1, 13
REPEATS = 3
BAR = 0.8
_DAY = datetime(2026, 11, 12, tzinfo=timezone.utc)


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with replayed(folder) as url:
            rows = _rows(url)
            records = folder / "records.json"
            records.write_text(json.dumps(rows), encoding="utf-8")
            null, ours = measure.in_turn(
                REPEATS,
                lambda: _rate(lambda slices: _null(records, slices)),
                lambda: _rate(lambda slices: _ours(url, slices)),
            )
        parse = _parsing((folder / PAGE_FILE).read_bytes()) / len(rows)
    fields = sum(map(len, rows)) / len(rows)
    reachable = 1 / (1 / null + parse)
    lines = [
        (what, f"{rate:,.0f}", f"{1e6 / rate:.1f}")
        for what, rate in (
            ("a CDK source of ready-made records", null),
            ("the same, if it had to parse the JSON first", reachable),
            ("this connector, contacts", ours),
        )
    ]
    said = measure.table(("records of", "a second", "microseconds each"), lines)
    share = measure.verdict(ours / null, BAR, at_least=True)
    return (
        f"{said}\n\n{fields:.0f} fields a record, nulls aside. Share of the ready-made records: "
        f"{share}; of what parsing leaves possible: {ours / reachable:.2f}."
    )


def _parsing(page: bytes) -> float:
    """Seconds that the parser in use takes for a page, at best."""

    def once() -> float:
        began = time.perf_counter()
        from_json(page)
        return time.perf_counter() - began

    return min(once() for _ in range(5))


def _page() -> bytes:
    """A page of contacts, as the sandbox writes it."""
    with Sandbox.start(
        ticking=False, now=_DAY + timedelta(days=3), contacts_per_quarter=60
    ) as sandbox:
        login = sandbox.config()["credentials"]
        token = _json(
            f"{sandbox.url}/authentication/v1/token/access-key",
            {"accessKeyId": login["access_key_id"], "accessKeySecret": login["access_key_secret"]},
        )["access_token"]
        start, end = (f"{_DAY + timedelta(days):%Y-%m-%dT%H:%M:%SZ}" for days in (0, 1))
        url = f"{sandbox.url}/inContactAPI/services/v30.0/contacts"
        query = f"startDate={start}&endDate={end}&skip=0&top={PAGE - 1}"
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{url}?{query}",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            payload = json.load(answer)
    envelope = payload.get("resultSet", payload)
    # All there is, so that one request reads it.
    envelope["totalRecords"] = len(envelope["contacts"])
    envelope["_links"] = {}
    return json.dumps(payload, ensure_ascii=False).encode()


def _json(url: str, body: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - our own server
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        found: dict[str, Any] = json.load(answer)
    return found


@contextmanager
def replayed(folder: Path) -> Iterator[str]:
    """A server that gives a page of contacts for every day, kept in a folder: its address."""
    page = folder / PAGE_FILE
    page.write_bytes(_page())
    command = [sys.executable, "-m", "integration_tests.bench.replay", str(page)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def config(url: str, slices: int) -> dict[str, Any]:
    """A configuration that reads so many days of it."""
    days = {
        "date_type": "range_specific",
        "start_date": f"{_DAY - timedelta(slices - 1):%Y-%m-%d}",
        "end_date": f"{_DAY:%Y-%m-%d}",
    }
    return configs.config(url, date=days, requests_per_second=1000)


def _rows(url: str) -> list[dict[str, Any]]:
    """The records that the connector makes of the page."""
    output = measure.read(config(url, 1), ["contacts"], keep=True).output
    return cli.Outcome(0, output).records("contacts")


def _ours(url: str, slices: int) -> float:
    return measure.read(config(url, slices), ["contacts"]).seconds


def _null(records: Path, slices: int) -> float:
    command = [sys.executable, "-m", "integration_tests.bench.null_source", "read"]
    config = {"records": str(records), "slices": slices}
    return measure.run(command, config=config, catalog=cli.catalog(["contacts"])).seconds


def _rate(seconds: Callable[[int], float]) -> float:
    """Records a second, start aside."""
    return (MANY - FEW) * (PAGE - 1) / (seconds(MANY) - seconds(FEW))


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
