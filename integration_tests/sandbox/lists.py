"""The small lists beside the four of ``directory.py``: codes, states and assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.sandbox.configs import TENANT_ID
from integration_tests.sandbox.directory import DISPOSITIONS, FIRST_DISPOSITION, filled
from integration_tests.sandbox.world import BUSINESS_UNIT_NAME, MEDIA_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from integration_tests.sandbox.fields import Row
    from integration_tests.sandbox.world import World

FIRST_POINT_OF_CONTACT = 3_189_288
_CLASSIFICATIONS, _TAGS, _GROUPS, _POINTS_OF_CONTACT = 4, 5, 3, 5
_CODES = ("Pause café", "Réunion", "Schulung", "Übergabe", "Mittag", "Nacharbeit")
CONTACT_STATES = {1: "PreQueue", 3: "InQueue", 4: "Active", 18: "EndContact"}
"""State id to name; 18 is seen (L), the others are made up (A)."""


def _rows(stream: str, world: World, known: Sequence[Row]) -> list[Row]:
    """Rows with the known values; all else by kind."""
    return [
        filled(stream, {"businessUnitId": world.business_unit, **row}, world.seed, stream, place)
        for place, row in enumerate(known)
    ]


def _dispositions(world: World) -> list[Row]:
    known: list[Row] = [
        {
            "dispositionId": FIRST_DISPOSITION + place,
            "dispositionName": name,
            "classificationId": 1 + place % _CLASSIFICATIONS,
            "isActive": place % 5 != 0,
        }
        for place, name in enumerate(DISPOSITIONS)
    ]
    return _rows("dispositions", world, known)


def _classifications(world: World) -> list[Row]:
    known: list[Row] = [{"classificationId": 1 + place} for place in range(_CLASSIFICATIONS)]
    return _rows("disposition_classifications", world, known)


def _disposition_skills(world: World) -> list[Row]:
    known: list[Row] = [
        {
            "dispositionId": row["dispositionId"],
            "dispositionName": row["dispositionName"],
            "isActive": row["isActive"],
            "skillId": skill.skill_id,
            "mediaTypeId": skill.media_type_id,
            "mediaTypeName": skill.media_type_name,
        }
        for place, row in enumerate(_dispositions(world))
        for skill in (world.skill(index) for index in range(world.skills))
        if (place + skill.index) % 3 == 0
    ]
    return _rows("disposition_skills", world, known)


def _unavailable_codes(world: World) -> list[Row]:
    known: list[Row] = [
        {"id": 1 + place, "name": name, "isActive": place != 2, "isACW": place == len(_CODES) - 1}
        for place, name in enumerate(_CODES)
    ]
    return _rows("unavailable_codes", world, known)


def _points_of_contact(world: World) -> list[Row]:
    known: list[Row] = [
        {"contactCode": FIRST_POINT_OF_CONTACT + place, "mediaTypeId": 4, "isActive": place != 1}
        for place in range(_POINTS_OF_CONTACT)
    ]
    return _rows("points_of_contact", world, known)


def _agent_skills(world: World) -> list[Row]:
    known: list[Row] = [
        {
            "agentId": world.agent_id(agent),
            "skillId": world.skill_id(skill),
            "teamId": world.team_id(world.team_of(agent)),
            "agentProficiencyValue": 1 + (agent + skill) % 20,
            "isActive": (agent + skill) % 7 != 0,
            "isAgentActive": agent % 4 != 0,
        }
        for agent in range(world.agents)
        for skill in range(world.skills)
        if (agent + skill) % 3
    ]
    return _rows("agent_skills", world, known)


def _contact_states(world: World) -> list[Row]:
    known: list[Row] = [
        {"contactStateId": number, "contactStateDescription": name}
        for number, name in CONTACT_STATES.items()
    ]
    return _rows("contact_states", world, known)


def _media_types(world: World) -> list[Row]:
    known: list[Row] = [
        {"mediaTypeId": number, "mediaTypeName": name} for number, name in MEDIA_TYPES.items()
    ]
    return _rows("media_types", world, known)


def _tags(world: World) -> list[Row]:
    known: list[Row] = [{"tagId": 1 + place, "isActive": place != 3} for place in range(_TAGS)]
    return _rows("tags", world, known)


def _groups(world: World) -> list[Row]:
    known: list[Row] = [{"groupId": 700 + place} for place in range(_GROUPS)]
    return _rows("groups", world, known)


def _business_units(world: World) -> list[Row]:
    zone = "(GMT-07:00) Mountain Time (US & Canada)"
    known: list[Row] = [
        {
            "businessUnitName": BUSINESS_UNIT_NAME,
            "defaultTimeZone": zone,
            "tenantId": TENANT_ID,
            "apiPublishedLimit": 0,
        }
    ]
    return _rows("business_units", world, known)


LISTS: dict[str, Callable[[World], list[Row]]] = {
    "dispositions": _dispositions,
    "disposition_classifications": _classifications,
    "disposition_skills": _disposition_skills,
    "unavailable_codes": _unavailable_codes,
    "points_of_contact": _points_of_contact,
    "agent_skills": _agent_skills,
    "contact_states": _contact_states,
    "media_types": _media_types,
    "tags": _tags,
    "groups": _groups,
    "business_units": _business_units,
}
"""Stream to its rows."""
