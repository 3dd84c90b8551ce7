"""Looks at histories, WFM data and segments: where their rows begin, and in what order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from source_incontact.families.segment_report import segment_query
from source_incontact.streams import (
    AgentStateHistory,
    ContactCustomData,
    InteractionSegments,
    WfmSkillContacts,
)
from source_incontact.survey.findings import Seen, differs, either, unknown
from source_incontact.survey.reports import CONTACTS, SECOND, ascending, contacts_of, inside
from source_incontact.survey.rows_seen import moments_of, value_of
from source_incontact.windows.days import from_wire

if TYPE_CHECKING:
    from datetime import datetime

    from source_incontact.survey.tenant import Response, Tenant

_QUARTER = 15


def states_by_start(tenant: Tenant) -> Seen:
    """Look whether the states of a day began on it."""
    window = tenant.days_ago(1.25)
    page = {**window, "skip": "0", "top": "1000"}
    rows = tenant.rows(AgentStateHistory.endpoint, AgentStateHistory.records_key, page)
    return inside(moments_of(rows, "startDate"), window, "states")


def _wfm(tenant: Tenant) -> Response:
    return tenant.ask(WfmSkillContacts.endpoint, tenant.days_ago(1.25))


def intervals(tenant: Tenant) -> Seen:
    """Look where the intervals of WFM data begin."""
    moments = moments_of(_wfm(tenant).rows(WfmSkillContacts.records_key), "intervalStartDate")
    if not moments:
        return unknown("no interval yesterday")
    uneven = sum(bool(moment.minute % _QUARTER or moment.second) for moment in moments)
    return either(
        not uneven,
        f"{len(moments)} intervals begin at quarter hours",
        f"of {len(moments)} intervals {uneven} do not begin at a quarter hour",
    )


def only_list(tenant: Tenant) -> Seen:
    """Count the lists of WFM data."""
    response = _wfm(tenant)
    response.require_success()
    if response.payload is None:
        return unknown("the response is empty")
    lists = len(response.payload.list_sizes)
    return either(lists == 1, "one list", f"{lists} lists")


def custom_data_by_start(tenant: Tenant) -> Seen:
    """Look whether custom data of a day belong to contacts that began on it."""
    page = {**tenant.days_ago(1.25), "skip": "0", "top": "1000"}
    rows = tenant.rows(ContactCustomData.endpoint, ContactCustomData.records_key, page)
    owners = {str(value_of(row, "contactId")) for row in rows}
    contacts = {str(value_of(row, "contactId")) for row in contacts_of(tenant).rows(CONTACTS)}
    if not owners or not contacts:
        return unknown("no contact of yesterday has custom data")
    others = len(owners - contacts)
    return either(
        not others,
        f"custom data of {len(owners)} contacts, all of which began in the window",
        f"custom data of {len(owners)} contacts, {others} of which did not begin in the window",
    )


def segments_since_noon(tenant: Tenant) -> dict[str, str]:
    """The query for segments from the middle of a day on."""
    window = tenant.days_ago(1.25)
    field = str(InteractionSegments.cursor_field)
    return segment_query(field, window["startDate"], window["endDate"], _noon(tenant))


def _noon(tenant: Tenant) -> datetime:
    return from_wire(tenant.days_ago(1.25)["startDate"]) + timedelta(hours=12)


def segments(tenant: Tenant) -> Seen:
    """Ask for segments from the middle of a day on."""
    field = str(InteractionSegments.cursor_field)
    params = segments_since_noon(tenant)
    rows = tenant.rows(f"/{InteractionSegments.endpoint}", InteractionSegments.records_key, params)
    moments = moments_of(rows, field)
    if any(moment < _noon(tenant) - SECOND for moment in moments):
        return differs(f"of {len(moments)} segments some are older than the cursor")
    return ascending(moments, "segments")
