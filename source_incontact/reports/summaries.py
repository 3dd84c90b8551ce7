"""Summary reports: one answer holds every row of a window; the window is stamped on each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_incontact.api.bodies import payload_of
from source_incontact.api.paging import Page
from source_incontact.failures import transient_error
from source_incontact.reports.base import DatedReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

    import requests


class SummaryReport(DatedReport):
    """Rows that sum up a window. They carry no dates of their own [L]; the connector adds them."""

    cursor_field = "startDate"

    def read_window(self, window: Mapping[str, Any]) -> Iterable[MutableMapping[str, Any]]:
        """All rows of one window, from its single answer."""
        _, response = self._fetch_next_page(window)
        records = list(self.parse_response(response, stream_slice=window))
        self._prove(Page.of(payload_of(response), records))
        return records

    def _prove(self, page: Page[MutableMapping[str, Any]]) -> None:
        """These reports are not paged [S]; should one be after all, its rest must not be missed."""
        total = page.total if page.total is not None else len(page.rows)
        if total != len(page.rows) or page.unreadable or page.has_next:
            raise transient_error(
                f"The answer holds {len(page.rows)} rows and says that there are more. This report "
                "is not known to come in pages; please report this to the connector's makers."
            )
        keys = [[record.get(field) for field in self.key] for record in page.rows]
        if len(set(map(repr, keys))) < len(keys) or any(None in key for key in keys):
            raise transient_error(
                f"The answer holds rows without a {', '.join(self.key[:-1])} of their own, which a "
                "warehouse could not tell apart. Run the sync again; if it keeps failing, ask NICE."
            )

    def parse_response(
        self,
        response: requests.Response,
        *,
        stream_slice: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> Iterable[MutableMapping[str, Any]]:
        """The typed records of a window, with its start and end."""
        window = stream_slice or {}
        for record in super().parse_response(response, stream_slice=stream_slice):
            record["startDate"] = window["start"]
            record["endDate"] = window["end"]
            yield record


class AgentPerformance(SummaryReport):
    """What each agent handled and how the time went, one row per agent, team and window."""

    report_path = "agents/performance"
    rows_key = "agentPerformance"
    key = ("agentId", "teamId", "startDate")


class TeamPerformanceTotals(SummaryReport):
    """The same for each team as a whole, one row per team and window."""

    report_path = "teams/performance-total"
    rows_key = "teamPerformanceTotal"
    key = ("teamId", "startDate")


class SkillSummaries(SummaryReport):
    """Offered, handled, abandoned and service level, one row per skill and window."""

    report_path = "skills/summary"
    rows_key = "skillSummaries"
    key = ("skillId", "startDate")
