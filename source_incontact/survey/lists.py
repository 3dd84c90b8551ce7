"""Looks at the lists of a tenant, and at what it says of its API."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from source_incontact.families.lists import PAGE_SIZE
from source_incontact.survey.findings import Seen, differs, either, holds, unknown
from source_incontact.survey.rows_seen import value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from source_incontact.survey.tenant import Response, Tenant


def agents_of(tenant: Tenant) -> Response:
    """The first page of agents, as a sync asks for it."""
    return tenant.ask("agents", {"skip": "0", "top": str(PAGE_SIZE)})


def counts(tenant: Tenant) -> Seen:
    """Compare the rows of a list with its count."""
    response = agents_of(tenant)
    rows = len(response.rows("agents"))
    total = response.payload.count("totalRecords") if response.payload else None
    if total is None:
        return unknown("the list of agents states no count")
    if rows >= PAGE_SIZE or (response.payload and response.payload.has_next):
        return unknown(f"more than the {rows} agents of one page; the count is {total}")
    hidden = (response.payload.count("hiddenAgents") or 0) if response.payload else 0
    return either(
        total in {rows, rows + hidden},
        f"{rows} agents, counted as {total}, {hidden} of them hidden",
        f"{rows} agents came, but the count is {total} and {hidden} are hidden",
    )


def paging(tenant: Tenant) -> Seen:
    """Ask for the second agent alone."""
    first = agents_of(tenant).rows("agents")
    if len(first) < 2:  # noqa: PLR2004 - two rows are needed to compare
        return unknown("fewer than two agents can be seen")
    page = tenant.ask("agents", {"skip": "1", "top": "1"}).rows("agents")
    return either(
        len(page) == 1 and page[0] == first[1],
        "skip=1 and top=1 gave the second row alone",
        f"skip=1 and top=1 gave {len(page)} rows, and not the second one",
    )


def agent_skills(tenant: Tenant) -> Seen:
    """Ask for assignments without a filter."""
    response = tenant.ask("agents/skills", {"skip": "0", "top": str(PAGE_SIZE)})
    if response.status == HTTPStatus.BAD_REQUEST:
        return differs("the plain list is rejected (400)")
    return holds(
        f"{len(response.rows(('agentSkillAssignments', '*')))} assignments without a filter"
    )


def inactive_rows(tenant: Tenant) -> Seen:
    """Look for inactive rows in a list, and ask for them alone."""
    page = {"skip": "0", "top": str(PAGE_SIZE)}
    rows = tenant.rows("dispositions", "dispositions", page)
    inactive = sum(str(value_of(row, "isActive")).lower() == "false" for row in rows)
    if inactive:
        return holds(f"{inactive} of {len(rows)} dispositions are inactive")
    alone = tenant.rows("dispositions", "dispositions", {**page, "isActive": "false"})
    hidden = sum(str(value_of(row, "isActive")).lower() == "false" for row in alone)
    if not hidden:
        return unknown("no disposition is inactive")
    return differs(f"{hidden} inactive dispositions come only if they are asked for")


def one_response(tenant: Tenant) -> Seen:
    """Look for a count or a link in a list that is not paged."""
    return is_whole(tenant.ask("tags"), ("tags", "*"), "tags")


def is_whole(response: Response, keys: str | Sequence[str], what: str) -> Seen:
    """Whether nothing speaks of rows beyond those of a response."""
    rows = len(response.rows(keys))
    total = response.payload.count("totalRecords") if response.payload else None
    links = bool(response.payload and response.payload.has_next)
    return either(
        not links and (total is None or total <= rows),
        f"{rows} {what} in one response, no further page",
        f"{rows} {what} came; the count is {total}, a next page is {'' if links else 'not '}linked",
    )


def versions(tenant: Tenant) -> Seen:
    """Ask which versions offer a path."""
    response = tenant.ask("apiversion", {"searchUriText": "contacts", "verb": "GET"})
    if response.status == HTTPStatus.NOT_FOUND:
        return differs("apiversion answered 404")
    response.require_success()
    return either(
        bool(response.payload and response.payload.has_rows("apiInfo")),
        "apiversion lists versions under apiInfo",
        "apiversion has no list apiInfo",
    )
