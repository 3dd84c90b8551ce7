"""Looks at the reports of a tenant: their windows, their order and their values."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING

from source_incontact.durations import duration_seconds
from source_incontact.families.json_report import PAGE_SIZE, order_of
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
    order = {"orderBy": order_of(Contacts.cursor_field)}
    return tenant.ask(Contacts.endpoint, {**tenant.days_ago(1.25), **_WHOLE_PAGE, **order})


def window_ends(tenant: Tenant) -> Seen:
    """Ask for the second that ends with the start of a contact, and for the one that begins so."""
    rows = contacts_of(tenant).rows(CONTACTS)
    first = next((row for row in rows if to_moment(value_of(row, "contactStartDate"))), None)
    if first is None:
        return unknown("no contact began yesterday")
    moment = moments_of([first], "contactStartDate")[0]
    at_end, at_start = (
        _holds_contact(tenant, value_of(first, "contactId"), moment + shift)
        for shift in (-SECOND, timedelta())
    )
    ends = {
        (True, True): "a row on the boundary comes in both windows",
        (False, True): "the end of a window is exclusive",
        (True, False): "the start of a window is exclusive",
    }
    told = ends.get((at_end, at_start))
    return holds(told) if told else differs("a row on the boundary comes in neither window")


def _holds_contact(tenant: Tenant, number: object, start: datetime) -> bool:
    """Whether the second from an instant on has a contact."""
    window = {"startDate": _to_millisecond(start), "endDate": _to_millisecond(start + SECOND)}
    rows = tenant.rows(Contacts.endpoint, CONTACTS, {**window, "skip": "0", "top": "3000"})
    return number in [value_of(row, "contactId") for row in rows]


def _to_millisecond(moment: datetime) -> str:
    return f"{to_wire(moment)[:-1]}.{moment.microsecond // 1000:03}Z"


def spelling_of_instants(tenant: Tenant) -> Seen:
    """Ask for the same hours with a Z, and with an offset."""
    window = tenant.days_ago(2.5)
    page = {"skip": "0", "top": "10"}
    plain = tenant.ask(Contacts.endpoint, {**window, **page})
    if plain.status == HTTPStatus.BAD_REQUEST:
        return differs("instants with a Z are rejected (400)")
    rows = len(plain.rows(CONTACTS))
    offset = {name: f"{text[:-1]}+00:00" for name, text in window.items()}
    other = tenant.ask(Contacts.endpoint, {**offset, **page})
    if other.status >= HTTPStatus.BAD_REQUEST:
        return holds(f"instants with a Z are accepted, with +00:00 answered {other.status}")
    others = len(other.rows(CONTACTS))
    said = f"{rows} contacts with a Z, {others} with +00:00"
    return either(rows == others, said, said)


def lags_of(tenant: Tenant) -> list[float]:
    """Seconds from the end of contacts to their last change."""
    lags = []
    for row in changes_of(tenant):
        start, changed = (
            to_moment(value_of(row, name)) for name in ("contactStartDate", "lastUpdateTime")
        )
        seconds = value_of(row, "totalDurationSeconds")
        if start and changed and isinstance(seconds, (int, float)):
            lags.append((changed - start).total_seconds() - seconds)
    return lags


def lateness(tenant: Tenant) -> Seen:
    """Compare the last changes of contacts with the lookback of the form."""
    lags = lags_of(tenant)
    if not lags:
        return unknown("no contact changed since yesterday")
    days = tenant.context.settings.lookback_days
    late = sum(lag > timedelta(days=days).total_seconds() for lag in lags)
    return either(
        not late,
        f"{len(lags)} contacts changed last within the {days} days of Lookback days",
        f"of {len(lags)} contacts {late} changed after the {days} days of Lookback days",
    )


def _day_without_rows(tenant: Tenant) -> Response:
    return tenant.ask(Contacts.endpoint, {**_LONG_AGO, "skip": "0", "top": "1"})


def null_list(tenant: Tenant) -> Seen:
    """Look at the count beside a list that is null."""
    payload = _day_without_rows(tenant).payload
    if payload is None or not payload.is_null(CONTACTS):
        return unknown("no list came as null")
    total = payload.count("totalRecords")
    return either(not total, "null, and no count beside it", f"null beside a count of {total}")


def no_rows(tenant: Tenant) -> Seen:
    """Ask for a day on which nothing can have been."""
    response = _day_without_rows(tenant)
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
