"""The vendor's API below ``services/vN.0/``: one function per path, and the table that names them.

A new path is one line in ``ROUTES``. A handler gets a ``Call`` and returns an ``Answer``; it may
raise ``Refused`` to answer with an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.sandbox import contacts, directory, report_api, wire
from integration_tests.sandbox.answers import Answer, no_content
from integration_tests.sandbox.calls import Call, window
from integration_tests.sandbox.clock import format_ms
from integration_tests.sandbox.endpoints import ENDPOINTS
from integration_tests.sandbox.lists import LISTS
from integration_tests.sandbox.paged import envelope, links, page_asked
from integration_tests.sandbox.truth import quarter_span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from integration_tests.sandbox.fields import Row
    from integration_tests.sandbox.pages import Page
    from integration_tests.sandbox.world import World

LOWEST_VERSION, HIGHEST_VERSION = 17, 35
AUTH_GUID = "c3a1f0de-5b7e-4f0c-9a43-9d1f6f3f2b11"
"""A secret of the business unit, which must never show."""
LIST_TOP = 50
"""Rows of a page of a list if ``top`` is absent (L)."""
CONTACTS_TOP = 1000
"""Rows of a page of contacts if ``top`` is absent (S)."""


def _rows(row_of: Callable[[World, int], Row], call: Call, page: Page) -> list[Row]:
    return [dict(row_of(call.state.world, index)) for index in page.rows]


def agents(call: Call) -> Answer:
    """All agents; past the end 204 (A)."""
    page = page_asked(call, call.state.world.agents, LIST_TOP)
    if not page.rows:
        return no_content()
    rows = wire.agents(_rows(directory.agent, call, page), call.version)
    return Answer(payload=envelope(call, page, "agents", rows, hiddenAgents=0))


def skills(call: Call) -> Answer:
    """All skills; past the end an empty list (A)."""
    page = page_asked(call, call.state.world.skills, LIST_TOP)
    return Answer(payload=envelope(call, page, "skills", _rows(directory.skill, call, page)))


def teams(call: Call) -> Answer:
    """All teams; past the end an empty list (A)."""
    page = page_asked(call, call.state.world.teams, LIST_TOP)
    return Answer(payload=envelope(call, page, "teams", _rows(directory.team, call, page)))


def campaigns(call: Call) -> Answer:
    """All campaigns: in ``resultSet`` up to version 30 (L), flat and without links later (S)."""
    page = page_asked(call, call.state.world.campaigns, LIST_TOP)
    rows = call.chosen_fields(wire.campaigns(_rows(directory.campaign, call, page), call.version))
    number = call.state.world.business_unit
    flat: Row = {"businessUnitId": number, "totalRecords": page.total, "campaigns": rows}
    if call.version > wire.LAST_WRAPPED_CAMPAIGNS:
        return Answer(payload=flat)
    return Answer(payload={"resultSet": {"_links": links(call, page), **flat}})


def contact_log(call: Call) -> Answer:
    """Contacts that began in a window, in order of time; past the end 204 (A)."""
    start, end = window(call, quarter_hours=False)
    state, now = call.state, call.state.clock.now()
    hidden = [quarter_span(low, high) for low, high in state.hidden]
    begun = contacts.begun(state.world, start, end, now, hidden)
    page = page_asked(call, len(begun), CONTACTS_TOP)
    if not page.rows:
        return no_content()
    rows = wire.contacts(
        contacts.rows(state.world, begun[page.rows.start : page.rows.stop], now), call.version
    )
    payload = envelope(call, page, "contacts", rows)
    is_wrapped = call.version <= wire.LAST_WRAPPED_CONTACTS
    return Answer(payload={"resultSet": payload} if is_wrapped else payload)


def _summary(call: Call, key: str, rows: Sequence[Row]) -> Answer:
    return Answer(payload={key: call.chosen_fields(list(rows))}) if rows else no_content()


def agent_performance(call: Call) -> Answer:
    """One row per agent and window (L); 204 if the window has no facts (A)."""
    days = window(call, quarter_hours=True)
    rows = call.state.truth().agent_performance(*days)
    return _summary(call, "agentPerformance", wire.performance("agent_performance", rows))


def team_performance_total(call: Call) -> Answer:
    """One row per team and window (L); 204 if the window has no facts (A)."""
    days = window(call, quarter_hours=True)
    rows = call.state.truth().team_performance_totals(*days)
    return _summary(call, "teamPerformanceTotal", wire.performance("team_performance_totals", rows))


def skill_summary(call: Call) -> Answer:
    """One row per skill and window (L); 204 if the window has no facts (A)."""
    days = window(call, quarter_hours=True)
    rows = call.state.truth().skill_summaries(*days)
    return _summary(call, "skillSummaries", wire.skill_summaries(rows))


def business_unit(call: Call) -> Answer:
    """The business unit: the cheapest call there is (L)."""
    [unit] = LISTS["business_units"](call.state.world)
    return Answer(payload={"businessUnits": [{**unit, "authGUID": AUTH_GUID}]})


def server_time(call: Call) -> Answer:
    """The sandbox's now (S; key A)."""
    return Answer(payload={"ServerTime": format_ms(call.state.clock.now())})


def api_version(call: Call) -> Answer:
    """The versions that serve a path (S for path, parameter and keys; nobody has seen it live)."""
    wanted = call.query.get("searchUriText", "").lower()
    first = {path: LOWEST_VERSION for _, path in ROUTES}
    first.update((one.path, max(one.since, LOWEST_VERSION)) for one in ENDPOINTS)
    listed = [
        {"uri": f"/{path}", "version": f"v{number}.0", "verb": "GET"}
        for path, since in first.items()
        if wanted in path
        for number in range(since, HIGHEST_VERSION + 1)
    ]
    return Answer(payload={"apiInfo": listed})


ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "agents"): agents,
    ("GET", "agents/performance"): agent_performance,
    ("GET", "apiversion"): api_version,
    ("GET", "business-unit"): business_unit,
    ("GET", "campaigns"): campaigns,
    ("GET", "contacts"): contact_log,
    ("GET", "files"): report_api.files,
    ("GET", "report-jobs/{jobId}"): report_api.job,
    ("POST", "report-jobs/{reportId}"): report_api.start_job,
    ("POST", "report-jobs/datadownload/{reportId}"): report_api.data_download,
    ("GET", "reports"): report_api.reports,
    ("GET", "server-time"): server_time,
    ("GET", "skills"): skills,
    ("GET", "skills/summary"): skill_summary,
    ("GET", "teams"): teams,
    ("GET", "teams/performance-total"): team_performance_total,
    **{("GET", one.path): one.serve for one in ENDPOINTS},
}
"""Verb and lower-case path below the version, to handler; ``{..}`` stands for any one segment."""


def handler_of(method: str, path: str) -> tuple[Callable[[Call], Answer], str] | None:
    """Who answers a path, and what stands in place of its ``{..}``; ``None`` if nobody does."""
    if handler := ROUTES.get((method, path)):
        return handler, ""
    before, _, item = path.rpartition("/")
    for (verb, route), handler in ROUTES.items():
        parent, _, last = route.rpartition("/")
        if verb == method and parent == before and last.startswith("{"):
            return handler, item
    return None
