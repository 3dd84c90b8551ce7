"""What the connector must deliver: typed rows with v30 names, computed without any server.

Counts are whole numbers, durations are seconds as floats exact to the millisecond (whole seconds as
integers in the skill report), instants are the vendor's own text, and every row names its business
unit. Windows are half open and begin and end on quarter hours in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from integration_tests.sandbox import activity, contacts, directory
from integration_tests.sandbox.clock import QUARTER_MS, Moment, format_second, to_ms
from integration_tests.sandbox.draw import draw
from integration_tests.sandbox.world import BUSINESS_UNIT_ID, BUSINESS_UNIT_NAME, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from integration_tests.sandbox.activity import Load, Span, Work
    from integration_tests.sandbox.fields import Row

LAST_VERSION_WITHOUT_NULL = 19
"""Up to this version contacts write "" where later ones write null (L)."""


def quarter_span(start: Moment, end: Moment) -> Span:
    """The quarter hours that a stretch of time touches."""
    return to_ms(start) // QUARTER_MS, -(-to_ms(end) // QUARTER_MS)


@dataclass(frozen=True)
class Truth:
    """The truth about a world, as seen at an instant.

    Attributes:
        world: Who there is; facts follow from it.
        now: Facts after this instant do not exist, and contacts of the hour before it still run;
            ``None`` for a world whose every fact has happened.
        hidden: Stretches of time whose facts are not in view.
    """

    world: World = field(default_factory=World)
    now: Moment | None = None
    hidden: tuple[tuple[Moment, Moment], ...] = ()

    def agents(self) -> list[Row]:
        """All agents, without their ``apiKey``."""
        rows = [_owned(directory.agent(self.world, index)) for index in range(self.world.agents)]
        for row in rows:
            del row["apiKey"]
        return rows

    def campaigns(self) -> list[Row]:
        """All campaigns."""
        indexes = range(self.world.campaigns)
        return [_owned(directory.campaign(self.world, index)) for index in indexes]

    def skills(self) -> list[Row]:
        """All skills."""
        return [_owned(directory.skill(self.world, index)) for index in range(self.world.skills)]

    def teams(self) -> list[Row]:
        """All teams."""
        return [_owned(directory.team(self.world, index)) for index in range(self.world.teams)]

    def agent_performance(
        self,
        start: Moment,
        end: Moment,
        now: Moment | None = None,
        hidden: Iterable[tuple[Moment, Moment]] | None = None,
    ) -> list[Row]:
        """One row per agent, idle ones too; none if the window has no facts at all.

        ``now`` and ``hidden``, if given, take the place of the truth's own.
        """
        spans = self._spans(start, end, now, hidden)
        window = _window(start, end)
        return [
            {
                "agentId": self.world.agent_id(agent),
                "teamId": self.world.team_id(self.world.team_of(agent)),
                **_performance(activity.work(self.world, (agent,), spans)),
                **window,
            }
            for agent in range(self.world.agents if spans else 0)
        ]

    def team_performance_totals(
        self,
        start: Moment,
        end: Moment,
        now: Moment | None = None,
        hidden: Iterable[tuple[Moment, Moment]] | None = None,
    ) -> list[Row]:
        """One row per team; averages are over its agents. Arguments as for agents."""
        spans = self._spans(start, end, now, hidden)
        window = _window(start, end)
        return [{**row, **window} for row in self._team_rows(spans)]

    def skill_summaries(
        self,
        start: Moment,
        end: Moment,
        now: Moment | None = None,
        hidden: Iterable[tuple[Moment, Moment]] | None = None,
    ) -> list[Row]:
        """One row per skill; nine fields tell the present, whatever the window (L).

        Arguments as for agents.
        """
        spans = self._spans(start, end, now, hidden)
        window = _window(start, end)
        return [
            {**_summary(self.world, skill, activity.load(self.world, skill, spans)), **window}
            for skill in range(self.world.skills if spans else 0)
        ]

    def contacts(
        self,
        start: Moment,
        end: Moment,
        now: Moment | None = None,
        hidden: Iterable[tuple[Moment, Moment]] | None = None,
        *,
        version: int = 30,
    ) -> list[Row]:
        """The contacts that began in the window, in order of time.

        Up to API version 19 the wire has no null: text that is null later is "" there.
        """
        seen = self._now(now)
        begun = contacts.begun(self.world, to_ms(start), to_ms(end), seen, self._hidden(hidden))
        rows = [_owned(row) for row in contacts.rows(self.world, begun, seen)]
        if version <= LAST_VERSION_WITHOUT_NULL:
            for row in rows:
                row.update((name, "") for name in _NULLABLE_TEXT if row[name] is None)
        return rows

    def _team_rows(self, spans: list[Span]) -> Iterator[Row]:
        for team in range(self.world.teams if spans else 0):
            members = self.world.members(team)
            facts = activity.work(self.world, members, spans)
            yield {
                "teamId": self.world.team_id(team),
                **_performance(facts),
                "totalAvgHandled": _mean(facts.inbound + facts.outbound, len(members)),
                "avgAvailableTime": _mean(facts.available, len(members)) / 1000,
                "avgUnavailableTime": _mean(facts.unavailable, len(members)) / 1000,
            }

    def _now(self, now: Moment | None) -> int | None:
        chosen = self.now if now is None else now
        return None if chosen is None else to_ms(chosen)

    def _hidden(self, hidden: Iterable[tuple[Moment, Moment]] | None) -> list[Span]:
        chosen = self.hidden if hidden is None else hidden
        return [quarter_span(start, end) for start, end in chosen]

    def _spans(
        self,
        start: Moment,
        end: Moment,
        now: Moment | None,
        hidden: Iterable[tuple[Moment, Moment]] | None,
    ) -> list[Span]:
        window = (to_ms(start), to_ms(end))
        return activity.visible(*window, self._now(now), self._hidden(hidden))


_NULLABLE_TEXT = ("digitalContactStateName", "mediaSubTypeName")


def _owned(row: Row) -> Row:
    return {"businessUnitId": BUSINESS_UNIT_ID, **row}


def _window(start: Moment, end: Moment) -> Row:
    return {
        "businessUnitId": BUSINESS_UNIT_ID,
        "startDate": format_second(to_ms(start)),
        "endDate": format_second(to_ms(end)),
    }


def _mean(total: int, count: int) -> int:
    return total // count if count else 0


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _performance(work: Work) -> Row:
    """The 22 fields that agents and teams share; times become seconds."""
    handled, talk = work.inbound + work.outbound, work.inbound_talk + work.outbound_talk
    busy = work.inbound_time + work.outbound_time + work.acw
    return {
        "agentOffered": work.offered,
        "inboundHandled": work.inbound,
        "inboundTime": work.inbound_time / 1000,
        "inboundTalkTime": work.inbound_talk / 1000,
        "inboundAvgTalkTime": _mean(work.inbound_talk, work.inbound) / 1000,
        "outboundHandled": work.outbound,
        "outboundTime": work.outbound_time / 1000,
        "outboundTalkTime": work.outbound_talk / 1000,
        "outboundAvgTalkTime": _mean(work.outbound_talk, work.outbound) / 1000,
        "totalHandled": handled,
        "totalTalkTime": talk / 1000,
        "totalAvgTalkTime": _mean(talk, handled) / 1000,
        "totalAvgHandleTime": _mean(busy, handled) / 1000,
        "consultTime": work.consult / 1000,
        "availableTime": work.available / 1000,
        "unavailableTime": work.unavailable / 1000,
        "acwTime": work.acw / 1000,
        "refused": work.refused,
        "percentRefused": _percent(work.refused, work.offered),
        "loginTime": work.login / 1000,
        "workingRate": _percent(work.login - work.unavailable, work.login),
        "occupancy": _percent(busy, work.login),
    }


def _summary(world: World, index: int, load: Load) -> Row:
    """The 40 fields of a skill; a skill that never dials has no connect times."""
    skill = world.skill(index)
    return {
        "businessUnitName": BUSINESS_UNIT_NAME,
        "abandonCount": load.abandoned,
        "abandonRate": _percent(load.abandoned, load.offered),
        **_present(world, index),
        "averageHandleTime": _mean(load.talk + load.wrap, load.handled),
        "averageInqueueTime": _mean(load.in_queue, load.queued),
        "averageSpeedToAnswer": _mean(load.answer, load.handled),
        "averageTalkTime": _mean(load.talk, load.handled),
        "averageWrapTime": _mean(load.wrap, load.handled),
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
        "serviceLevel": _percent(load.within, load.handled) if load.handled else 100.0,
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
