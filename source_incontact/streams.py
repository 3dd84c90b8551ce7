"""The reports that take dates, one declaration each. Those that are lists are in manifest.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from source_incontact.api.envelopes import ONLY_LIST
from source_incontact.families.change_report import ChangeReport
from source_incontact.families.extraction_report import ExtractionReport
from source_incontact.families.json_report import JsonReport
from source_incontact.families.rows import is_open_contact
from source_incontact.families.segment_report import SegmentReport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_incontact.families.report import MenuReport


class SummaryReport(JsonReport):
    """Rows that sum up a window and carry no dates of their own [L]; the connector adds them."""

    interval = None
    stamps: ClassVar[Mapping[str, str]] = {"startDate": "start", "endDate": "end"}
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


class ContactRows(JsonReport):
    """Rows of which each is one contact."""

    key = ("contactId",)
    paged = splits = True
    renames: ClassVar[Mapping[str, str]] = {
        # Names of fields up to version 23, and from version 27 on [L].
        "contactStart": "contactStartDate",
        "confSeconds": "conferenceSeconds",
        "fromAddr": "fromAddress",
        "toAddr": "toAddress",
        "mediaType": "mediaTypeId",
        "state": "stateName",
    }


class Contacts(ContactRows):
    """Every contact that began in the window, ended or still active."""

    endpoint = "contacts"
    records_key = ("contacts", "completedContacts")  # the second by some tenants [L]
    cursor_field = "contactStartDate"
    is_standard = is_ordered = True
    is_open = staticmethod(is_open_contact)


class ContactsCompleted(ChangeReport, ContactRows):
    """Ended contacts, those that were updated since the last sync."""

    endpoint = "contacts/completed"
    title = "Completed Contacts"
    records_key = ("completedContacts", "contacts")
    cursor_field = "lastUpdateTime"
    least_lookback_days = 2


class History(JsonReport):
    """What happened in the window, maybe more than the API gives at once, and known late."""

    paged = halves = True
    least_lookback_days = 2


class StateHistory(History):
    """States by the time at which they began."""

    cursor_field = "startDate"
    splits = True


class AgentStateHistory(StateHistory):
    """Each state of each agent, from its start on; a state that lasts has no final duration."""

    endpoint = "agents/state-history"
    records_key = "agentStateHistory"
    key = ("agentId", "startDate", "stateIndex")
    least_lookback_days = 0
    renames: ClassVar[Mapping[str, str]] = {"isNaturualCalling": "isNaturalCalling"}


class ContactStateHistory(StateHistory):
    """Each state of each contact."""

    endpoint = "contacts/state-history"
    records_key = "contactStateHistory"
    key = ("contactId", "stateIndex")


class ContactCustomData(History):
    """The values that scripts set on each contact; the response counts nothing."""

    endpoint = "contacts/custom-data"
    records_key = "ContactCustomData"
    key = ("contactId", "name", "occurrence")
    cursor_field = "windowStart"
    stamps: ClassVar[Mapping[str, str]] = {"windowStart": "start"}


class SkillSlaSummaries(SummaryReport):
    """Contacts within and out of the service level, one row per skill and window."""

    endpoint = "skills/sla-summary"
    title = "Skill SLA Summary"
    records_key = "serviceLevelSummaries"
    key = ("skillId", "startDate")
    paged = True


class WfmReport(JsonReport):
    """Figures by interval for workforce planning: whole UTC days, never paged or counted."""

    permission = "Reporting API, view of all teams and skills (WFM data)"
    utc_days = True
    halves = True


class WfmSkillContacts(WfmReport):
    """Offered, handled and abandoned contacts of each skill and interval."""

    endpoint = "wfm-data/skills/contacts"
    title = "WFM Skill Contacts"
    records_key = ("contactStats", "wfoContactStats", ONLY_LIST)
    key = ("skillId", "intervalStartDate", "mediaTypeId")
    cursor_field = "intervalStartDate"


class WfmSkillDialerContacts(WfmReport):
    """Dials and connects of each outbound skill and interval."""

    endpoint = "wfm-data/skills/dialer-contacts"
    title = "WFM Skill Dialer Contacts"
    records_key = ("outboundStats", "wfM_OB_StatsV9", "wfoOutboundStats", ONLY_LIST)
    key = ("skillId", "intervalStartDate")
    cursor_field = "intervalStartDate"


class WfmAgentPerformance(WfmReport):
    """What each agent handled of each skill in each half hour."""

    endpoint = "wfm-data/skills/agent-performance"
    title = "WFM Agent Performance"
    records_key = ("skillsPerformance", ONLY_LIST)
    key = ("skillId", "agentId", "halfHour")
    cursor_field = "halfHour"


class WfmAgentScorecards(WfmReport):
    """How each agent's time went in each interval."""

    endpoint = "wfm-data/agents/scorecards"
    title = "WFM Agent Scorecards"
    records_key = ("wfmScorecardStats", "wfoScorecardStats", ONLY_LIST)
    key = ("agentId", "startDate")
    cursor_field = "startDate"


class RecordingMetadata(ExtractionReport):
    """What is known of each recorded segment, its media left out."""

    entity, version = "recording-interaction-metadata", "10"
    key = ("Segment ID",)
    permission = "Search & Playback, APIs: Extract Interaction Metadata (Recording licence)"
    least_lookback_days = 2


class QmWorkflows(ExtractionReport):
    """Quality evaluations by the day of their submission; disputes change them later."""

    entity, version = "qm-workflows", "4"
    title = "QM Workflows"
    key = ("Workflow ID",)
    permission = "QM Tools, Data Extraction APIs: QM Workflow API (QM licence)"
    least_lookback_days = 14


class QmQuestions(ExtractionReport):
    """The answers of each evaluation."""

    entity, version = "qm-questions", "1"
    title = "QM Questions"
    key = ("workflowinstanceId", "questionId")
    permission = "QM Tools, Data Extraction APIs: QM Workflow API (QM licence)"
    least_lookback_days = 14


class InteractionSegments(SegmentReport):
    """What Interaction Analytics made of each segment, by the time of its first analysis."""

    endpoint = "interaction-analytics-gateway/v2/segments/analyzed"
    records_key = "interactions"
    key = ("segmentId",)
    cursor_field = "firstAnnotatedAt"
    least_lookback_days = 7


DATED_REPORTS: tuple[type[MenuReport], ...] = (
    AgentPerformance,
    TeamPerformanceTotals,
    SkillSummaries,
    Contacts,
    ContactsCompleted,
    AgentStateHistory,
    ContactStateHistory,
    ContactCustomData,
    SkillSlaSummaries,
    WfmSkillContacts,
    WfmSkillDialerContacts,
    WfmAgentPerformance,
    WfmAgentScorecards,
    RecordingMetadata,
    QmWorkflows,
    QmQuestions,
    InteractionSegments,
)
"""Every dated report, in the order of the catalog."""
