"""What the connector must deliver: typed rows with v30 names, computed without any server.

Counts are whole numbers, durations are seconds as floats exact to the millisecond (whole seconds as
integers in the skill report), instants are the vendor's own text, and every row names its business
unit. Windows are half open and begin and end on quarter hours in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from integration_tests.sandbox import activity, contacts, directory, downloads, reports
from integration_tests.sandbox.clock import QUARTER_MS, Moment, format_second, to_ms
from integration_tests.sandbox.histories import HISTORIES, history
from integration_tests.sandbox.lists import LISTS
from integration_tests.sandbox.measures import mean, performance, summary
from integration_tests.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from integration_tests.sandbox.activity import Span
    from integration_tests.sandbox.fields import Row
    from integration_tests.sandbox.tables import Table

LAST_VERSION_WITHOUT_NULL = 19
"""Up to this version contacts write "" where later ones write null (L)."""


def quarter_span(start: Moment, end: Moment) -> Span:
    """The quarter hours that a span of time touches."""
    return to_ms(start) // QUARTER_MS, -(-to_ms(end) // QUARTER_MS)


@dataclass(frozen=True)
class Truth:
    """The truth about a world, as seen at an instant.

    Attributes:
        world: Who there is; facts follow from it.
        now: Facts after this instant do not exist, and contacts of the hour before it still run;
            ``None`` for a world whose every fact has happened.
        hidden: Spans of time whose facts are not in view.
        lists_downloads: Whether the list of reports names the data downloads too.
    """

    world: World = field(default_factory=World)
    now: Moment | None = None
    hidden: tuple[tuple[Moment, Moment], ...] = ()
    lists_downloads: bool = True

    def agents(self) -> list[Row]:
        """All agents, without their ``apiKey``."""
        rows = [
            self._owned(directory.agent(self.world, index)) for index in range(self.world.agents)
        ]
        for row in rows:
            del row["apiKey"]
        return rows

    def campaigns(self) -> list[Row]:
        """All campaigns."""
        indexes = range(self.world.campaigns)
        return [self._owned(directory.campaign(self.world, index)) for index in indexes]

    def skills(self) -> list[Row]:
        """All skills."""
        return [
            self._owned(directory.skill(self.world, index)) for index in range(self.world.skills)
        ]

    def teams(self) -> list[Row]:
        """All teams."""
        return [self._owned(directory.team(self.world, index)) for index in range(self.world.teams)]

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
        window = self._window(start, end)
        return [
            {
                "agentId": self.world.agent_id(agent),
                "teamId": self.world.team_id(self.world.team_of(agent)),
                **performance(activity.work(self.world, (agent,), spans)),
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
        window = self._window(start, end)
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
        window = self._window(start, end)
        return [
            {**summary(self.world, skill, activity.load(self.world, skill, spans)), **window}
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
        rows = [self._owned(row) for row in contacts.rows(self.world, begun, seen)]
        if version <= LAST_VERSION_WITHOUT_NULL:
            for row in rows:
                row.update((name, "") for name in _NULLABLE_TEXT if row[name] is None)
        return rows

    def reports(self) -> list[Row]:
        """The reports the API lists: custom ones, and data downloads if it lists them."""
        return reports.listed(self.world.business_unit, downloads=self.lists_downloads)

    def custom_report(self, report_id: int) -> Table:
        """A custom report as a correct reader delivers it: plain text, the header as written."""
        return reports.custom(self.world, report_id)

    def data_download(
        self,
        report_id: int,
        start: Moment,
        end: Moment,
        now: Moment | None = None,
        hidden: Iterable[tuple[Moment, Moment]] | None = None,
    ) -> Table:
        """A data download, likewise; rows of adjoining windows add up. Arguments as for agents."""
        window, seen = (to_ms(start), to_ms(end)), self._now(now)
        return downloads.table(self.world, report_id, window, seen, self._hidden(hidden))

    def of(
        self,
        stream: str,
        start: Moment | None = None,
        end: Moment | None = None,
    ) -> list[Row]:
        """The rows of any stream of the menu: of a list, or of a window."""
        if stream in LISTS:
            return [self._owned(row) for row in LISTS[stream](self.world)]
        if start is None or end is None:
            rows: list[Row] = getattr(self, stream)()
            return rows
        if stream in HISTORIES:
            window = (to_ms(start), to_ms(end))
            hidden = tuple(self._hidden(None))
            found = history(stream, self.world, window, self._now(None), hidden)
            return [self._owned(row) for row in found]
        dated: list[Row] = getattr(self, stream)(start, end)
        return dated

    def _team_rows(self, spans: list[Span]) -> Iterator[Row]:
        for team in range(self.world.teams if spans else 0):
            members = self.world.members(team)
            facts = activity.work(self.world, members, spans)
            yield {
                "teamId": self.world.team_id(team),
                **performance(facts),
                "totalAvgHandled": mean(facts.inbound + facts.outbound, len(members)),
                "avgAvailableTime": mean(facts.available, len(members)) / 1000,
                "avgUnavailableTime": mean(facts.unavailable, len(members)) / 1000,
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

    def _owned(self, row: Row) -> Row:
        return {"businessUnitId": self.world.business_unit, **row}

    def _window(self, start: Moment, end: Moment) -> Row:
        return {
            "businessUnitId": self.world.business_unit,
            "startDate": format_second(to_ms(start)),
            "endDate": format_second(to_ms(end)),
        }


_NULLABLE_TEXT = ("digitalContactStateName", "mediaSubTypeName")
