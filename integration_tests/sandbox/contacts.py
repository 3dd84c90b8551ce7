"""Contacts: when each began and what became of it.

A contact that began within the hour before now is open and has the active shape; older ones have
the completed shape (S for the two shapes). A share of the contacts stays open for days, if the
world says so. Apart from that a row never changes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from integration_tests.sandbox.activity import Span, busyness, visible
from integration_tests.sandbox.clock import DAY_MS, HOUR_MS, QUARTER_MS, format_ms
from integration_tests.sandbox.directory import DISPOSITIONS, FIRST_DISPOSITION
from integration_tests.sandbox.draw import WORD_SPAN, Words, draw
from integration_tests.sandbox.fields import FIELDS, Row
from integration_tests.sandbox.world import MEDIA_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from integration_tests.sandbox.world import World

_FIRST_ID = 400_000_000_000
_IDS_PER_QUARTER = 65_536
_LONGEST_LATENESS_MS = 8 * DAY_MS
"""How long before its last update a contact may have begun."""
_STATE_END_CONTACT = 18
_PHONE = 4
_TRANSFERS = ("None", "ReSkill", "ReAgent", "Consult", "TakeOver", "External")
"""Names of transfer indicators, by their id (S)."""
_NOTES = ("", "Lief gut; Rückruf “morgen”", "Call went well.", "=1+1", "Línea 1\nLínea 2")

Start = tuple[int, int, int]
"""A contact's start in epoch milliseconds, its quarter hour and its place in it."""


@lru_cache(maxsize=2**15)
def _starts(world: World, quarter: int) -> tuple[Start, ...]:
    """The contacts that began in a quarter hour, in order of time."""
    chance = draw(world.seed, "contacts", quarter)[0] / WORD_SPAN
    most = 2 * world.contacts_per_quarter * busyness(quarter)
    count = min(int(chance * (most + 1)), _IDS_PER_QUARTER)
    words = (draw(world.seed, "contact start", quarter, place) for place in range(count))
    starts = sorted(quarter * QUARTER_MS + _offset(word) for word in words)
    return tuple((start, quarter, place) for place, start in enumerate(starts))


def _offset(words: Words) -> int:
    return (words[0] * WORD_SPAN + words[1]) % QUARTER_MS


def contact_id(quarter: int, place: int) -> int:
    """The number of a contact, by its quarter hour and its place in it."""
    return _FIRST_ID + quarter * _IDS_PER_QUARTER + place


def begun(
    world: World, start: int, end: int, now: int | None, hidden: Iterable[Span]
) -> list[Start]:
    """The contacts that began in a window, up to and with now, in order of time."""
    last = end if now is None else min(end, now + 1)
    aligned_end = -(-last // QUARTER_MS) * QUARTER_MS
    return [
        contact
        for first, stop in visible(start, aligned_end, None, hidden)
        for quarter in range(first, stop)
        for contact in _starts(world, quarter)
        if start <= contact[0] < last
    ]


def rows(world: World, contacts: Sequence[Start], now: int | None) -> list[Row]:
    """Typed rows, v30 names, without the business unit, which is in the envelope (S)."""
    return [
        _row(world, contact, active=now is not None and contact[0] > now - _life(world, contact))
        for contact in contacts
    ]


@lru_cache(maxsize=64)
def completed(
    world: World, window: Span | None, since: int, now: int | None, hidden: tuple[Span, ...]
) -> list[Row]:
    """Contacts that have ended: of a window, or updated since an instant, oldest update first.

    One in forty is updated a day after its end, and gets its notes then. The rows are not to be
    changed: each page asks for them anew.
    """
    start, end = window or (since - _LONGEST_LATENESS_MS, since if now is None else now + 1)
    rows = []
    for contact in begun(world, start, end, now, hidden):
        life = _life(world, contact)
        if now is not None and contact[0] > now - life:
            continue
        words = draw(world.seed, "contact", contact[1], contact[2])
        row = {**_common(world, contact, words), **_ended(contact, words)}
        ended = _end(contact, words) if life == HOUR_MS else contact[0] + life
        is_late = words[25] % 40 == 0 and (now is None or ended + DAY_MS <= now)
        if words[25] % 40 == 0 and not is_late:
            row["dispositionNotes"] = ""
        updated = ended + DAY_MS if is_late else ended
        row["lastUpdateTime"] = format_ms(updated)
        row["divisionNo"] = None
        if window or updated >= since:
            rows.append({name: row[name] for name in FIELDS["contacts_completed"]})
    return rows if window else sorted(rows, key=lambda row: str(row["lastUpdateTime"]))


def _life(world: World, contact: Start) -> int:
    """For how many milliseconds a contact is open."""
    if not world.open_share:
        return HOUR_MS
    chance, share = draw(world.seed, "open", contact[1], contact[2])[:2]
    if chance >= world.open_share * WORD_SPAN:
        return HOUR_MS
    return HOUR_MS + int(world.open_days * DAY_MS * share / WORD_SPAN)


def _row(world: World, contact: Start, *, active: bool) -> Row:
    words = draw(world.seed, "contact", contact[1], contact[2])
    row = {**_common(world, contact, words)}
    row.update(_running(world, contact, words) if active else _ended(contact, words))
    shape = FIELDS["contact_active" if active else "contact_ended"]
    return {name: row[name] for name in shape}


def _common(world: World, contact: Start, words: Words) -> Row:
    start, quarter, place = contact
    number = contact_id(quarter, place)
    agent = words[0] % world.agents if world.agents and not _is_abandoned(words) else None
    skill = world.skill(words[1] % world.skills) if world.skills else None
    media_type_id = _PHONE if skill is None else skill.media_type_id
    campaign = None if skill is None else skill.campaign
    transfer = words[2] % len(_TRANSFERS) if words[3] % 6 == 0 else 0
    digital = words[4] % 10 == 0
    return {
        "agentId": None if agent is None else world.agent_id(agent),
        "campaignId": None if campaign is None else world.campaign_id(campaign),
        "campaignName": world.campaign_name(campaign),
        "contactId": number,
        "contactStartDate": format_ms(start),
        "digitalContactStateId": 4 if digital else None,
        "digitalContactStateName": "Erledigt" if digital else None,
        "firstName": "" if agent is None else world.first_name(agent),
        "fromAddress": f"+1555{words[5]:07d}" if words[6] % 4 else f"käufer.{words[5]}@example.com",
        "highProficiency": 1 + words[7] % 3,
        "holdCount": words[8] % 4,
        "isLogged": words[9] % 3 != 0,
        "isOutbound": skill is not None and skill.is_outbound,
        "isTakeover": _TRANSFERS[transfer] == "TakeOver",
        "lastName": "" if agent is None else world.last_name(agent),
        "lowProficiency": 10 + words[7] % 10,
        "masterContactId": number - (1 if place and transfer else 0),
        "mediaSubTypeId": 3 if digital else None,
        "mediaSubTypeName": "WhatsApp" if digital else None,
        "mediaTypeId": media_type_id,
        "mediaTypeName": "Call" if media_type_id == _PHONE else MEDIA_TYPES[media_type_id],
        "pointOfContactId": 3_189_288 + words[10] % 5,
        "pointOfContactName": f"888-888-999{words[10] % 5} Käufer Line",
        "routingAttribute": None if words[11] % 2 else words[11] % 9,
        "skillId": None if skill is None else skill.skill_id,
        "skillName": "" if skill is None else skill.name,
        "teamId": None if agent is None else world.team_id(world.team_of(agent)),
        "teamName": "" if agent is None else world.team_name(world.team_of(agent)),
        "toAddress": f"888888999{words[10] % 5}",
        "transferIndicatorId": transfer,
        "transferIndicatorName": _TRANSFERS[transfer],
    }


def _disposition(word: int) -> int:
    """A disposition; those at the head of the list are chosen more often."""
    count = len(DISPOSITIONS)
    return FIRST_DISPOSITION + word % count * (word // count % count) // count


def _is_abandoned(words: Words) -> bool:
    return words[12] % 9 == 0


def _running(world: World, contact: Start, words: Words) -> Row:
    start = contact[0]
    return {
        "agentStartDate": None if _is_abandoned(words) else format_ms(start + words[13]),
        "contactStateCategory": "Active" if words[14] % 2 else "Queued",
        "fileName": "" if words[15] % 2 else f"call_{start}.wav",
        "lastUpdateTime": format_ms(start + words[13]),
        "stateId": 3,
        "stateName": "InQueue",
        "targetAgentId": world.agent_id(0) if world.agents and words[16] % 5 == 0 else None,
    }


def _end(contact: Start, words: Words) -> int:
    """When a contact has ended, after-contact work too."""
    row = _ended(contact, words)
    seconds: float = row["totalDurationSeconds"] + row["acwSeconds"]
    return contact[0] + round(1000 * seconds)


def _ended(contact: Start, words: Words) -> Row:
    abandoned = _is_abandoned(words)
    before, queue = words[13] % 9_000, words[14] * 2
    with_agent = 0 if abandoned else words[15] * 9
    acw = 0 if abandoned or words[16] % 3 == 0 else words[16] * 2
    hold, after, release = words[17] % 20_000, words[18] % 3_000, words[19] % 2_000
    total = before + queue + with_agent + after
    end = contact[0] + total + acw
    refused = words[20] % 15 == 0
    analysed = words[21] % 3 == 0
    return {
        "abandoned": abandoned,
        "abandonSeconds": queue / 1000 if abandoned else 0,
        "acwSeconds": acw / 1000,
        "agentSeconds": with_agent / 1000,
        "analyticsProcessedDate": format_ms(end + HOUR_MS) if analysed else None,
        "callbackTime": words[22] % 60 if words[22] % 10 == 0 else 0,
        "conferenceSeconds": words[23] / 1000 if words[23] % 12 == 0 else 0,
        "dateACWWarehoused": format_ms(end + 347_000) if acw else None,
        "dateContactWarehoused": format_ms(end + 47_507),
        "dispositionNotes": _NOTES[words[24] % len(_NOTES)],
        "endReason": "Contact abandoned" if abandoned else "Contact Hung Up",
        "holdSeconds": hold / 1000,
        "inQueueSeconds": queue / 1000,
        "isActive": False,
        "isAnalyticsProcessed": analysed,
        "isRefused": refused,
        "isShortAbandon": abandoned and queue < 10_000,
        "isWarehoused": True,
        "lastUpdateTime": format_ms(end + (DAY_MS if words[25] % 40 == 0 else 0)),
        "postQueueSeconds": after / 1000,
        "preQueueSeconds": before / 1000,
        "primaryDispositionId": None if abandoned else _disposition(words[26]),
        "refuseReason": "Agent war fort" if refused else "",
        "refuseTime": "12" if refused else "",
        "releaseSeconds": release / 1000,
        "routingTime": words[27],
        "secondaryDispositionId": 0 if words[28] % 2 else None,
        "serviceLevelFlag": int(queue > 60_000),
        "stateId": _STATE_END_CONTACT,
        "stateName": "EndContact",
        "tags": [{"tagId": 1, "tagName": "Größe"}] if words[29] % 5 == 0 else None,
        "totalDurationSeconds": total / 1000,
    }
