"""The sums of facts as the fields of the summary reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.sandbox.draw import draw
from integration_tests.sandbox.world import BUSINESS_UNIT_NAME, World

if TYPE_CHECKING:
    from integration_tests.sandbox.activity import Load, Work
    from integration_tests.sandbox.fields import Row


def mean(total: int, count: int) -> int:
    """The mean, cut to a whole number; 0 of nothing."""
    return total // count if count else 0


def percent(part: int, whole: int) -> float:
    """A share to two decimals; 0 of nothing."""
    return round(100 * part / whole, 2) if whole else 0.0


def performance(work: Work) -> Row:
    """The 22 fields that agents and teams share; times become seconds."""
    handled, talk = work.inbound + work.outbound, work.inbound_talk + work.outbound_talk
    busy = work.inbound_time + work.outbound_time + work.acw
    return {
        "agentOffered": work.offered,
        "inboundHandled": work.inbound,
        "inboundTime": work.inbound_time / 1000,
        "inboundTalkTime": work.inbound_talk / 1000,
        "inboundAvgTalkTime": mean(work.inbound_talk, work.inbound) / 1000,
        "outboundHandled": work.outbound,
        "outboundTime": work.outbound_time / 1000,
        "outboundTalkTime": work.outbound_talk / 1000,
        "outboundAvgTalkTime": mean(work.outbound_talk, work.outbound) / 1000,
        "totalHandled": handled,
        "totalTalkTime": talk / 1000,
        "totalAvgTalkTime": mean(talk, handled) / 1000,
        "totalAvgHandleTime": mean(busy, handled) / 1000,
        "consultTime": work.consult / 1000,
        "availableTime": work.available / 1000,
        "unavailableTime": work.unavailable / 1000,
        "acwTime": work.acw / 1000,
        "refused": work.refused,
        "percentRefused": percent(work.refused, work.offered),
        "loginTime": work.login / 1000,
        "workingRate": percent(work.login - work.unavailable, work.login),
        "occupancy": percent(busy, work.login),
    }


def summary(world: World, index: int, load: Load) -> Row:
    """The 40 fields of a skill; a skill that never dials has no connect times."""
    skill = world.skill(index)
    return {
        "businessUnitName": BUSINESS_UNIT_NAME,
        "abandonCount": load.abandoned,
        "abandonRate": percent(load.abandoned, load.offered),
        **_present(world, index),
        "averageHandleTime": mean(load.talk + load.wrap, load.handled),
        "averageInqueueTime": mean(load.in_queue, load.queued),
        "averageSpeedToAnswer": mean(load.answer, load.handled),
        "averageTalkTime": mean(load.talk, load.handled),
        "averageWrapTime": mean(load.wrap, load.handled),
        "campaignId": None if skill.campaign is None else world.campaign_id(skill.campaign),
        "campaignName": world.campaign_name(skill.campaign),
        "contactsHandled": load.handled,
        "contactsOffered": load.offered,
        "contactsQueued": load.queued,
        "contactsOutOfSLA": load.outside,
        "contactsWithinSLA": load.within,
        "holdTime": load.hold,
        "isOutbound": skill.is_outbound,
        "mediaTypeId": skill.media_type_id,
        "mediaTypeName": skill.media_type_name,
        "serviceLevel": percent(load.within, load.handled) if load.handled else 100.0,
        "skillName": skill.name,
        "skillId": skill.skill_id,
        "serviceLevelGoal": skill.goal_percent,
        "serviceLevelThreshold": skill.threshold_seconds,
        "totalContactTime": load.talk + load.wrap + load.hold,
        "dials": load.dials,
        "connects": load.connects,
        "connectsAHT": round(load.connects / (load.dials + 1), 2) if skill.is_outbound else None,
        "rightPartyConnects": load.right_party,
        "rightPartyConnectsAHT": 0.0 if skill.is_outbound else None,
    }


def _present(world: World, skill: int) -> Row:
    """What goes on at this moment: the same for every window."""
    acw, available, unavailable, working, idle, active, queue, longest, *_ = draw(
        world.seed, "present", skill
    )
    states = {
        "agentsAcw": acw % 4,
        "agentsAvailable": available % 9,
        "agentsUnavailable": unavailable % 9,
        "agentsWorking": working % 7,
        "agentsIdle": idle % 6,
    }
    return {
        **states,
        "agentsLoggedIn": sum(states.values()),
        "contactsActive": active % 8,
        "queueCount": queue % 5,
        "longestQueueDur": longest % 300 if queue % 5 else 0,
    }
