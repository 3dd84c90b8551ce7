"""The four lists: agents, skills, teams, campaigns as typed rows, one at a time.

Fields that mean something to the other reports are set by name; the rest are filled by kind. Every
field of ``fields.json`` is in every row. ``Row`` values are what the vendor's JSON holds: real
integers, numbers, booleans, text, lists or null (L for agents, S for the others).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.clock import DAY_MS, format_ms, parse_instant
from integration_tests.sandbox.draw import draw, hex_id, uuid_text
from integration_tests.sandbox.fields import FIELDS, Kind, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration_tests.sandbox.world import World

FIRST_DISPOSITION = 93
DISPOSITIONS: tuple[str | None, ...] = (
    *("Verkauft ✓", "Rappeler", "Resolved", "Complaint, forwarded", "Wrong number", "Billing"),
    *("Address changed", "Kündigung", "Voicemail", "Technical fault", None, ""),
)
"""Names of dispositions; two have none."""
_UNAVAILABLE_CODE = {"outstateId": 1, "outstateDescription": "Pause café"}
_FIRST_CHANGE = parse_instant("2015-08-18T19:03:46.213Z")
_TEXTS = ("", "Größe M", "n/a", "Días: 2; “ok”", "0", "P1D")
"""Fillers for plain text: among them such as look like nothing, a number and a duration."""


def _change_time(word: int) -> str:
    """An instant of the years 2015 to 2025; some have two decimals, as seen live in 2015 (L)."""
    instant = _FIRST_CHANGE + (word % 3650) * DAY_MS + word * 997
    text = format_ms(instant)
    return f"{text[:-2]}Z" if word % 4 == 0 else text


def _text(name: str, word: int) -> str | None:
    if word % 5 == 0:
        return None
    return f"{name} {word % 100}" if word % 5 == 1 else _TEXTS[word % len(_TEXTS)]


_FILLERS: dict[Kind, Callable[[str, int], Any]] = {
    "integer": lambda _, word: None if word % 7 == 0 else word % 120,
    "number": lambda _, word: None if word % 7 == 0 else word / 100,
    "boolean": lambda _, word: None if word % 11 == 0 else word % 2 == 0,
    "text": _text,
    "instant": lambda _, word: None if word % 3 == 0 else _change_time(word),
    "duration": lambda _, word: word / 1000,
    "list": lambda _, word: None if word % 2 else [],
}


def filled(report: str, known: Row, *key: str | int) -> Row:
    """A row with the known values, and something of the right kind in every other field."""
    words = draw(*key, 0) + draw(*key, 1) + draw(*key, 2) + draw(*key, 3) + draw(*key, 4)
    return {
        name: known[name] if name in known else _FILLERS[kind](name, words[place])
        for place, (name, kind) in enumerate(FIELDS[report].items())
    }


@lru_cache(maxsize=4096)
def agent(world: World, index: int) -> Row:
    """One agent, 130 fields, ``apiKey`` with a value that no record may ever show."""
    first, last, team = world.first_name(index), world.last_name(index), world.team_of(index)
    agent_id = world.agent_id(index)
    known: Row = {
        "agentId": agent_id,
        "userName": f"agent.{agent_id}@nordlicht.example",
        "firstName": first,
        "middleName": "",
        "lastName": last,
        "userID": uuid_text(world.seed, "user", index),
        "emailAddress": f"agent.{agent_id}@nordlicht.example",
        "isActive": not world.is_idle(index),
        "teamId": world.team_id(team),
        "teamName": world.team_name(team),
        "reportToId": world.agent_id(team) if index >= world.teams else None,
        "isSupervisor": index < world.teams,
        "lastLogin": None if world.is_idle(index) else _change_time(index * 31 + 1),
        "lastUpdated": _change_time(index * 4),
        "apiKey": f"ak_live_{hex_id(world.seed, 'api key', index)}",
        "combinedUserNameDomain": f"nordlicht.example\\agent.{agent_id}",
        "rowNumber": index + 1,
        "scheduleNotification": 5 * (index % 4),
        "teamUuId": world.team_uuid(team),
        "recordingNumbers": [{"number": f"5555{agent_id}"}] if index % 2 else [{"number": ""}],
        "integratedSoftphoneWebRtcUrls": None if index % 3 else ["wss://softphone.example/ws"],
        "timeZone": "(GMT-07:00) Mountain Time (US & Canada)",
        "hourlyCost": 18.75 + index % 9,
    }
    return filled("agents", known, world.seed, "agent row", index)


@lru_cache(maxsize=4096)
def skill(world: World, index: int) -> Row:
    """One skill, 86 fields; a skill without a campaign has a null id and an empty name."""
    facts = world.skill(index)
    known: Row = {
        "skillId": facts.skill_id,
        "skillName": facts.name,
        "mediaTypeId": facts.media_type_id,
        "mediaTypeName": facts.media_type_name,
        "isActive": True,
        "campaignId": None if facts.campaign is None else world.campaign_id(facts.campaign),
        "campaignName": world.campaign_name(facts.campaign),
        "isOutbound": facts.is_outbound,
        "outboundStrategy": "Personal Connection" if facts.is_outbound else "",
        "serviceLevelThreshold": facts.threshold_seconds,
        "serviceLevelGoal": facts.goal_percent,
        "dispositions": [_disposition(place) for place in range(index % 3)],
        "TenantId": uuid_text("tenant"),
    }
    return filled("skills", known, world.seed, "skill row", index)


def _disposition(place: int) -> Row:
    return {
        "dispositionId": FIRST_DISPOSITION + place,
        "dispositionName": DISPOSITIONS[place],
        "priority": place + 1,
        "isPreviewDisposition": False,
    }


@lru_cache(maxsize=4096)
def team(world: World, index: int) -> Row:
    """One team, 53 fields; its unavailable codes are a list of lists, as the spec says (S)."""
    known: Row = {
        "unavailableCodes": [[_UNAVAILABLE_CODE], []][: 1 + index % 2],
        "teamId": world.team_id(index),
        "teamName": world.team_name(index),
        "isActive": True,
        "lastUpdateTime": _change_time(index * 4 + 2),
        "agentCount": len(world.members(index)),
        "teamUuid": world.team_uuid(index),
    }
    return filled("teams", known, world.seed, "team row", index)


@lru_cache(maxsize=4096)
def campaign(world: World, index: int) -> Row:
    """One campaign, 7 fields."""
    known: Row = {
        "campaignId": world.campaign_id(index),
        "campaignName": world.campaign_name(index),
        "isActive": index % 3 != 1,
        "description": "" if index % 2 else "Für alle Käufer",
        "notes": None if index % 2 else "",
        "lastUpdateTime": _change_time(index * 4 + 3),
        "divisionId": None if index % 2 else 0,
    }
    return filled("campaigns", known, world.seed, "campaign row", index)
