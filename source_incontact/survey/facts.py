"""What is worth knowing of a tenant beside the assumptions."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from source_incontact.families.lists import PAGE_SIZE
from source_incontact.survey.lists import agents_of
from source_incontact.survey.reports import CONTACTS, changes_of
from source_incontact.survey.rows_seen import value_of
from source_incontact.survey.tenant import UnreadableError
from source_incontact.windows.days import to_moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_incontact.survey.tenant import Tenant

_AGES = (30, 100, 700, 800)
"""Days ago, to see how long contacts are kept: details 90 days, summaries 25 months [A 15]."""


def facts_of(tenant: Tenant) -> dict[str, Any]:
    """Facts by name: texts, numbers, and counts by what they count."""
    settings = tenant.context.settings
    largest = max(tenant.differences, key=abs, default=None)
    return {
        "api_version": settings.api_version,
        "versions_on_offer": _asked(lambda: _versions(tenant)),
        "sign_in": settings.credentials.auth_type,
        "root": "api_host of the form" if settings.api_host else "found at sign-in",
        "time_zone": str(settings.details.time_zone),
        "contacts_kept": _asked(lambda: _kept(tenant)),
        "updatedSince_of_agents": _asked(lambda: _updated(tenant)),
        "changes_after_the_end": _asked(lambda: _lateness(tenant)),
        "largest_page": tenant.largest_page,
        "requests": tenant.sent,
        "status_codes": {str(code): count for code, count in sorted(tenant.statuses.items())},
        "clock_difference_seconds": "not told" if largest is None else round(largest),
        "after_a_429": ", ".join(sorted(tenant.pauses)) or "none met",
    }


def _asked(look: Callable[[], str]) -> str:
    try:
        return look()
    except UnreadableError as error:
        return str(error)


def _versions(tenant: Tenant) -> str:
    rows = tenant.ask("apiversion", {"searchUriText": "contacts", "verb": "GET"}).rows("apiInfo")
    return ", ".join(sorted({str(row.get("version", "")) for row in rows})) or "none"


def _kept(tenant: Tenant) -> str:
    page = {"skip": "0", "top": "1"}
    seen = [
        bool(tenant.ask("contacts", {**tenant.days_ago(age), **page}).rows(CONTACTS))
        for age in _AGES
    ]
    return ", ".join(
        f"{'rows' if found else 'no rows'} {age} days ago"
        for age, found in zip(_AGES, seen, strict=True)
    )


def _updated(tenant: Tenant) -> str:
    since = tenant.days_ago(1 / 24)["startDate"]
    some = tenant.ask("agents", {"updatedSince": since, "skip": "0", "top": str(PAGE_SIZE)})
    fewer = len(some.rows("agents")) < len(agents_of(tenant).rows("agents"))
    return "gives fewer agents" if fewer else "gives all agents"


def _lateness(tenant: Tenant) -> str:
    """How long after their end contacts were changed last."""
    lags = []
    for row in changes_of(tenant):
        start, changed = (
            to_moment(value_of(row, name)) for name in ("contactStartDate", "lastUpdateTime")
        )
        seconds = value_of(row, "totalDurationSeconds")
        if start and changed and isinstance(seconds, (int, float)):
            lags.append((changed - start).total_seconds() - seconds)
    if not lags:
        return "no contact changed since yesterday"
    return f"{median(lags):.0f} s for half of {len(lags)} contacts, {max(lags):.0f} s at most"
