"""The reports that take dates: a few families, and a short declaration for each stream."""

from source_incontact.reports.contacts import Contacts
from source_incontact.reports.summaries import (
    AgentPerformance,
    SkillSummaries,
    TeamPerformanceTotals,
)

DATED_REPORTS = (AgentPerformance, TeamPerformanceTotals, SkillSummaries, Contacts)
"""Every dated report, in the order of the catalog."""

__all__ = ["DATED_REPORTS"]
