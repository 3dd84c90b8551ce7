"""Looks at what the responses to all other questions had in common; asks nothing itself."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING

from source_incontact.http.clock import MAX_DIFFERENCE
from source_incontact.http.rate_limiter import MAX_PAUSE_SECONDS
from source_incontact.survey.findings import Seen, differs, either, holds, unknown

if TYPE_CHECKING:
    from source_incontact.survey.tenant import Tenant


def root(tenant: Tenant) -> Seen:
    """Look who named the root of the API."""
    named_by = tenant.context.api.root_named_by
    return either(
        named_by != "nobody",
        f"{named_by} names the root of the API",
        "neither the sign-in nor discovery names the root of the API",
    )


def rate(tenant: Tenant) -> Seen:
    """Look whether requests were refused for coming too fast."""
    refused = len(tenant.pauses)
    return either(
        not refused,
        f"{len(tenant.statuses)} requests, none refused with 429",
        f"of {len(tenant.statuses)} requests {refused} were refused with 429",
    )


def pause(tenant: Tenant) -> Seen:
    """Look whether the pause after a 429 that demands none was long enough."""
    without = tenant.pauses.count("")
    if not without:
        return unknown("no 429 without Retry-After was met")
    again = sum(
        one == another == HTTPStatus.TOO_MANY_REQUESTS for one, another in pairwise(tenant.statuses)
    )
    return either(
        not again,
        "a second's pause was enough",
        f"{again} requests were refused again after the pause",
    )


def retry_after(tenant: Tenant) -> Seen:
    """Look how the pauses that 429s demand are written."""
    forms = sorted({_form_of(text) for text in tenant.pauses if text})
    if not forms:
        return unknown("no Retry-After was met")
    return either(set(forms) <= {"seconds", "a date"}, ", ".join(forms), ", ".join(forms))


def _form_of(text: str) -> str:
    if text.isdecimal():
        return "seconds" if int(text) <= MAX_PAUSE_SECONDS else "more than five minutes"
    try:
        parsedate_to_datetime(text)
    except ValueError:
        return "another form"
    return "a date"


def token(tenant: Tenant) -> Seen:
    """Look whether requests are accepted with the token as a bearer token."""
    refused = tenant.statuses.count(HTTPStatus.UNAUTHORIZED)
    if not tenant.statuses:
        return unknown("no request was answered")
    return either(
        refused < len(tenant.statuses),
        f"{len(tenant.statuses) - refused} requests were accepted with the bearer token",
        "every request was refused with 401, though the sign-in gave a token",
    )


def clock(tenant: Tenant) -> Seen:
    """Compare the server's clock with this machine's."""
    difference = tenant.context.api.clock.difference
    if difference is None:
        return unknown("no response told its time")
    said = f"the clocks differ by {abs(difference.total_seconds()):.0f} s at most"
    return holds(said) if abs(difference) <= MAX_DIFFERENCE else differs(said)
