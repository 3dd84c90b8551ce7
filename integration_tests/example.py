"""The example against the sandbox: ``make example``, and its proof: ``make example-test``.

Both run in the example's own environment, where PyAirbyte is and the connector is not; PyAirbyte
calls the connector's command in the environment that it is told of.

The proof syncs twice, then asks DuckDB: as many rows as there are, keys unique after the second
sync, sums and answers as the sandbox's truth has them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from examples.pyairbyte_duckdb import QUESTIONS, answer, draw, sync
from integration_tests.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.sandbox.truth import Truth

DAYS = 8
CUSTOM, CUSTOM_NUMBER = "custom_report_weekly_queue_overview", 700_101
DOWNLOAD, DOWNLOAD_NUMBER = "data_download_540", 540
KEYS = {
    "agents": ("agentid",),
    "campaigns": ("campaignid",),
    "skills": ("skillid",),
    "teams": ("teamid",),
    "agent_performance": ("agentid", "teamid", "startdate"),
    "team_performance_totals": ("teamid", "startdate"),
    "skill_summaries": ("skillid", "startdate"),
    "contacts": ("contactid",),
    CUSTOM: ("_row_number",),
    DOWNLOAD: ("_report_start", "_row_number"),
}
SUMS = {
    "agent_performance": ("totalHandled", "inboundTime", "loginTime"),
    "team_performance_totals": ("totalHandled", "acwTime"),
    "skill_summaries": ("contactsOffered", "abandonCount", "contactsWithinSLA"),
    "contacts": ("totalDurationSeconds", "inQueueSeconds", "holdCount"),
}

Row = dict[str, Any]


@dataclass
class Proof:
    """What must be in the database, and what was not.

    Attributes:
        database: The DuckDB file.
        rows: The true rows of each stream.
        failed: What was found otherwise.
    """

    database: Path
    rows: dict[str, list[Row]]
    failed: list[str] = field(default_factory=list)

    def note(self, topic: str, wanted: object, got: object) -> None:
        """One line for one comparison."""
        good = wanted == got
        said = f"{got}" if good else f"{got}, not {wanted}"
        sys.stdout.write(f"{'ok  ' if good else 'FAIL'}  {topic:<50}{said}\n")
        if not good:
            self.failed.append(topic)

    def value(self, sql: str) -> Any:
        """The one value that a query answers with."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            found = connection.execute(sql).fetchone()
        return found[0] if found else None

    def compare(self) -> None:
        """Row counts, keys, sums."""
        for stream, key in KEYS.items():
            wanted = len(self.rows[stream])
            self.note(f"rows of {stream}", wanted, self.value(f"SELECT count(*) FROM {stream}"))  # noqa: S608 - our own names
            distinct = f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(key)} FROM {stream})"  # noqa: S608 - our own names
            self.note(f"keys of {stream}", wanted, self.value(distinct))
        for stream, fields in SUMS.items():
            for name in fields:
                # In whole milliseconds, as the vendor writes them.
                wanted = sum(round(1000 * (row[name] or 0)) for row in self.rows[stream])
                got = self.value(f"SELECT sum(round(1000 * {name})) FROM {stream}")  # noqa: S608 - our own names
                self.note(f"sum of {stream}.{name}, x 1000", wanted, int(got))

    def answers(self, now: datetime) -> None:
        """The three answers, against the truth added up in Python."""
        for question, wanted in zip(QUESTIONS, self._true_answers(now), strict=True):
            _, rows = answer(self.database, question, "UTC", now)
            got = {str(label): (count, round(value, 6)) for label, count, value in rows}
            self.note(question.text[:44], wanted, got)

    def _true_answers(self, now: datetime) -> Iterator[dict[str, tuple[int, float]]]:
        yesterday = f"{now - timedelta(1):%Y-%m-%d}"
        week = {f"{now - timedelta(back):%Y-%m-%d}" for back in range(1, 8)}
        yield {
            row["skillName"]: (
                row["contactsOffered"],
                round(100 * row["contactsWithinSLA"] / known, 6),
            )
            for row in self.rows["skill_summaries"]
            if row["startDate"][:10] == yesterday
            and (known := row["contactsWithinSLA"] + row["contactsOutOfSLA"])
        }
        names = {
            row["agentId"]: f"{row['firstName']} {row['lastName']}" for row in self.rows["agents"]
        }
        handled: Counter[str] = Counter()
        seconds: defaultdict[str, float] = defaultdict(float)
        for row in self.rows["agent_performance"]:
            if row["startDate"][:10] in week and row["totalHandled"]:
                handled[names[row["agentId"]]] += row["totalHandled"]
                seconds[names[row["agentId"]]] += row["totalHandled"] * row["totalAvgHandleTime"]
        yield {name: (count, round(seconds[name] / count, 6)) for name, count in handled.items()}
        contacts, abandoned = Counter[str](), Counter[str]()
        for row in self.rows["contacts"]:
            if row["contactStartDate"][:10] in week:
                hour = str(int(row["contactStartDate"][11:13]))
                contacts[hour] += 1
                abandoned[hour] += row["abandoned"]
        yield {hour: (count, abandoned[hour]) for hour, count in contacts.items()}


def true_rows(truth: Truth, now: datetime) -> dict[str, list[Row]]:
    """What the last whole days hold, stream by stream."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(back) for back in range(DAYS, 0, -1)]
    windows = [
        (f"{day:%Y-%m-%dT%H:%M:%SZ}", f"{day + timedelta(1):%Y-%m-%dT%H:%M:%SZ}") for day in days
    ]
    rows: dict[str, list[Row]] = {name: getattr(truth, name)() for name in list(KEYS)[:4]}
    for name in SUMS:
        rows[name] = [row for window in windows for row in getattr(truth, name)(*window)]
    rows[CUSTOM] = [{"cells": cells} for cells in truth.custom_report(CUSTOM_NUMBER).rows]
    rows[DOWNLOAD] = [
        {"cells": cells}
        for window in windows
        for cells in truth.data_download(DOWNLOAD_NUMBER, *window).rows
    ]
    return rows


def main() -> int:
    """Sync and show, or sync twice and prove."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--connector", required=True, help="the connector's command")
    parser.add_argument("--test", action="store_true", help="prove it instead of showing it")
    chosen = parser.parse_args()
    now = datetime.now(timezone.utc)
    with tempfile.TemporaryDirectory() as folder, Sandbox.start(ticking=False) as sandbox:
        config = sandbox.config(
            date={
                "date_type": "range_specific",
                "start_date": f"{now - timedelta(DAYS):%Y-%m-%d}",
                "end_date": f"{now - timedelta(1):%Y-%m-%d}",
            },
            custom_reports=["Weekly Queue Overview"],
            data_downloads=[str(DOWNLOAD_NUMBER)],
        )
        database = Path(folder) / "incontact.duckdb"
        sync(config, database, chosen.connector)
        if not chosen.test:
            return show(database, now)
        sandbox.clear_requests()
        sync(config, database, chosen.connector)
        proof = Proof(database, true_rows(sandbox.truth, now))
        proof.compare()
        proof.answers(now)
        days = {
            entry["query"]["startDate"][:10]
            for entry in sandbox.requests("contacts")
            if entry["query"]["endDate"].endswith("T00:00:00Z")  # check asks for a quarter hour
        }
        yesterday = {f"{now - timedelta(1):%Y-%m-%d}"}
        proof.note("days of contacts read again", yesterday, days)
    return 1 if proof.failed else 0


def show(database: Path, now: datetime) -> int:
    """Print the three answers."""
    for question in QUESTIONS:
        table = draw(*answer(database, question, "UTC", now), question.unit)
        sys.stdout.write(f"\n{question.text} (UTC)\n{table}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
