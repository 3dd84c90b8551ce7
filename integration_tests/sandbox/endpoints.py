"""The endpoints of the further streams: one row each, and the handler that serves them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox import contacts
from integration_tests.sandbox.answers import Answer, no_content, refusal
from integration_tests.sandbox.calls import Call, Refused, instant, window
from integration_tests.sandbox.fields import FIELDS
from integration_tests.sandbox.histories import history
from integration_tests.sandbox.lists import LISTS
from integration_tests.sandbox.paged import envelope, page_asked
from integration_tests.sandbox.truth import quarter_span
from integration_tests.sandbox.wire import duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integration_tests.sandbox.fields import Row

DEFAULT_TOP = 100


@dataclass(frozen=True)
class Endpoint:
    """How a stream's rows are served.

    Attributes:
        stream: Whose rows.
        path: Below the API version, in lower case.
        key: The envelope's key for the rows.
        pages: Whether ``skip`` and ``top`` do something.
        counts: Whether the envelope has ``totalRecords`` and links.
        since: The first version that knows the path.
        old_key: The key up to version 22; ``resultSet`` wraps the envelope then.
        old_names: Names of fields up to version 22.
        pascal: Whether fields begin with a capital.
        texts: Fields that are text on the wire.
        added: Fields that are not on the wire.
    """

    stream: str
    path: str
    key: str
    pages: bool = False
    counts: bool = False
    since: int = 0
    old_key: str = ""
    old_names: Mapping[str, str] = field(default_factory=dict)
    pascal: bool = False
    texts: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()

    def serve(self, call: Call) -> Answer:
        """Answer a request."""
        if call.version < self.since:
            raise Refused(refusal(f"No resource answers GET {self.path}", status=404))
        rows = [self._write(row, call.version) for row in self._rows(call)]
        is_old = call.version <= LAST_OLD and bool(self.old_key or self.old_names)
        key = self.old_key if is_old and self.old_key else self.key
        if self.pages:
            page = page_asked(call, len(rows), DEFAULT_TOP)
            rows = rows[page.rows.start : page.rows.stop]
            if not rows:
                return no_content()
            payload = envelope(call, page, key, rows)
            if not self.counts:
                del payload["totalRecords"]
        elif not rows:
            return no_content()
        else:
            payload = {key: call.chosen_fields(rows)}
        return Answer(payload={"resultSet": payload} if is_old else payload)

    def _rows(self, call: Call) -> list[Row]:
        state = call.state
        if self.stream in LISTS:
            return _nested(LISTS[self.stream](state.world), self.stream)
        hidden = [quarter_span(low, high) for low, high in state.hidden]
        if call.query.get("updatedSince"):
            since = instant(call, "updatedSince")
            rows = contacts.completed(state.world, None, since, state.clock.now(), tuple(hidden))
            if call.fault.get("unordered"):
                call.note("unordered")
                return sorted(rows, key=lambda row: str(row["contactId"])[::-1])
            return rows
        days = window(call, quarter_hours=False)
        return history(self.stream, state.world, days, state.clock.now(), tuple(hidden))

    def _write(self, row: Row, version: int) -> Row:
        kinds = FIELDS[self.stream]
        written: Row = {}
        for name, value in row.items():
            if name in self.added:
                continue
            shown: Any = value
            if kinds.get(name) == "duration" and value is not None:
                shown = duration(value)
            elif name in self.texts and value is not None:
                shown = str(value)
            spelled = self.old_names.get(name, name) if version <= LAST_OLD else name
            written[spelled[0].upper() + spelled[1:] if self.pascal else spelled] = shown
        return written


LAST_OLD = 22


def _nested(rows: list[Row], stream: str) -> list[Row]:
    """Pairs of dispositions and skills as the vendor nests them."""
    if stream != "disposition_skills":
        return rows
    parents: dict[int, Row] = {}
    inner = ("skillId", "mediaTypeId", "mediaTypeName")
    for row in rows:
        parent = {name: value for name, value in row.items() if name not in inner}
        children = parents.setdefault(row["dispositionId"], {**parent, "skills": []})["skills"]
        children.append({name: row[name] for name in inner})
    return list(parents.values())


_WINDOW = frozenset({"startDate", "endDate"})
_OLD_CODES = {"id": "outStateId", "name": "outStateName", "agentTimeout": "agentTimeoutMins"}

ENDPOINTS = (
    Endpoint(
        "contacts_completed", "contacts/completed", "completedContacts", pages=True, counts=True
    ),
    Endpoint("dispositions", "dispositions", "dispositions", pages=True, counts=True),
    Endpoint(
        "disposition_classifications", "dispositions/classifications", "classificationResults"
    ),
    Endpoint("disposition_skills", "dispositions/skills", "dispositions"),
    Endpoint(
        "unavailable_codes",
        "unavailable-codes",
        "unavailableCodes",
        pages=True,
        counts=True,
        old_names=_OLD_CODES,
    ),
    Endpoint("points_of_contact", "points-of-contact", "pointsOfContact", pages=True, pascal=True),
    Endpoint("agent_skills", "agents/skills", "agentSkillAssignments", pages=True, counts=True),
    Endpoint(
        "contact_states", "contact-state-descriptions", "contactStateDescriptions", pascal=True
    ),
    Endpoint("media_types", "media-types", "mediaTypes"),
    Endpoint("tags", "tags", "tags"),
    Endpoint("groups", "groups", "groups"),
    Endpoint(
        "agent_state_history",
        "agents/state-history",
        "agentStateHistory",
        pages=True,
        counts=True,
        since=24,
    ),
    Endpoint(
        "contact_state_history",
        "contacts/state-history",
        "contactStateHistory",
        pages=True,
        counts=True,
        since=24,
        texts=frozenset({"contactId", "digitalContactStateId"}),
    ),
    Endpoint(
        "contact_custom_data",
        "contacts/custom-data",
        "ContactCustomData",
        pages=True,
        since=24,
        added=frozenset({"occurrence", "windowStart"}),
    ),
    Endpoint(
        "skill_sla_summaries",
        "skills/sla-summary",
        "serviceLevelSummaries",
        pages=True,
        counts=True,
        added=_WINDOW,
    ),
    Endpoint(
        "wfm_skill_contacts", "wfm-data/skills/contacts", "contactStats", old_key="wfoContactStats"
    ),
    Endpoint(
        "wfm_skill_dialer_contacts",
        "wfm-data/skills/dialer-contacts",
        "outboundStats",
        old_key="wfoOutboundStats",
    ),
    Endpoint("wfm_agent_performance", "wfm-data/skills/agent-performance", "skillsPerformance"),
    Endpoint(
        "wfm_agent_scorecards",
        "wfm-data/agents/scorecards",
        "wfmScorecardStats",
        old_key="wfoScorecardStats",
    ),
)
