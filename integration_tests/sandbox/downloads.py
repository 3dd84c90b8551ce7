"""What data downloads contain: rows of contacts that ended, or of agents per quarter hour.

Every row belongs to one quarter hour, so the rows of adjoining windows add up.
"""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import chain
from typing import TYPE_CHECKING

from integration_tests.sandbox import activity, contacts, wire
from integration_tests.sandbox.clock import HOUR_MS, QUARTER_MS, parse_instant
from integration_tests.sandbox.reports import CALL_DETAIL, CJR, STATE_LOG, SUMMARY_MINUTES
from integration_tests.sandbox.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from integration_tests.sandbox.activity import Span, Work
    from integration_tests.sandbox.fields import Row
    from integration_tests.sandbox.world import World

_SUNDAY = 6
_MINUTE_MS = 60_000

_CJR_COLUMNS = {
    "Contact_ID": "contactId",
    "Master_Contact_ID": "masterContactId",
    "Media_Name": "mediaTypeName",
    "Contact_Name": "fromAddress",
    "Skill_No": "skillId",
    "Skill_Name": "skillName",
    "Campaign_Name": "campaignName",
    "Agent_No": "agentId",
    "Agent_Name": "",
    "Team_Name": "teamName",
    "Start_Date": "",
    "Start_Time": "",
    "Abandoned": "abandoned",
    "Total_Time": "totalDurationSeconds",
    "End_Reason": "endReason",
    "Disposition_Notes": "dispositionNotes",
}
_CALL_COLUMNS = {
    "Contact_ID": "contactId",
    "Start_Date": "",
    "From": "fromAddress",
    "To": "toAddress",
    "Skill_Name": "skillName",
    "Agent_Name": "",
    "PreQueue": "preQueueSeconds",
    "InQueue": "inQueueSeconds",
    "Agent_Time": "agentSeconds",
    "PostQueue": "postQueueSeconds",
    "ACW_Time": "acwSeconds",
    "Notes": "dispositionNotes",
}
_LOG_COLUMNS = (
    *("Agent_Session_ID", "Agent_No", "Agent_Name", "Team_No", "Bus_No", "StateIndex"),
    *("Start_Date", "Working", "Available", "Outstate_Code", "Outstate", "Log_State", "Duration"),
)
_MINUTE_COLUMNS = (
    *("Agent_No", "Agent_Name", "Team_No", "Team_Name", "Date", "Time", "Login_Min"),
    *("Available_Min", "Unavailable_Min", "ACW_Min", "Inbound", "Outbound"),
)

HEADERS: dict[int, tuple[str, ...]] = {
    CJR: tuple(_CJR_COLUMNS),
    STATE_LOG: _LOG_COLUMNS,
    CALL_DETAIL: tuple(_CALL_COLUMNS),
    SUMMARY_MINUTES: _MINUTE_COLUMNS,
}
"""Header of each data download (S for the agent state log, A for the others)."""


def table(
    world: World, report_id: int, window: Span, now: int | None, hidden: Sequence[Span]
) -> Table:
    """A data download.

    Args:
        world: Whose data.
        report_id: Which report.
        window: Start and end, epoch milliseconds.
        now: What is later has not happened, and contacts of the hour before still run, so they
            are missing; ``None`` for no such limit.
        hidden: Quarter hours taken from view.
    """
    start, end = window
    if report_id in _CONTACT_ROWS:
        last = None if now is None else now - HOUR_MS
        ended = contacts.rows(world, contacts.begun(world, start, end, last, hidden), None)
        return Table(HEADERS[report_id], tuple(map(_CONTACT_ROWS[report_id], ended)))
    make = _AGENT_ROWS[report_id]
    spans = activity.visible(start, end, now, hidden)
    quarters = chain.from_iterable(range(*span) for span in spans)
    rows = (
        row
        for quarter in quarters
        for agent in range(world.agents)
        for row in make(world, agent, quarter)
    )
    return Table(HEADERS[report_id], tuple(rows))


def _cells(row: Row, columns: dict[str, str], made: dict[str, str]) -> tuple[str, ...]:
    """A contact's cells, those without a field of its own made up from several."""
    return tuple(
        made[column] if column in made else str(wire.text(row[name]))
        for column, name in columns.items()
    )


def _moment(instant: int, form: str) -> str:
    return datetime.fromtimestamp(instant / 1000, tz=timezone.utc).strftime(form)


def _contact_name(row: Row) -> str:
    return f"{row['lastName']}, {row['firstName']}" if row["lastName"] else ""


def _cjr(row: Row) -> tuple[str, ...]:
    start = parse_instant(row["contactStartDate"])
    made = {
        "Agent_Name": _contact_name(row),
        "Start_Date": _moment(start, "%m/%d/%Y"),
        "Start_Time": _moment(start, "%m/%d/%Y %I:%M:%S %p"),
    }
    return _cells(row, _CJR_COLUMNS, made)


def _call(row: Row) -> tuple[str, ...]:
    start = _moment(parse_instant(row["contactStartDate"]), "%m/%d/%Y %H:%M:%S")
    return _cells(row, _CALL_COLUMNS, {"Agent_Name": _contact_name(row), "Start_Date": start})


def _work(world: World, agent: int, quarter: int) -> Work:
    return activity.work(world, (agent,), ((quarter, quarter + 1),))


def _name(world: World, agent: int) -> str:
    return f"{world.last_name(agent)}, {world.first_name(agent)}"


def _state_log(world: World, agent: int, quarter: int) -> Iterator[tuple[str, ...]]:
    """One row per state that an agent was in, in the order of the states."""
    work = _work(world, agent, quarter)
    start = quarter * QUARTER_MS
    states = (
        ("Available", work.available),
        ("Working", work.inbound_time + work.outbound_time + work.consult + work.acw),
        ("Pause café", work.unavailable),
    )
    for index, (state, spent) in enumerate(states):
        if spent:
            yield (
                f"{quarter:08d}{agent:04d}",
                str(world.agent_id(agent)),
                _name(world, agent),
                str(world.team_id(world.team_of(agent))),
                str(world.business_unit),
                str(index),
                _moment(start, "%m/%d/%Y %I:%M:%S %p"),
                str(state == "Working"),
                str(state == "Available"),
                "1" if index == len(states) - 1 else "",
                state if index == len(states) - 1 else "",
                state,
                wire.number_text(spent / 1000),
            )
            start += spent


def _minutes(world: World, agent: int, quarter: int) -> Iterator[tuple[str, ...]]:
    """One row per agent that was there; nobody counts on Sundays."""
    work = _work(world, agent, quarter)
    if not work.login or activity.weekday(quarter) == _SUNDAY:
        return
    times = (work.login, work.available, work.unavailable, work.acw)
    team = world.team_of(agent)
    yield (
        str(world.agent_id(agent)),
        _name(world, agent),
        str(world.team_id(team)),
        world.team_name(team),
        _moment(quarter * QUARTER_MS, "%m/%d/%Y"),
        _moment(quarter * QUARTER_MS, "%H:%M"),
        *(f"{time / _MINUTE_MS:.2f}" for time in times),
        str(work.inbound),
        str(work.outbound),
    )


_CONTACT_ROWS: dict[int, Callable[[Row], tuple[str, ...]]] = {CJR: _cjr, CALL_DETAIL: _call}
_AGENT_ROWS: dict[int, Callable[[World, int, int], Iterator[tuple[str, ...]]]] = {
    STATE_LOG: _state_log,
    SUMMARY_MINUTES: _minutes,
}
