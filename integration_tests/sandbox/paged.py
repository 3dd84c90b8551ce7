"""Pages of a list as a call asks for them, and the envelope around their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from integration_tests.sandbox.answers import refusal
from integration_tests.sandbox.calls import Call, Refused
from integration_tests.sandbox.clock import format_ms
from integration_tests.sandbox.pages import PAGE_ACTIONS, Page, page_of

if TYPE_CHECKING:
    from integration_tests.sandbox.fields import Row


def page_asked(call: Call, total: int, default_top: int) -> Page:
    """The page asked for, cut to the largest the server gives."""
    try:
        skip, top = int(call.query.get("skip", "0")), int(call.query.get("top", str(default_top)))
    except ValueError as error:
        raise Refused(refusal("skip and top must be whole numbers", html=True)) from error
    if skip < 0 or top < 1:
        raise Refused(refusal("skip cannot be negative and top must be positive", html=True))
    top = min(top, call.state.settings.top_cap)
    page = page_of(total, skip, top, call.fault)
    if page != page_of(total, skip, top, {}):
        call.note(*PAGE_ACTIONS)
    return page


def links(call: Call, page: Page) -> Row:
    """``self``, ``next`` and ``previous``: absolute addresses, or null where there is none (L)."""
    path = call.url + call.request.path

    def to(skip: int) -> str:
        return f"{path}?{urlencode({**call.query, 'skip': str(skip), 'top': str(page.top)})}"

    after, before = page.skip + page.top, max(0, page.skip - page.top)
    return {
        "self": call.url + call.request.target,
        "next": to(after) if after < page.total else None,
        "previous": to(before) if page.skip else None,
    }


def envelope(call: Call, page: Page, key: str, rows: list[Row], **more: Any) -> Row:
    """The wrapping of a paged answer (L for contacts, S for the lists)."""
    return {
        "totalRecords": page.total,
        "_links": links(call, page),
        "businessUnitId": call.state.world.business_unit,
        "lastPollTime": format_ms(call.state.clock.now()),
        **more,
        key: call.chosen_fields(rows),
    }
