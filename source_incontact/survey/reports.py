"""Looks at the reports of a tenant: their windows, their order and their values."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING

from source_incontact.families.json_report import PAGE_SIZE
from source_incontact.records import duration_seconds
from source_incontact.streams import Contacts, ContactsCompleted, SkillSummaries
from source_incontact.survey.findings import Seen, differs, either, holds, unknown
from source_incontact.survey.lists import agents_of, is_whole
from source_incontact.survey.rows_seen import moments_of, value_of
from source_incontact.windows.days import from_wire, to_moment, to_wire

if TYPE_CHECKING:
    from source_incontact.survey.tenant import Response, Row, Tenant

CONTACTS, _COMPLETED = Contacts.records_key, ContactsCompleted.records_key
_LONG_AGO = {"startDate": "2001-01-01T00:00:00Z", "endDate": "2001-01-02T00:00:00Z"}
_WHOLE_PAGE = {"skip": "0", "top": str(PAGE_SIZE)}
SECOND = timedelta(seconds=1)
_OLD = 700
"""Days ago; contact summaries are said to be kept for 25 months."""


def contacts_of(tenant: Tenant) -> Response:
    """Yesterday's contacts, in the order that a sync asks for if that is not rejected."""
    response = _ordered_contacts(tenant)
    if response.status != HTTPStatus.BAD_REQUEST:
        return response
    return tenant.ask(Contacts.endpoint, {**tenant.days_ago(1.25), **_WHOLE_PAGE})


def _ordered_contacts(tenant: Tenant) -> Response:
    order = {"orderBy": Contacts.order_by}
    return tenant.ask(Contacts.endpoint, {**tenant.days_ago(1.25), **_WHOLE_PAGE, **order})


def window_ends(tenant: Tenant) -> Seen:
    """Ask for the second before and the second after a contact began."""
    moments = moments_of(contacts_of(tenant).rows(CONTACTS), "contactStartDate")
    if not moments:
        return unknown("no contact began yesterday")
    moment = moments[0].replace(microsecond=0) + SECOND
    ends = {"startDate": to_wire(moment - 2 * SECOND), "endDate": to_wire(moment)}
    begins = {"startDate": to_wire(moment), "endDate": to_wire(moment + SECOND)}
    span = {"startDate": ends["startDate"], "endDate": begins["endDate"]}
    parts = sum(
        len(tenant.ask(Contacts.endpoint, {**part, "skip": "0", "top": "3000"}).rows(CONTACTS))
        for part in (ends, begins)
    )
    whole = len(tenant.ask(Contacts.endpoint, {**span, "skip": "0", "top": "3000"}).rows(CONTACTS))
    return either(
        parts >= whole > 0,
        f"two adjoining windows gave {parts} rows, the window of both {whole}",
        f"two adjoining windows gave {parts} rows, but the window of both {whole}",
    )


def no_rows(tenant: Tenant) -> Seen:
    """Ask for a day on which nothing can have been."""
    response = tenant.ask(Contacts.endpoint, {**_LONG_AGO, "skip": "0", "top": "1"})
    if response.status == HTTPStatus.NO_CONTENT:
        return holds("a day without rows is answered 204")
    if response.kind == "empty" and response.status == HTTPStatus.OK:
        return differs(f"a day without rows is answered {response.status} with no body")
    rows = response.rows(CONTACTS)
    return either(
        not rows,
        f"a day without rows is answered {response.status} with an empty list",
        f"{len(rows)} rows for a day in 2001",
    )


def page_sizes(tenant: Tenant) -> Seen:
    """Ask for the pages that a sync asks for."""
    agents, contacts = agents_of(tenant), contacts_of(tenant)
    statuses = {agents.status, contacts.status}
    if HTTPStatus.BAD_REQUEST in statuses:
        refused = "contacts" if contacts.status == HTTPStatus.BAD_REQUEST else "agents"
        return differs(f"the page size that {refused} are asked with is rejected (400)")
    rows = [len(agents.rows("agents")), len(contacts.rows(CONTACTS))]
    return holds(f"pages of {rows[0]} agents and {rows[1]} contacts came")


def _skills(tenant: Tenant) -> Response:
    return tenant.ask(SkillSummaries.endpoint, tenant.days_ago(1.25))


def unpaged_summaries(tenant: Tenant) -> Seen:
    """Look for a count or a link in a summary."""
    return is_whole(_skills(tenant), SkillSummaries.records_key, "skills")


def seconds(tenant: Tenant) -> Seen:
    """Look at how durations are written."""
    values = [
        value_of(row, "averageHandleTime")
        for row in _skills(tenant).rows(SkillSummaries.records_key)
    ]
    written = {_form_of(value) for value in values if value not in {None, ""}}
    if not written:
        return unknown("no skill has a handle time")
    said = ", ".join(sorted(written))
    return either("other text" not in written, f"written as {said}", f"written as {said}")


def _form_of(value: object) -> str:
    if isinstance(value, (int, float)):
        return "a number"
    text = str(value)
    if text.replace(".", "", 1).isdecimal():
        return "a number in text"
    return "other text" if duration_seconds(text) is None else "an ISO 8601 duration"


def month(tenant: Tenant) -> Seen:
    """Ask a summary for thirty days at once."""
    response = tenant.ask(SkillSummaries.endpoint, tenant.days_ago(31, 30))
    if response.status == HTTPStatus.BAD_REQUEST:
        return differs("a window of 30 days is rejected (400)")
    return holds(
        f"a window of 30 days gave {len(response.rows(SkillSummaries.records_key))} skills"
    )


def open_contacts(tenant: Tenant) -> Seen:
    """Look for the fields that tell whether a contact has ended."""
    rows = contacts_of(tenant).rows(CONTACTS)
    if not rows:
        return unknown("no contact began yesterday")
    active = sum(isinstance(value_of(row, "isActive"), bool) for row in rows)
    states = sum(bool(value_of(row, "stateName") or value_of(row, "state")) for row in rows)
    return either(
        active + states > 0,
        f"of {len(rows)} contacts {active} have isActive and {states} a state's name",
        f"of {len(rows)} contacts none has isActive or a state's name",
    )


def order_of_contacts(tenant: Tenant) -> Seen:
    """Look whether contacts come in the order asked for."""
    response = _ordered_contacts(tenant)
    if response.status == HTTPStatus.BAD_REQUEST:
        return differs("orderBy=contactStartDate asc is rejected (400)")
    return ascending(moments_of(response.rows(CONTACTS), "contactStartDate"), "contacts")


def ascending(moments: list[datetime], what: str) -> Seen:
    """Whether instants ascend."""
    steps = list(pairwise(moments))
    if not any(earlier != later for earlier, later in steps):
        return unknown(f"fewer than two {what} of different times")
    back = sum(later < earlier for earlier, later in steps)
    return either(
        not back,
        f"{len(moments)} {what} in ascending order",
        f"of {len(moments)} {what} {back} are older than the one before",
    )


def completed_by_start(tenant: Tenant) -> Seen:
    """Look whether completed contacts of a day began on it."""
    window = tenant.days_ago(1.25)
    rows = tenant.rows(
        ContactsCompleted.endpoint, _COMPLETED, {**window, "skip": "0", "top": "1000"}
    )
    return inside(moments_of(rows, "contactStartDate"), window, "completed contacts")


def inside(moments: list[datetime], window: dict[str, str], what: str) -> Seen:
    """Whether instants lie in a window."""
    if not moments:
        return unknown(f"no {what} in the window")
    start, end = from_wire(window["startDate"]), from_wire(window["endDate"])
    before, behind = (
        sum(moment < start for moment in moments),
        sum(moment > end for moment in moments),
    )
    return either(
        not before and not behind,
        f"all {len(moments)} {what} began in the window",
        f"of {len(moments)} {what} {before} began before the window and {behind} after it",
    )


def changes_of(tenant: Tenant) -> list[Row]:
    """The contacts that changed since yesterday."""
    since = tenant.days_ago(1.25)["startDate"]
    order = {"updatedSince": since, "orderBy": "lastUpdateTime asc", "skip": "0", "top": "1000"}
    return tenant.rows(ContactsCompleted.endpoint, _COMPLETED, order)


def changes_are_inclusive(tenant: Tenant) -> Seen:
    """Ask for what has changed since the moment of a change."""
    changed = [row for row in changes_of(tenant) if to_moment(value_of(row, "lastUpdateTime"))]
    if not changed:
        return unknown("no contact changed since yesterday")
    last = changed[-1]
    since = str(value_of(last, "lastUpdateTime"))
    again = tenant.rows(
        ContactsCompleted.endpoint, _COMPLETED, {"updatedSince": since, "skip": "0", "top": "999"}
    )
    numbers = {value_of(row, "contactId") for row in again}
    return either(
        value_of(last, "contactId") in numbers,
        "the row of the very moment came again",
        "the row of the very moment did not come again",
    )


def order_of_changes(tenant: Tenant) -> Seen:
    """Look whether changes come in the order asked for."""
    return ascending(moments_of(changes_of(tenant), "lastUpdateTime"), "changes")


def retention(tenant: Tenant) -> Seen:
    """Ask for contacts of a month and of nearly two years ago."""
    page = {"skip": "0", "top": "1"}
    recent, old = (
        bool(tenant.ask(Contacts.endpoint, {**tenant.days_ago(age), **page}).rows(CONTACTS))
        for age in (30, _OLD)
    )
    if not recent:
        return unknown("no contact began 30 days ago")
    return either(
        old, f"contacts of {_OLD} days ago are served", f"no contacts of {_OLD} days ago are served"
    )
