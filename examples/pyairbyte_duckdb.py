"""From NICE inContact into DuckDB, and three answers out of it.

    python examples/pyairbyte_duckdb.py --config config.json --database incontact.duckdb

Reads the agents, their performance, the skill summaries and the contacts, and whatever custom
reports and data downloads the config names. Run it every morning: the second run reads what is new
and what may still have changed. ``config.json`` is the connector's form; let it cover the last
eight days, such as ``{"date_type": "range_relative", "start_days_back": "8",
"end_days_back": "yesterday"}``.

Needs PyAirbyte (``pip install -r examples/requirements.txt``) in an environment of its own, and the
connector's command in another.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

# Before PyAirbyte is imported: it reports home and looks for a registry otherwise.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")

import airbyte
import duckdb
from airbyte.caches import DuckDBCache

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BAR = 30


@dataclass(frozen=True)
class Question:
    """Something an analyst asks.

    Attributes:
        text: The question.
        days: How many whole days before today it is about.
        sql: Asks DuckDB; ``$start``, ``$end`` and ``$zone`` are filled in. The last of its three
            columns is drawn.
        unit: Of the last column.
    """

    text: str
    days: int
    sql: str
    unit: str


QUESTIONS = (
    Question(
        "Service level by skill, yesterday",
        1,
        # From counts: an average of averages would weigh a quiet hour like a busy one.
        """
        SELECT skillname AS skill,
               sum(contactsoffered)::BIGINT AS offered,
               100.0 * sum(contactswithinsla) / sum(contactswithinsla + contactsoutofsla) AS level
        FROM skill_summaries
        WHERE startdate >= $start AND enddate <= $end AND $zone IS NOT NULL
        GROUP BY skillname
        HAVING sum(contactswithinsla + contactsoutofsla) > 0
        ORDER BY level, skill
        """,
        "%",
    ),
    Question(
        "Handle time by agent, last seven days",
        7,
        """
        SELECT agents.firstname || ' ' || agents.lastname AS agent,
               sum(totalhandled)::BIGINT AS handled,
               sum(totalhandled * totalavghandletime) / sum(totalhandled) AS seconds
        FROM agent_performance JOIN agents USING (agentid)
        WHERE startdate >= $start AND enddate <= $end AND $zone IS NOT NULL
        GROUP BY agentid, agent
        HAVING sum(totalhandled) > 0
        ORDER BY seconds DESC, agent
        """,
        "s",
    ),
    Question(
        "Contacts abandoned by hour of the day, last seven days",
        7,
        """
        SELECT hour(timezone($zone, contactstartdate)) AS hour,
               count(*) AS contacts,
               count(*) FILTER (WHERE abandoned) AS abandoned
        FROM contacts
        WHERE contactstartdate >= $start AND contactstartdate < $end
        GROUP BY hour
        ORDER BY hour
        """,
        "",
    ),
)


def sync(config: Mapping[str, Any], database: Path, connector: str) -> None:
    """Bring every stream up to date; fails if one of them could not be read completely."""
    source = airbyte.get_source(
        "source-incontact",
        config=dict(config),
        local_executable=connector,
        install_if_missing=False,
    )
    source.check()
    source.select_all_streams()
    cache = DuckDBCache(db_path=database)
    try:
        source.read(cache=cache)
    finally:
        cache.close()  # DuckDB lets one process in at a time


def answer(
    database: Path, question: Question, zone: str, now: datetime
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of the columns, and the rows."""
    midnight = datetime.combine(now.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))
    start = midnight - timedelta(days=question.days)
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(question.sql, {"start": start, "end": midnight, "zone": zone})
        names = [column[0] for column in found.description or ()]
        return names, found.fetchall()


def draw(names: Sequence[str], rows: Sequence[tuple[Any, ...]], unit: str) -> str:
    """A table whose last column is a bar as well."""
    largest = max((row[-1] for row in rows), default=0) or 1
    lines = ["  {:<28}{:>9}  {}".format(*names)]
    for label, count, value in rows:
        shown = f"{value:.1f}" if isinstance(value, float) else str(value)
        bar = "█" * round(_BAR * value / largest)
        lines.append(f"  {label!s:<28}{count:>9}  {shown:>7}{unit} {bar}")
    return "\n".join(lines)


def main() -> int:
    """Sync, then answer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--config", type=Path, required=True, help="the connector's form, as JSON")
    parser.add_argument("--database", type=Path, default=Path("incontact.duckdb"))
    parser.add_argument("--connector", default="source-incontact", help="the connector's command")
    chosen = parser.parse_args()
    config = json.loads(chosen.config.read_text(encoding="utf-8"))
    sync(config, chosen.database, chosen.connector)
    zone = config["details"].get("time_zone") or "UTC"
    now = datetime.now(ZoneInfo(zone))
    for question in QUESTIONS:
        table = draw(*answer(chosen.database, question, zone, now), question.unit)
        sys.stdout.write(f"\n{question.text} ({zone})\n{table}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
