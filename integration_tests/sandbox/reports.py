"""The reports there are, how each writes its file, and what the custom ones contain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.sandbox.configs import CUSTOM_REPORT_NAMES, DATA_DOWNLOADS
from integration_tests.sandbox.draw import draw
from integration_tests.sandbox.tables import BIG_HEADER, Style, Table, big_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration_tests.sandbox.fields import Row
    from integration_tests.sandbox.world import World

PLAIN, HEADER_ONLY, NASTY, EMPTY, UTF_16, BIG = CUSTOM_REPORT_NAMES
CJR, STATE_LOG, CALL_DETAIL, SUMMARY_MINUTES = DATA_DOWNLOADS

STYLES: dict[int, Style] = {
    PLAIN: Style(),
    HEADER_ONLY: Style(),
    NASTY: Style(awkward=True),
    EMPTY: Style(),
    UTF_16: Style(encoding="utf-16-be", bom=True),
    BIG: Style(),
    CJR: Style(
        wrapped=frozenset(
            {
                *("Contact_Name", "Skill_Name", "Campaign_Name", "Agent_Name", "Team_Name"),
                *("Disposition_Notes", "End_Reason"),
            }
        ),
        blank_rows=3,
    ),
    STATE_LOG: Style(bom=True, newline="\n", awkward=True),
    CALL_DETAIL: Style(encoding="utf-16-le", bom=True, delimiter="\t"),
    SUMMARY_MINUTES: Style(),
}
"""How each report writes its file. None of this is known of the vendor for sure (A), but for the
comma, CRLF, the second pair of quotes and the blank rows at the end (L)."""

_BIG_ROWS = 40


def listed(business_unit: int, *, downloads: bool) -> list[Row]:
    """The list of reports (S for the fields, A for their values and for data downloads in it)."""
    rows = [_listed(business_unit, *report, "Custom") for report in CUSTOM_REPORT_NAMES.items()]
    if downloads:
        rows += [
            _listed(business_unit, *report, "DataDownload") for report in DATA_DOWNLOADS.items()
        ]
    return rows


def _listed(business_unit: int, report_id: int, name: str, kind: str) -> Row:
    return {
        "businessUnitId": business_unit,
        "reportId": report_id,
        "reportName": name,
        "reportType": kind,
        "reportSubType": "",
        "reportDescription": "" if report_id % 2 else f"Für alle: {name}",
        "url": "",
    }


def custom(world: World, report_id: int) -> Table:
    """A custom report: its template has the dates, so it follows from the seed alone."""
    return _CUSTOM[report_id](world)


def _queues(world: World) -> Table:
    """One row per skill, of counts."""
    header = ("Skill No", "Skill Name", "Campaign", "Offered", "Abandon Rate", "Avg Wait")
    rows = []
    for index in range(world.skills):
        skill, words = world.skill(index), draw(world.seed, "custom", index)
        rate, wait = (
            f"{words[1] % 10_000 / 100:.2f}%",
            f"00:{words[2] % 60:02d}:{words[3] % 60:02d}",
        )
        campaign = world.campaign_name(skill.campaign)
        rows.append((str(skill.skill_id), skill.name, campaign, str(words[0] % 900), rate, wait))
    return Table(header, tuple(rows))


def _no_rows(world: World) -> Table:
    return Table(_queues(world).header, ())


_NASTY_HEADER = (
    *("Agent Name", "Talk Time", "Talk Time", "", "_row_number", "_report_id", 'Größe; "netto", m'),
    *("Note\nzweite Zeile", " spaced "),
)
_NASTY_CELLS = (
    *("", "   ", "007", "0.50", "=1+1", "+49 30 1234", "@SUM(A1)", "-2", "a,b", "a;b", "a\tb"),
    *('5" pipe', 'she said "no", twice', '"', "line 1\nline 2", "line 1\r\nline 2\r\n", "n/a"),
    *(
        "null",
        "Zoë Núñez",
        "山田 花子",
        "👩‍💻 done ✅",
        "\u2028 and \x85 and \x0b",
        "'quoted'",
        "  padded ",
    ),
    *("\\", "\\n", "1E5", "true", "2026-02-30", "\u00a0", "İstanbul", "e\u0301"),
)


def _nasty(world: World) -> Table:
    """Every cell that ever broke a reader, each in several columns."""
    width, count = len(_NASTY_HEADER), len(_NASTY_CELLS)
    shift = draw(world.seed, "nasty")[0]
    rows = tuple(
        (
            str(number).zfill(4),
            *(_NASTY_CELLS[(shift + number * 5 + place) % count] for place in range(1, width)),
        )
        for number in range(count)
    )
    return Table(_NASTY_HEADER, rows)


def _nothing(world: World) -> Table:
    del world
    return Table((), ())


def _supervisors(world: World) -> Table:
    """One row per agent."""
    header = ("Agent", "Team", "Note")
    notes = ("", "👍", "Käufer, „eilig“", "Línea 1\nLínea 2")
    rows = tuple(
        (
            f"{world.first_name(agent)} {world.last_name(agent)}",
            world.team_name(world.team_of(agent)),
            notes[draw(world.seed, "note", agent)[0] % len(notes)],
        )
        for agent in range(world.agents)
    )
    return Table(header, rows)


def _big(world: World) -> Table:
    """Few rows of the shape that the fault ``big_rows`` gives to any file."""
    del world
    return Table(BIG_HEADER, tuple(big_rows(_BIG_ROWS)))


_CUSTOM: dict[int, Callable[[World], Table]] = {
    PLAIN: _queues,
    HEADER_ONLY: _no_rows,
    NASTY: _nasty,
    EMPTY: _nothing,
    UTF_16: _supervisors,
    BIG: _big,
}
