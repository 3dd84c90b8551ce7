"""Three answers for a contact centre, from its reports in DuckDB.

    python pyairbyte_duckdb.py --config config.json --database incontact.duckdb

reads every stream of the config with source-incontact, through PyAirbyte, into a DuckDB file; then
asks that file for the service level by skill yesterday, the handle time by agent over the last
seven whole days, and the contacts abandoned by hour over the same days. Days and hours are those
of the config's time zone. Run it again tomorrow: only what is new or may have changed is read.

The config is the connector's form as JSON. To cover a week, let its date be
``{"date_type": "offset", "date_offset": 7}``.

PyAirbyte needs Python 3.10 to 3.12 (``pip install airbyte``). It runs the connector as a command,
which may live in another environment: ``--connector .venv/bin/source-incontact``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

# PyAirbyte looks at these as it is imported: no usage statistics, no look into Airbyte's registry.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")

import airbyte as ab
import duckdb
from airbyte.caches import DuckDBCache

Row = tuple[Any, ...]


class Question(NamedTuple):
    """A question, and how its answer is shown.

    Attributes:
        title: What is asked; the days follow.
        days: How many days back it looks, yesterday being the last.
        headers: Names of the columns.
        charted: Place of the column that is drawn as bars.
        sql: The query; ``$first`` and ``$until`` are when the days begin and end, in UTC, and
            ``$zone`` is the time zone.
    """

    title: str
    days: int
    headers: tuple[str, ...]
    charted: int
    sql: str


SERVICE_LEVEL = Question(
    title="Service level by skill",
    days=1,
    headers=("skill", "offered", "in time", "late", "goal %", "level %"),
    charted=5,
    # The vendor's own serviceLevel says 100 of a skill that nobody called. Here it has no level.
    sql="""
        SELECT
            arg_max(skillname, startdate) AS skill,
            sum(contactsoffered)::BIGINT AS offered,
            sum(contactswithinsla)::BIGINT AS in_time,
            sum(contactsoutofsla)::BIGINT AS late,
            arg_max(servicelevelgoal, startdate) AS goal,
            100 * in_time / nullif(in_time + late, 0) AS level
        FROM skill_summaries
        WHERE startdate >= $first AND startdate < $until AND NOT coalesce(isoutbound, false)
        GROUP BY skillid
        ORDER BY level NULLS LAST, skill
    """,
)
HANDLE_TIME = Question(
    title="Handle time by agent",
    days=7,
    headers=("agent", "team", "handled", "average s"),
    charted=3,
    # A mean of daily means is no mean: each day weighs as much as it has contacts. A day whose
    # average is not known weighs nothing, above the line and below it.
    sql="""
        SELECT
            any_value(concat_ws(' ', a.firstname, a.lastname)) AS agent,
            coalesce(any_value(t.teamname), '') AS team,
            sum(p.totalhandled)::BIGINT AS handled,
            (
                sum(p.totalavghandletime * p.totalhandled)
                / sum(p.totalhandled) FILTER (p.totalavghandletime IS NOT NULL)
            )::DOUBLE AS average
        FROM agent_performance p
        LEFT JOIN agents a USING (agentid)
        LEFT JOIN teams t ON t.teamid = a.teamid
        WHERE p.startdate >= $first AND p.startdate < $until
        GROUP BY p.agentid
        HAVING handled > 0
        ORDER BY average DESC NULLS LAST, agent
    """,
)
ABANDONED = Question(
    title="Contacts abandoned by hour",
    days=7,
    headers=("hour", "contacts", "abandoned", "of these short", "abandoned %"),
    charted=2,
    # On the night when the clock goes back, two hours have the same name and are counted together.
    sql="""
        WITH inbound AS (
            SELECT
                hour(contactstartdate AT TIME ZONE 'UTC' AT TIME ZONE $zone) AS hour,
                abandoned,
                isshortabandon
            FROM contacts
            WHERE contactstartdate >= $first AND contactstartdate < $until
                AND NOT coalesce(isoutbound, false)
        )
        SELECT
            hours.hour,
            count(inbound.hour) AS contacts,
            count(*) FILTER (abandoned) AS abandoned,
            count(*) FILTER (abandoned AND isshortabandon) AS short,
            100 * count(*) FILTER (abandoned) / nullif(count(inbound.hour), 0) AS share
        FROM range(24) AS hours (hour) LEFT JOIN inbound USING (hour)
        GROUP BY hours.hour
        ORDER BY hours.hour
    """,
)
QUESTIONS = (SERVICE_LEVEL, HANDLE_TIME, ABANDONED)


def sync(config: dict[str, Any], database: Path, connector: str) -> None:
    """Read every stream of the config into the database; the state is kept there too.

    Raises whatever PyAirbyte raises if the connector cannot be run or its sync is not complete.
    """
    source = ab.get_source("source-incontact", config=config, local_executable=connector)
    modes = {
        stream.name: [mode.value for mode in stream.supported_sync_modes]
        for stream in source.discovered_catalog.streams
    }
    with tempfile.TemporaryDirectory() as spool:
        cache = DuckDBCache(db_path=database, cache_dir=Path(spool))
        # Lists and custom reports come whole every time. PyAirbyte would merge them by their keys,
        # and an entry that inContact has no longer would stay forever.
        whole = [name for name in modes if "incremental" not in modes[name]]
        source.read(cache, streams=whole, write_strategy="replace", force_full_refresh=True)
        dated = [name for name in modes if "incremental" in modes[name]]
        source.read(cache, streams=dated, write_strategy="merge")
        # DuckDB lets a file be opened twice only after it was closed once.
        cache.close()


def ask(database: Path, question: Question, today: date, zone: ZoneInfo) -> list[Row]:
    """The rows that answer a question, seen from a day in a time zone."""
    values = {
        "first": _midnight(today - timedelta(question.days), zone),
        "until": _midnight(today, zone),
        "zone": zone.key,
    }
    used = {name: value for name, value in values.items() if f"${name}" in question.sql}
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(question.sql, used).fetchall()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins, as PyAirbyte keeps instants in DuckDB: in UTC, without saying so."""
    begins = datetime.combine(day, time.min, zone)
    return begins.astimezone(timezone.utc).replace(tzinfo=None)


def show(question: Question, rows: list[Row], today: date) -> None:
    """Print an answer as a table with a bar at the end of each row."""
    first, last = today - timedelta(question.days), today - timedelta(1)
    print(f"\n{question.title}, {last if first == last else f'{first} to {last}'}\n")
    if not rows:
        print("No rows. Does the date of the config cover these days?")
        return
    lines = [question.headers, *(tuple(map(_text, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    aligned = ["<" if isinstance(value, str) else ">" for value in rows[0]]
    values = [row[question.charted] or 0 for row in rows]
    bars = ["", *("█" * round(30 * value / (max(values) or 1)) for value in values)]
    for line, bar in zip(lines, bars, strict=True):
        cells = zip(line, aligned, widths, strict=True)
        drawn = [f"{cell:{side}{width}}" for cell, side, width in cells]
        print("  ".join([*drawn, bar]).rstrip())


def _text(value: object) -> str:
    """A cell; what is not known is a dash."""
    if value is None:
        return "-"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def main() -> None:
    """Sync, ask, show."""
    parser = argparse.ArgumentParser(description="inContact's reports in DuckDB, and three answers")
    parser.add_argument("--config", type=Path, required=True, help="the connector's form as JSON")
    parser.add_argument("--database", type=Path, default=Path("incontact.duckdb"))
    parser.add_argument(
        "--connector", default="source-incontact", help="its command, or the path of it"
    )
    parser.add_argument("--today", type=date.fromisoformat, help="answer as if it were this day")
    given = parser.parse_args()

    config = json.loads(given.config.read_text("utf-8"))
    details = config["details"]
    if details.get("report_interval") == "range":
        sys.exit("With report_interval range no row tells of yesterday alone: choose day or hour.")
    zone = ZoneInfo(details.get("time_zone") or "UTC")
    today = given.today or datetime.now(zone).date()

    sync(config, given.database, given.connector)
    for question in QUESTIONS:
        show(question, ask(given.database, question, today, zone), today)


if __name__ == "__main__":
    main()
