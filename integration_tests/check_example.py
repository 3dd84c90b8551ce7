"""The example against the truth: ``make example-test``.

Runs the example twice, a day apart, against a sandbox whose clock stands: the first sync sees a day
with facts missing and another one cut off by now; the second must repair both. Then every table is
compared with the sandbox's truth, and the three answers with values that are computed from it here.

``python -m integration_tests.check_example PYTHON`` runs in the example's own environment;
``PYTHON`` is that of the connector's.
"""

from __future__ import annotations

import math
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

# Neither UTC nor the zone of the config: an answer must not depend on where it is asked.
os.environ["TZ"] = "America/New_York"

import duckdb

from examples import pyairbyte_duckdb as example
from integration_tests.check_marts import compare_marts, compare_page
from integration_tests.run_example import MENU, ROOT, ZONE, command, write_config
from integration_tests.sandbox.client import Sandbox
from integration_tests.streams import BY_NAME
from integration_tests.support.check_report import Report
from integration_tests.support.constants import windows_asked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.sandbox.tables import Table
    from integration_tests.sandbox.truth import Truth

Row = dict[str, Any]

BERLIN = ZoneInfo(ZONE)
SYNCS = tuple(datetime(2026, 10, day, 9, 44, 30, tzinfo=timezone.utc) for day in (27, 28))
TODAY = date(2026, 10, 28)
"""In the week before it the clock goes back: the 25th has 25 hours."""
FIRST_DAY = date(2026, 10, 20)
LAST_QUARTER = datetime(2026, 10, 28, 9, 30, tzinfo=timezone.utc)
LATE = ("2026-10-26T12:00:00Z", "2026-10-26T15:00:00Z")
"""What the first sync cannot see yet."""
SUMS = {bool: "count(*) FILTER ({})", float: "sum({})", str: "sum(length({}))"}
INSTANT = re.compile(r"[\d-]{10}T[\d:.]+Z")
EXACT = 1e-6
ROUNDING_SECONDS = 0.001
"""The vendor cuts an average to milliseconds, the week's as well as each day's."""


def main() -> int:
    """Sync twice and compare; 0 if all is well."""
    report = Report(width=37)
    with tempfile.TemporaryDirectory() as name, Sandbox.start(now=SYNCS[0], ticking=False) as box:
        folder = Path(name)
        database = folder / "incontact.duckdb"
        write_config(folder / "config.json", box)

        box.hide(*LATE)
        sync(report, folder, SYNCS[0])
        spoil(report, database, box.truth)

        box.unhide()
        box.set_clock(SYNCS[1])
        box.clear_requests()
        printed = sync(report, folder, SYNCS[1])
        compare_lookback(report, box)
        with duckdb.connect(str(database), read_only=True) as connection:
            compare_tables(report, connection, box.truth)
        compare_answers(report, database, box.truth, printed)
        compare_unknown_average(report, folder / "unknown.duckdb")
        days = [FIRST_DAY + timedelta(count) for count in range(9)]
        compare_marts(report, database, box.truth, {day: window(day) for day in days}, BERLIN)
        compare_page(report, database, BERLIN, folder)
    if report.failed:
        sys.stdout.write(f"\nThe example is not as it should be: {', '.join(report.failed)}.\n")
    return 1 if report.failed else 0


def sync(report: Report, folder: Path, now: datetime) -> str:
    """Run the example as a user does, the connector's clock set; what it printed."""
    connector = folder / "source-incontact"
    python = shlex.quote(str(Path(sys.argv[1]).absolute()))
    connector.write_text(
        f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {python} "
        f'-m integration_tests.support.frozen_clock {now.isoformat()} "$@"\n'
    )
    connector.chmod(0o755)
    done = subprocess.run(
        [*command(folder, str(connector)), "--today", str(TODAY)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        check=False,
    )
    good = done.returncode == 0
    report.note("sync", good, f"at {now:%d %B %H:%M} UTC" if good else done.stdout[-5000:])
    return done.stdout


def spoil(report: Report, database: Path, truth: Truth) -> None:
    """See that the first sync lacks what was late; add an agent whom nobody has heard of."""
    with duckdb.connect(str(database)) as connection:
        query = "SELECT count(*) FROM contacts WHERE contactstartdate >= ? AND contactstartdate < ?"
        span = [text.rstrip("Z") for text in LATE]
        seen = connection.execute(query, span).fetchall()[0][0]
        unseen = len(truth.contacts(*LATE, hidden=()))
        report.note("late facts", seen == 0 < unseen, f"{unseen} contacts not in the first sync")
        connection.execute("INSERT INTO agents (agentid) VALUES (1)")


def compare_lookback(report: Report, sandbox: Sandbox) -> None:
    """The second sync reads the day that it has not seen, and again those that may have changed."""
    asked = [
        datetime.fromisoformat(start.replace("Z", "+00:00")).astimezone(BERLIN).date()
        for start, _ in windows_asked(sandbox, "contacts")
    ]
    wanted = [TODAY - timedelta(days) for days in (2, 1, 0)]
    report.note("second sync", asked == wanted, ", ".join(map(str, asked)))


def compare_tables(report: Report, connection: duckdb.DuckDBPyConnection, truth: Truth) -> None:
    """Rows, keys and sums of every stream."""
    windows = [window(FIRST_DAY + timedelta(days)) for days in range(9)]
    utc = [window(FIRST_DAY + timedelta(days), timezone.utc) for days in range(9)]
    for name in MENU:
        stream = BY_NAME[name]
        spans = (utc if stream.utc_days else windows) if stream.cursor else [()]
        rows = [row for span in spans for row in truth.of(name, *span)]
        compare_table(report, connection, name, stream.key, rows)
    rows = file_rows(truth.custom_report(700_101))
    name = "custom_report_weekly_queue_overview"
    compare_table(report, connection, name, ("_row_number",), rows)
    rows = [row for each in windows for row in file_rows(truth.data_download(540, *each))]
    name, keys = "data_download_540", ("_report_start", "_row_number")
    compare_table(report, connection, name, keys, rows)


def compare_table(
    report: Report,
    connection: duckdb.DuckDBPyConnection,
    stream: str,
    keys: tuple[str, ...],
    rows: list[Row],
) -> None:
    """As many rows as there should be, each key once, and the right sum in every column.

    Of a column of truth values the true ones are counted, of one of texts the characters; instants
    and lists are left out.
    """
    kinds = {name: kind for name in rows[-1] if (kind := kind_of(row.get(name) for row in rows))}
    sums = ", ".join(SUMS[kind].format(column(name)) for name, kind in kinds.items())
    key = ", ".join(map(column, keys))
    query = f'SELECT count(*), count(DISTINCT ({key})), {sums} FROM "{stream}"'  # noqa: S608 - ours
    ((count, distinct, *found),) = connection.execute(query).fetchall()
    wrong = []
    for (name, kind), got in zip(kinds.items(), found, strict=True):
        values = [row[name] for row in rows if row.get(name) is not None]
        total = sum(map(len, values)) if kind is str else math.fsum(values)
        if abs(float(got or 0) - total) > EXACT:
            wrong.append(f"{name}: {got} instead of {total}")
    good = count == distinct == len(rows) > 0 and kinds and not wrong
    said = f"{count} rows, {distinct} keys, {len(kinds) - len(wrong)} sums as they should be"
    report.note(stream, good, said if good else f"{said}, but {len(rows)} rows expected; {wrong}")


def kind_of(cells: Iterable[Any]) -> type | None:
    """What a column is summed up as; ``None`` if it is not."""
    cell = next((cell for cell in cells if cell is not None), None)
    if isinstance(cell, str):
        return None if INSTANT.fullmatch(cell) else str
    return bool if isinstance(cell, bool) else float if isinstance(cell, int | float) else None


def file_rows(table: Table) -> list[Row]:
    """The rows of a report's file; columns whose name comes twice are left out."""
    often = Counter(table.header)
    return [
        {name: cell for name, cell in zip(table.header, row, strict=False) if often[name] == 1}
        for row in table.rows
    ]


def column(name: str) -> str:
    """A field's name as PyAirbyte writes it."""
    return re.sub(r"\W", "_", name).lower()


def window(day: date, zone: tzinfo = BERLIN) -> tuple[datetime, datetime]:
    """A day in the config's time zone, up to the last quarter hour before now."""
    start, end = (
        datetime.combine(each, time.min, zone).astimezone(timezone.utc)
        for each in (day, day + timedelta(1))
    )
    return start, min(end, LAST_QUARTER)


def compare_answers(report: Report, database: Path, truth: Truth, printed: str) -> None:
    """The three answers, as the module gives them and as it prints them."""
    for question, expected in (
        (example.SERVICE_LEVEL, service_level(truth)),
        (example.HANDLE_TIME, handle_time(truth)),
        (example.ABANDONED, abandoned(truth)),
    ):
        got = example.ask(database, question, TODAY, BERLIN)
        good = len(got) == len(expected) > 0 and all(map(same, got, expected))
        said = f"{len(got)} rows as the truth has them"
        report.note("answer", good, f"{question.title}: {said if good else (got, expected)}")
        lines = [line.split("█")[0].split() for line in printed.splitlines()]
        shown = question.title in printed and all(printed_words(row) in lines for row in got)
        report.note("printed", shown, question.title)


def compare_unknown_average(report: Report, database: Path) -> None:
    """A day whose average is not known counts among what was handled, and not in the average."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            CREATE TABLE agents AS
                SELECT 1 AS agentid, 2 AS teamid, 'Ada' AS firstname, 'Lovelace' AS lastname;
            CREATE TABLE teams AS SELECT 2 AS teamid, 'Blue' AS teamname;
            CREATE TABLE agent_performance AS FROM (VALUES
                (1, TIMESTAMP '2026-10-25 12:00:00', 10, 30.0),
                (1, TIMESTAMP '2026-10-26 12:00:00', 20, 60.0),
                (1, TIMESTAMP '2026-10-27 12:00:00', 5, NULL)
            ) AS rows (agentid, startdate, totalhandled, totalavghandletime)
            """
        )
    got = example.ask(database, example.HANDLE_TIME, TODAY, BERLIN)
    good = got == [("Ada Lovelace", "Blue", 35, 50.0)]
    report.note("answer", good, "a day without its average" if good else str(got))


def printed_words(row: tuple[Any, ...]) -> list[str]:
    """The words of a row as it is printed: one decimal place, and a dash for nothing."""
    cells = (f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row)
    return " ".join(cell.replace("None", "-") for cell in cells).split()


def same(got: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    """Whether two rows agree, averages up to their rounding."""
    return len(got) == len(expected) and all(
        abs(cell - other) <= ROUNDING_SECONDS
        if isinstance(cell, float) and isinstance(other, float)
        else cell == other
        for cell, other in zip(got, expected, strict=True)
    )


def service_level(truth: Truth) -> list[tuple[Any, ...]]:
    """Yesterday's rows of the inbound skills, the worst first."""
    rows = []
    for row in truth.skill_summaries(*window(TODAY - timedelta(1))):
        within, outside = row["contactsWithinSLA"], row["contactsOutOfSLA"]
        if not row["isOutbound"]:
            level = 100 * within / (within + outside)
            offered, goal = row["contactsOffered"], row["serviceLevelGoal"]
            rows.append((row["skillName"], offered, within, outside, goal, level))
    return sorted(rows, key=lambda row: (row[-1], row[0]))


def handle_time(truth: Truth) -> list[tuple[Any, ...]]:
    """The agents' averages of the week asked for as one window, not put together from days."""
    agents = {row["agentId"]: row for row in truth.agents()}
    teams = {row["teamId"]: row["teamName"] for row in truth.teams()}
    rows = [
        (
            f"{agents[row['agentId']]['firstName']} {agents[row['agentId']]['lastName']}",
            teams[row["teamId"]],
            row["totalHandled"],
            row["totalAvgHandleTime"],
        )
        for row in truth.agent_performance(*week())
        if row["totalHandled"]
    ]
    return sorted(rows, key=lambda row: (-row[-1], row[0]))


def abandoned(truth: Truth) -> list[tuple[Any, ...]]:
    """The week's inbound contacts by the hour of the config's time zone in which they began."""
    seen: Counter[tuple[int, str]] = Counter()
    for row in truth.contacts(*week()):
        if not row["isOutbound"]:
            begun = datetime.fromisoformat(row["contactStartDate"].replace("Z", "+00:00"))
            hour = begun.astimezone(BERLIN).hour
            seen[hour, "contacts"] += 1
            seen[hour, "abandoned"] += row["abandoned"]
            seen[hour, "short"] += row["abandoned"] and row["isShortAbandon"]
    return [
        (hour, many, lost, seen[hour, "short"], 100 * lost / many if many else None)
        for hour in range(24)
        for many, lost in [(seen[hour, "contacts"], seen[hour, "abandoned"])]
    ]


def week() -> tuple[datetime, datetime]:
    """The seven whole days before today."""
    return window(TODAY - timedelta(7))[0], window(TODAY)[0]


if __name__ == "__main__":
    sys.exit(main())
