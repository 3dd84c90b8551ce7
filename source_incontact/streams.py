"""The reports that take dates, one declaration each. Those that are lists are in manifest.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from source_incontact.families.json_report import JsonReport
from source_incontact.families.rows import is_open_contact

if TYPE_CHECKING:
    from collections.abc import Mapping


class SummaryReport(JsonReport):
    """Rows that sum up a window and carry no dates of their own [L]; the connector adds them."""

    interval = None
    stamped = True
    keyed_by_window = True
    cursor_field = "startDate"


class AgentPerformance(SummaryReport):
    """What each agent handled and how the time went, one row per agent, team and window."""

    endpoint = "agents/performance"
    title = "Agent Performance Report"
    is_standard = True
    records_key = "agentPerformance"
    key = ("agentId", "teamId", "startDate")


class TeamPerformanceTotals(SummaryReport):
    """The same for each team as a whole, one row per team and window."""

    endpoint = "teams/performance-total"
    title = "Team Performance totals"
    is_standard = True
    records_key = "teamPerformanceTotal"
    key = ("teamId", "startDate")


class SkillSummaries(SummaryReport):
    """Offered, handled, abandoned and service level, one row per skill and window."""

    endpoint = "skills/summary"
    title = "Skill Summaries Report"
    is_standard = True
    records_key = "skillSummaries"
    key = ("skillId", "startDate")


class Contacts(JsonReport):
    """Every contact that began in the window, ended or still active."""

    endpoint = "contacts"
    title = "Contacts"
    is_standard = True
    records_key = ("contacts", "completedContacts")  # the second by some tenants [L]
    key = ("contactId",)
    cursor_field = "contactStartDate"
    order_by = "contactStartDate asc"  # [A 40]
    paged = True
    is_open = staticmethod(is_open_contact)
    renames: ClassVar[Mapping[str, str]] = {  # old name (to v23) to new name (from v27) [L]
        "contactStart": "contactStartDate",
        "confSeconds": "conferenceSeconds",
        "fromAddr": "fromAddress",
        "toAddr": "toAddress",
        "mediaType": "mediaTypeId",
        "state": "stateName",
    }


DATED_REPORTS: tuple[type[JsonReport], ...] = (
    AgentPerformance,
    TeamPerformanceTotals,
    SkillSummaries,
    Contacts,
)
"""Every dated report, in the order of the catalog."""
