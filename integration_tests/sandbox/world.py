"""Who works in the business unit: sizes, ids and names. Everything follows from the seed."""

from __future__ import annotations

from dataclasses import dataclass

from integration_tests.sandbox.draw import draw, uuid_text

BUSINESS_UNIT_ID = 4_599_571
BUSINESS_UNIT_NAME = "Nordlicht Käufer-Service"

_FIRST = ("Zoë", "Jürgen", "Łukasz", "Amélie", "Siobhán", "Renée", "Øystein", "İpek", "Noa", "花子")
_LAST = ("Núñez", "O'Brien", "Weiß", "Dvořák", "Smith", "Gonçalves", "Þórsdóttir", "山田", "de Wit")
_TEAMS = ("Käufer-Service", "Réclamations", "Sales, North", "Back Office", "Soporte “Ñandú”")
_SKILLS = ("Concierges-OB", "Réservations", "Outbound Größe", "E-Mail Überlauf", "Chat Ñ", "SMS")
_CAMPAIGNS = ("Concierge", "Été 2026", 'Überlauf; "Nacht"', "Main Campaign")

MEDIA_TYPES = {1: "E-Mail", 3: "Chat", 4: "Phone Call", 7: "SMS", 9: "Digital"}
"""Media type id to name (L for the ids; "Phone Call" and "E-Mail" L, the other names A)."""
_SKILL_MEDIA = (4, 4, 1, 3, 7, 9)
_OUTBOUND_EVERY = 6
_IDLE_EVERY = 12


@dataclass(frozen=True)
class Skill:
    """A skill: a queue of one medium, one direction and mostly one campaign."""

    index: int
    skill_id: int
    name: str
    media_type_id: int
    is_outbound: bool
    campaign: int | None
    """Index of the campaign; ``None`` for a skill that has none."""
    goal_percent: int
    threshold_seconds: int

    @property
    def media_type_name(self) -> str:
        """The medium, spelled as skill reports spell it (L)."""
        return MEDIA_TYPES[self.media_type_id]


@dataclass(frozen=True)
class World:
    """A business unit of given sizes.

    Attributes:
        seed: Whole number that all chance comes from.
        agents: How many agents; agent ``i`` belongs to team ``i % teams``.
        teams: How many teams, at least one if there are agents.
        skills: How many skills.
        campaigns: How many campaigns.
        contacts_per_quarter: Mean number of contacts per quarter hour, over a whole week.
        open_share: The share of the contacts that stay open for longer than an hour.
        open_days: For how many days they stay open at most.
        business_unit: Its number.
    """

    seed: int = 7
    agents: int = 12
    teams: int = 4
    skills: int = 6
    campaigns: int = 3
    contacts_per_quarter: float = 2.0
    open_share: float = 0.0
    open_days: float = 3.0
    business_unit: int = BUSINESS_UNIT_ID

    def __post_init__(self) -> None:
        """Refuse sizes that make no world."""
        if min(self.agents, self.teams, self.skills, self.campaigns, self.contacts_per_quarter) < 0:
            message = "sizes of a world cannot be negative"
            raise ValueError(message)
        if self.agents and not self.teams:
            message = "agents need at least one team"
            raise ValueError(message)

    def agent_id(self, index: int) -> int:
        """System id of an agent, such as 1204001."""
        return 1_204_001 + 7 * index

    def team_id(self, index: int) -> int:
        """System id of a team, such as 2472302."""
        return 2_472_302 + 3 * index

    def skill_id(self, index: int) -> int:
        """System id of a skill, such as 8408918."""
        return 8_408_918 + 11 * index

    def campaign_id(self, index: int) -> int:
        """System id of a campaign, such as 2577193."""
        return 2_577_193 + 5 * index

    def team_of(self, agent: int) -> int:
        """Index of the team an agent belongs to."""
        return agent % self.teams

    def members(self, team: int) -> range:
        """Indexes of the agents of a team."""
        return range(team, self.agents, self.teams)

    def is_idle(self, agent: int) -> bool:
        """Whether an agent never logs in; such agents still appear in every report (L)."""
        return agent % _IDLE_EVERY == _IDLE_EVERY - 1

    def first_name(self, agent: int) -> str:
        """Given name, often with accents."""
        return _FIRST[(agent + self.seed) % len(_FIRST)]

    def last_name(self, agent: int) -> str:
        """Family name, often with accents."""
        return _LAST[(agent // len(_FIRST) + agent + self.seed) % len(_LAST)]

    def team_name(self, team: int) -> str:
        """Name of a team; the second round of names carries a number."""
        return _numbered(_TEAMS, team)

    def team_uuid(self, team: int) -> str:
        """UserHub id of a team."""
        return uuid_text(self.seed, "team", team)

    def campaign_name(self, campaign: int | None) -> str:
        """Name of a campaign; empty for none."""
        return "" if campaign is None else _numbered(_CAMPAIGNS, campaign)

    def skill(self, index: int) -> Skill:
        """All that reports need to know of a skill."""
        words = draw(self.seed, "skill", index)
        has_campaign = self.campaigns > 0 and (index + 1) % _OUTBOUND_EVERY != 0
        media = _SKILL_MEDIA[index % len(_SKILL_MEDIA)]
        return Skill(
            index=index,
            skill_id=self.skill_id(index),
            name=_numbered(_SKILLS, index),
            media_type_id=media,
            is_outbound=index % _OUTBOUND_EVERY == 0,
            campaign=index % self.campaigns if has_campaign else None,
            goal_percent=80 + words[0] % 16,
            threshold_seconds=28_800 if media == 1 else 20 + words[1] % 41,
        )


def _numbered(names: tuple[str, ...], index: int) -> str:
    turn, place = divmod(index, len(names))
    return f"{names[place]} {turn + 1}" if turn else names[place]
