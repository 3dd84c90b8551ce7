"""The marts and the page of ``examples/report.py`` against the truth: ``make example-test``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import yaml

from examples import report as example
from examples import report_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from integration_tests.sandbox.truth import Truth
    from integration_tests.support.check_report import Report

Row = dict[str, Any]
Facts = dict[tuple[Any, ...], list[Any]]
Window = tuple[datetime, datetime]

EXACT = 1e-6
CHARTS = ("Service level", "Contacts by hour", "Handle time", "Time in state", "Dispositions")
"""How the titles of the sections begin, in their order."""
_FIGURE = re.compile(r"<figure>.*?</figure>", re.DOTALL)
_MARKS = re.compile(r'<g class="mark-\w+ role-mark[^"]*"[^>]*>\s*<path', re.DOTALL)
CHROMIUM = os.environ.get("CHROMIUM", "chromium")


def compare_marts(
    report: Report, database: Path, truth: Truth, windows: Mapping[date, Window], zone: ZoneInfo
) -> None:
    """Build the models on a database that was read, and compare each mart with the truth.

    Args:
        report: Takes what is found.
        database: As the example left it.
        truth: The sandbox's.
        windows: The window of each day that was read.
        zone: The time zone of the form.
    """
    add_row_of_an_old_team(database)
    example.build(database, zone.key)
    report.note("dbt build", good=True, text="models built, no test failed")
    wanted: dict[str, tuple[str, Facts]] = {
        "agent_day": (AGENT_DAY, agent_day(truth, windows, zone)),
        "skill_day": (SKILL_DAY, skill_day(truth, windows)),
        "contact": (CONTACT, contact(truth, windows, zone)),
        "agent_state_day": (AGENT_STATE_DAY, agent_state_day(truth, windows)),
        "disposition_day": (DISPOSITION_DAY, disposition_day(truth, windows, zone)),
    }
    with duckdb.connect(str(database), read_only=True) as connection:
        compare_descriptions(report, connection)
        for name, (query, expected) in wanted.items():
            rows = connection.execute(query).fetchall()
            width = len(next(iter(expected)))
            got = {row[:width]: list(row[width:]) for row in rows}
            odd = [key for key in expected.keys() | got.keys() if not same(got, expected, key)]
            good = len(rows) == len(expected) and not odd
            said = f"{len(rows)} rows as the truth has them"
            few = [(key, got.get(key), expected.get(key)) for key in odd[:2]]
            report.note(name, good, said if good else f"{len(odd)} rows are odd: {few}")


def compare_descriptions(report: Report, connection: duckdb.DuckDBPyConnection) -> None:
    """Each model and each of its columns is described, and nothing else."""
    described = {
        (model["name"], column["name"])
        for file in sorted(example.PROJECT.glob("models/*/*.yml"))
        for model in yaml.safe_load(file.read_text("utf-8"))["models"]
        for column in model["columns"]
        if model["description"] and column["description"]
    }
    built = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'analytics'"
    ).fetchall()
    odd = described.symmetric_difference(built)
    report.note("described", not odd, f"{len(built)} columns" if not odd else sorted(odd))


def add_row_of_an_old_team(database: Path) -> None:
    """An agent changed teams: a row of each window stays under the old one."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            INSERT INTO agent_performance SELECT * REPLACE (
                1 AS teamid, _airbyte_extracted_at - INTERVAL 1 HOUR AS _airbyte_extracted_at
            ) FROM agent_performance
            """
        )


AGENT_DAY = """
    SELECT agent_id, day, agent_name, handled, offered, refused, talk_seconds,
        after_call_seconds, login_seconds, average_handle_seconds, occupancy_percent,
        coalesce(hold_seconds, 0)
    FROM analytics.agent_day
"""
SKILL_DAY = """
    SELECT skill_id, day, skill_name, offered, answered, abandoned, within_sla, out_of_sla,
        service_level_percent, service_level_goal_percent, speed_of_answer_seconds
    FROM analytics.skill_day
"""
CONTACT = """
    SELECT contact_id, day, hour, agent_name, team_name, skill_name, campaign_name,
        nullif(primary_disposition_name, ''), queue_seconds, handle_seconds, is_abandoned
    FROM analytics.contact
"""
AGENT_STATE_DAY = """
    SELECT agent_id, day, state_name, unavailable_code_id, times, seconds
    FROM analytics.agent_state_day
"""
DISPOSITION_DAY = (
    "SELECT day, disposition_id, contacts, handle_seconds FROM analytics.disposition_day"
)


def agent_day(truth: Truth, windows: Mapping[date, Window], zone: ZoneInfo) -> Facts:
    """A row a day comes as the vendor sums it up; the time on hold from the contacts."""
    names = names_of(truth)
    held: defaultdict[tuple[Any, ...], float] = defaultdict(float)
    for row in contacts(truth, windows):
        held[row.get("agentId"), local(row["contactStartDate"], zone).date()] += (
            row.get("holdSeconds") or 0
        )
    return {
        (row["agentId"], day): [
            names.get(row["agentId"]),
            row["totalHandled"],
            row["agentOffered"],
            row["refused"],
            row["totalTalkTime"],
            row["acwTime"],
            row["loginTime"],
            row["totalAvgHandleTime"] if row["totalHandled"] else None,
            row["occupancy"] if row["loginTime"] else None,
            held[row["agentId"], day],
        ]
        for day, span in windows.items()
        for row in truth.agent_performance(*span)
    }


def skill_day(truth: Truth, windows: Mapping[date, Window]) -> Facts:
    """The service level is counted from its parts."""
    return {
        (row["skillId"], day): [
            row["skillName"],
            row["contactsOffered"],
            row["contactsHandled"],
            row["abandonCount"],
            row["contactsWithinSLA"],
            row["contactsOutOfSLA"],
            share(row["contactsWithinSLA"], row["contactsOutOfSLA"]),
            row["serviceLevelGoal"],
            row["averageSpeedToAnswer"] if row["contactsHandled"] else None,
        ]
        for day, span in windows.items()
        for row in truth.skill_summaries(*span)
    }


def contact(truth: Truth, windows: Mapping[date, Window], zone: ZoneInfo) -> Facts:
    """The names are those of the lists, not those that the contact holds."""
    agents = names_of(truth)
    teams = {row["teamId"]: row["teamName"] for row in truth.of("teams")}
    skills = {row["skillId"]: row["skillName"] for row in truth.of("skills")}
    campaigns = {row["campaignId"]: row["campaignName"] for row in truth.of("campaigns")}
    outcomes = {row["dispositionId"]: row["dispositionName"] for row in truth.of("dispositions")}
    return {
        (row["contactId"], began.date()): [
            began.hour,
            agents.get(row.get("agentId"), ""),
            teams.get(row.get("teamId")),
            skills.get(row.get("skillId")),
            campaigns.get(row.get("campaignId")),
            outcomes.get(row.get("primaryDispositionId")) or None,
            row.get("inQueueSeconds"),
            handled(row),
            row.get("abandoned"),
        ]
        for row in contacts(truth, windows)
        for began in [local(row["contactStartDate"], zone)]
    }


def agent_state_day(truth: Truth, windows: Mapping[date, Window]) -> Facts:
    """The sums of each state and reason."""
    found: Facts = {}
    for day, span in windows.items():
        for row in truth.of("agent_state_history", *span):
            key = (row["agentId"], day, row["agentStateName"], row["outStateId"] or None)
            sums = found.setdefault(key, [0, 0.0])
            sums[0] += 1
            sums[1] += row["duration"]
    return found


def disposition_day(truth: Truth, windows: Mapping[date, Window], zone: ZoneInfo) -> Facts:
    """Contacts by their first disposition."""
    found: Facts = {}
    for row in contacts(truth, windows):
        if row.get("primaryDispositionId"):
            day = local(row["contactStartDate"], zone).date()
            sums = found.setdefault((day, row.get("primaryDispositionId")), [0, 0.0])
            sums[0] += 1
            sums[1] += handled(row)
    return found


def contacts(truth: Truth, windows: Mapping[date, Window]) -> Iterable[Row]:
    """Every contact of the days."""
    return (row for span in windows.values() for row in truth.contacts(*span))


def handled(row: Row) -> Any:
    """With an agent and after it, in seconds; not known of a contact that goes on."""
    seconds = row.get("agentSeconds")
    return None if seconds is None else seconds + row["acwSeconds"]


def names_of(truth: Truth) -> dict[Any, str]:
    """Agents by number."""
    return {
        row["agentId"]: f"{row['firstName'] or ''} {row['lastName'] or ''}".strip()
        for row in truth.agents()
    }


def share(part: int, rest: int) -> float | None:
    """A part in percent."""
    return 100 * part / (part + rest) if part + rest else None


def local(text: str, zone: ZoneInfo) -> datetime:
    """An instant of the API on the clock of a zone."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(zone)


def same(got: Facts, expected: Facts, key: tuple[Any, ...]) -> bool:
    """Whether a row is there on both sides, numbers up to the rounding of floats."""
    one, other = got.get(key), expected.get(key)
    return (
        one is not None
        and other is not None
        and len(one) == len(other)
        and all(
            abs(cell - value) <= EXACT
            if isinstance(cell, float) and isinstance(value, float | int)
            else cell == value
            for cell, value in zip(one, other, strict=True)
        )
    )


def compare_page(report: Report, database: Path, zone: ZoneInfo, folder: Path) -> None:
    """Open the page in a browser without a network: each chart has marks, nothing goes wrong."""
    page = folder / "report.html"
    text = report_page.page(database, zone.key)
    page.write_text(text, encoding="utf-8")
    report.note("page", zone.key in text, f"{len(text.encode()) >> 10} KiB, names {zone.key}")
    done = subprocess.run(
        [
            *(shutil.which(CHROMIUM) or CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr"),
            *("--virtual-time-budget=20000", "--dump-dom", page.as_uri()),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    report.note("console", done.returncode == 0 and not said, said or "silent")
    sections = done.stdout.split("<section><h2>")[1:]
    report.note("sections", len(sections) == len(CHARTS), f"{len(sections)} of {len(CHARTS)}")
    for title, section in zip(CHARTS, sections, strict=False):
        marks = [len(_MARKS.findall(figure)) for figure in _FIGURE.findall(section)]
        good = section.startswith(title) and marks and all(marks)
        report.note("charts", good, f"{title}: {len(marks)} charts, marks in each")
