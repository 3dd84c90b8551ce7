"""The cost of a record, by family, beside a source whose records are ready made.

Both read the same rows twice, few and many; the difference in time is the cost of the rows alone,
without the start of Python and the CDK. It is processor time, so that whatever else the machine
does counts for nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration_tests.bench import measure
from integration_tests.bench.replay import file_name
from integration_tests.sandbox import configs
from integration_tests.sandbox.client import Sandbox
from integration_tests.support import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = 4999
"""Rows of a window, all in one page: one less than are asked for, so that it is the last."""
FEW, MANY = 1, 41
REPEATS = 3
_DAY = datetime(2026, 11, 12, tzinfo=timezone.utc)
_QUARTERS = 96


@dataclass(frozen=True)
class Family:
    """A stream that stands for others of its kind.

    Attributes:
        stream: Its name.
        endpoint: Where it is read, below the API version.
        rows_key: Of its envelope; empty for a file.
        bar: The least rate, as a share of that of the ready-made records.
    """

    stream: str
    endpoint: str
    rows_key: str
    bar: float


FAMILIES = (
    Family("contacts", "contacts", "contacts", 1.7),
    Family("agent_performance", "agents/performance", "agentPerformance", 1.0),
    Family("data_download_540", "report-jobs/datadownload/540", "", 1.0),
)


def main() -> str:
    """Measure; what came of it, in Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with replayed(folder) as url:
            lines = [_line(family, folder, url) for family in FAMILIES]
    head = ("stream", "fields", "ready-made, us a record", "this connector, us a record", "share")
    return measure.table(head, lines)


def _line(family: Family, folder: Path, url: str) -> tuple[str, ...]:
    rows = _rows(url, family)
    records = folder / "records.json"
    records.write_text(json.dumps(rows), encoding="utf-8")
    null, ours = measure.in_turn(
        REPEATS,
        lambda: _cost(len(rows), lambda slices: _null(records, slices)),
        lambda: _cost(len(rows), lambda slices: _ours(url, family, slices)),
    )
    return (
        f"`{family.stream}`",
        f"{sum(map(len, rows)) / len(rows):.0f}",
        f"{null * 1e6:.1f}",
        f"{ours * 1e6:.1f}",
        measure.verdict(null / ours, family.bar, at_least=True),
    )


def _cost(rows: int, seconds: Callable[[int], float]) -> float:
    """Processor seconds a record, start aside."""
    return (seconds(MANY) - seconds(FEW)) / ((MANY - FEW) * rows)


@contextmanager
def replayed(folder: Path) -> Iterator[str]:
    """A server that gives the same rows for every day, kept in a folder: its address."""
    _record(folder)
    command = [sys.executable, "-m", "integration_tests.bench.replay", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def _record(folder: Path) -> None:
    """Keep what the sandbox answers to the first request of a day."""
    with Sandbox.start(
        ticking=False,
        now=_DAY + timedelta(days=3),
        contacts_per_quarter=ROWS // _QUARTERS + 10,
        agents=ROWS,
    ) as sandbox:
        login = sandbox.config()["credentials"]
        keys = {name: login[f"access_key_{name}"] for name in ("id", "secret")}
        body = {"accessKeyId": keys["id"], "accessKeySecret": keys["secret"]}
        sign_in = f"{sandbox.url}/authentication/v1/token/access-key"
        token = json.loads(_ask(sign_in, body))["access_token"]
        sandbox.fault("report-jobs/datadownload/540", {"big_rows": ROWS}, times=None)
        for family in FAMILIES:
            page = _page(sandbox.url, family, token)
            (folder / file_name(family.endpoint)).write_bytes(page)


def _page(url: str, family: Family, token: str) -> bytes:
    start, end = (f"{_DAY + timedelta(days):%Y-%m-%dT%H:%M:%SZ}" for days in (0, 1))
    address = f"{url}/inContactAPI/services/v30.0/{family.endpoint}?startDate={start}&endDate={end}"
    if not family.rows_key:
        return _ask(f"{address}&saveAsFile=false&includeHeaders=true", {}, token)
    payload = json.loads(_ask(f"{address}&top={ROWS}", None, token))
    envelope = payload.get("resultSet", payload)
    del envelope[family.rows_key][ROWS:]
    envelope.pop("_links", None)
    envelope["totalRecords"] = len(envelope[family.rows_key])  # so that one request reads all
    return json.dumps(payload, ensure_ascii=False).encode()


def _ask(url: str, body: dict[str, str] | None, token: str = "") -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        found: bytes = answer.read()
    return found


def config(url: str, slices: int) -> dict[str, Any]:
    """A configuration that reads so many days of it."""
    days = {
        "date_type": "range_specific",
        "start_date": f"{_DAY - timedelta(slices - 1):%Y-%m-%d}",
        "end_date": f"{_DAY:%Y-%m-%d}",
    }
    return configs.config(url, date=days, data_downloads=["540"], requests_per_second=1000)


def _rows(url: str, family: Family) -> list[dict[str, Any]]:
    """The records that the connector makes of a day."""
    output = measure.read(config(url, 1), [family.stream], keep=True).output
    return cli.Outcome(0, output).records(family.stream)


def _ours(url: str, family: Family, slices: int) -> float:
    return measure.read(config(url, slices), [family.stream]).processor_seconds


def _null(records: Path, slices: int) -> float:
    command = [sys.executable, "-m", "integration_tests.bench.null_source", "read"]
    config = {"records": str(records), "slices": slices}
    return measure.run(command, config=config, catalog=cli.catalog(["contacts"])).processor_seconds


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
