"""What happened by the moment: states of agents and contacts, values of scripts, WFM intervals.

Every fact belongs to one instant, so the rows of adjoining windows add up.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from integration_tests.sandbox import contacts
from integration_tests.sandbox.activity import busyness, visible
from integration_tests.sandbox.clock import DAY_MS, HOUR_MS, QUARTER_MS, format_ms, format_second
from integration_tests.sandbox.directory import filled
from integration_tests.sandbox.draw import draw
from integration_tests.sandbox.fields import FIELDS
from integration_tests.sandbox.lists import CONTACT_STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from integration_tests.sandbox.activity import Span
    from integration_tests.sandbox.fields import Row
    from integration_tests.sandbox.world import World

    Extract = tuple[tuple[str, ...], Callable[[World, Span, int | None, Sequence[Span]], list[Row]]]
    Rows = Callable[[World, Span, int | None, Sequence[Span]], list[Row]]

_HALF_HOUR = 2
_MINUTE_MS = 60_000
_ANALYSIS_MS = 2 * HOUR_MS
_FEW_DAYS_MS = 5 * DAY_MS
_VARIABLES = ("kundennummer", "IVR-Größe", "reason", "language")
_QUARTERS_PER_SHIFT = 96
_QUARTERS_PER_STATE = 8


def _quarters(window: Span, now: int | None, hidden: Sequence[Span]) -> Iterator[int]:
    for first, stop in visible(*window, now, hidden):
        yield from range(first, stop)


def _agent_states(world: World, window: Span, now: int | None, hidden: Sequence[Span]) -> list[Row]:
    """A state of each agent every two hours; one that lasts has no final duration."""
    end = window[1] if now is None else min(window[1], now + 1)
    rows = []
    for quarter in _quarters((window[0], -(-end // QUARTER_MS) * QUARTER_MS), None, hidden):
        if not busyness(quarter):
            continue
        for agent in range(world.agents):
            words = draw(world.seed, "state", quarter, agent)
            start = quarter * QUARTER_MS + words[0] * 10
            is_due = (quarter + agent) % _QUARTERS_PER_STATE == 0 and not world.is_idle(agent)
            if not is_due or not window[0] <= start < end:
                continue
            lasts = words[1] * 4
            passed = lasts if now is None else min(lasts, now - start)
            known: Row = {
                "agentId": world.agent_id(agent),
                "teamId": world.team_id(world.team_of(agent)),
                "startDate": format_ms(start),
                "stateIndex": quarter % _QUARTERS_PER_SHIFT,
                "duration": passed / 1000,
                "agentStateName": "Unavailable" if words[2] % 3 == 0 else "Available",
                "outStateId": 1 + words[3] % 6 if words[2] % 3 == 0 else 0,
            }
            rows.append(filled("agent_state_history", known, world.seed, "st", quarter, agent))
    return rows


def _contact_states(
    world: World, window: Span, now: int | None, hidden: Sequence[Span]
) -> list[Row]:
    """Three states of each contact, a row for each that starts in the window."""
    begun = contacts.begun(world, window[0] - HOUR_MS, window[1], now, hidden)
    rows = []
    for start, quarter, place in begun:
        words = draw(world.seed, "contact states", quarter, place)
        for index, state in enumerate((1, 3, 18)):
            moment = start + index * (words[index] * 20)
            if not window[0] <= moment < window[1] or (now is not None and moment > now):
                continue
            known: Row = {
                "stateIndex": index,
                "contactId": contacts.contact_id(quarter, place),
                "contactStateId": state,
                "contactStateName": CONTACT_STATES[state],
                "startDate": format_ms(moment),
                "duration": words[index + 3] / 1000,
                "isWarehoused": True,
            }
            rows.append(
                filled("contact_state_history", known, world.seed, "cs", quarter, place, index)
            )
    return rows


def _custom_data(world: World, window: Span, now: int | None, hidden: Sequence[Span]) -> list[Row]:
    """Up to four values of each contact of the window; a name may come twice."""
    rows: list[Row] = []
    for _, quarter, place in contacts.begun(world, *window, now, hidden):
        words = draw(world.seed, "variables", quarter, place)
        values = sorted(
            (_VARIABLES[words[turn] % len(_VARIABLES)], f"{words[turn + 4] % 1000:03d}")
            for turn in range(words[9] % 5)
        )
        counts: Counter[str] = Counter()
        for name, value in dict.fromkeys(values):
            counts[name] += 1
            rows.append(
                {
                    "contactId": contacts.contact_id(quarter, place),
                    "name": name,
                    "value": value,
                    "occurrence": counts[name],
                    "windowStart": format_second(window[0]),
                }
            )
    return rows


def _completed(world: World, window: Span, now: int | None, hidden: Sequence[Span]) -> list[Row]:
    return contacts.completed(world, window, 0, now, tuple(hidden))


def _sla(world: World, window: Span, now: int | None, hidden: Sequence[Span]) -> list[Row]:
    """One row per skill; none if the window has no facts."""
    quarters = list(_quarters(window, now, hidden))
    rows = []
    for index in range(world.skills if quarters else 0):
        within = outside = 0
        for quarter in quarters:
            words = draw(world.seed, "sla", quarter, index)
            within += int(words[0] % 9 * busyness(quarter))
            outside += int(words[1] % 4 * busyness(quarter))
        total = within + outside
        known: Row = {
            "businessUnitId": world.business_unit,
            "skillId": world.skill_id(index),
            "skillName": world.skill(index).name,
            "contactsWithinSLA": within,
            "contactsOutOfSLA": outside,
            "totalContacts": total,
            "serviceLevel": round(100 * within / total, 2) if total else 0,
            "startDate": format_second(window[0]),
            "endDate": format_second(window[1]),
        }
        rows.append(filled("skill_sla_summaries", known, world.seed, "sla", index))
    return rows


def _by_interval(stream: str, moment: str, owners: Callable[[World], list[Row]]) -> Rows:
    """Rows of each half hour of the window that is over, one for each owner."""

    def rows(world: World, window: Span, now: int | None, hidden: Sequence[Span]) -> list[Row]:
        made = []
        for quarter in _quarters(window, now, hidden):
            if quarter % _HALF_HOUR or not busyness(quarter):
                continue
            for place, owner in enumerate(owners(world)):
                start = format_second(quarter * QUARTER_MS)
                known = {"businessUnitId": world.business_unit, moment: start, **owner}
                made.append(filled(stream, known, world.seed, stream, quarter, place))
        return made

    return rows


def _skills(world: World) -> list[Row]:
    skills = [world.skill(index) for index in range(world.skills)]
    return [
        {"skillId": one.skill_id, "skillName": one.name, "mediaTypeId": one.media_type_id}
        for one in skills
    ]


def _outbound(world: World) -> list[Row]:
    is_outbound = [world.skill(index).is_outbound for index in range(world.skills)]
    return [row for row, outbound in zip(_skills(world), is_outbound, strict=True) if outbound]


def _agents(world: World) -> list[Row]:
    return [{"agentId": world.agent_id(index)} for index in range(world.agents)]


def _agents_of_skills(world: World) -> list[Row]:
    if not world.skills:
        return []
    return [{**row, "skillId": world.skill_id(0)} for row in _agents(world)]


def segments(
    world: World, window: Span | None, now: int | None, hidden: Sequence[Span], cursor: int = 0
) -> list[Row]:
    """Analysed segments, by the minute of their first analysis, two hours after the contact."""
    start = window[0] if window else cursor
    end = window[1] if window else start + _FEW_DAYS_MS
    late = None if now is None else now - _ANALYSIS_MS
    first = start - _ANALYSIS_MS - HOUR_MS
    rows = []
    for begun, quarter, place in contacts.begun(world, first, end, late, hidden):
        minute = -(-(begun + _ANALYSIS_MS) // _MINUTE_MS) * _MINUTE_MS
        if not start <= minute < end or (now is not None and minute > now):
            continue
        known: Row = {
            "segmentId": f"seg-{quarter}-{place}",
            "acdContactId": contacts.contact_id(quarter, place),
            "firstAnnotatedAt": format_ms(minute),
            "startTime": format_ms(begun),
        }
        rows.append(filled("interaction_segments", known, world.seed, "seg", quarter, place))
    return sorted(rows, key=lambda row: str(row["firstAnnotatedAt"]))


def _extract(stream: str, keys: dict[str, str]) -> Extract:
    """A file of one row for each contact that has ended."""
    header = tuple(FIELDS[stream])

    def rows(world: World, window: Span, now: int | None, hidden: Sequence[Span]) -> list[Row]:
        made = []
        for row in contacts.completed(world, window, 0, now, tuple(hidden)):
            number = row["contactId"]
            known = {name: f"{prefix}{number}" for name, prefix in keys.items()}
            texts = {name: f"{name} {number % 97}" for name in header}
            made.append({**texts, header[-1]: "Zeile 1\nZeile 2; “ok”", **known})
        return made

    return header, rows


EXTRACTS: dict[str, Extract] = {
    "recording-interaction-metadata": _extract(
        "recording_metadata", {"Segment ID": "seg-", "ACD Call ID": ""}
    ),
    "qm-workflows": _extract("qm_workflows", {"Workflow ID": "wf-"}),
    "qm-questions": _extract("qm_questions", {"workflowinstanceId": "wf-", "questionId": "q-"}),
}
"""Entity to the columns of its file and its rows by column."""
_ENTITIES = {
    "recording_metadata": "recording-interaction-metadata",
    "qm_workflows": "qm-workflows",
    "qm_questions": "qm-questions",
}


def _extracted(stream: str) -> Rows:
    def rows(world: World, window: Span, now: int | None, hidden: Sequence[Span]) -> list[Row]:
        day = window[0], window[0] + DAY_MS
        found = EXTRACTS[_ENTITIES[stream]][1](world, day, now, hidden)
        return [{**row, "_report_start": format_second(window[0])} for row in found]

    return rows


HISTORIES: dict[str, Rows] = {
    **{stream: _extracted(stream) for stream in _ENTITIES},
    "interaction_segments": segments,
    "contacts_completed": _completed,
    "agent_state_history": _agent_states,
    "contact_state_history": _contact_states,
    "contact_custom_data": _custom_data,
    "skill_sla_summaries": _sla,
    "wfm_skill_contacts": _by_interval("wfm_skill_contacts", "intervalStartDate", _skills),
    "wfm_skill_dialer_contacts": _by_interval(
        "wfm_skill_dialer_contacts", "intervalStartDate", _outbound
    ),
    "wfm_agent_performance": _by_interval("wfm_agent_performance", "halfHour", _agents_of_skills),
    "wfm_agent_scorecards": _by_interval("wfm_agent_scorecards", "startDate", _agents),
}
"""Stream to the rows of a window: world, window, now, hidden quarter hours."""


@lru_cache(maxsize=64)
def history(
    stream: str, world: World, window: Span, now: int | None, hidden: tuple[Span, ...]
) -> list[Row]:
    """The rows of a window, which are not to be changed; each page of them asks anew."""
    return HISTORIES[stream](world, window, now, hidden)
