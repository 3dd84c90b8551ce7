"""What is worth knowing of a tenant beside the assumptions."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any

from source_incontact.families.lists import PAGE_SIZE
from source_incontact.survey.lists import agents_of
from source_incontact.survey.reports import CONTACTS, lags_of
from source_incontact.survey.tenant import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_incontact.survey.tenant import Tenant

_AGES = (30, 100, 700, 800)
"""Days ago, to see how long contacts are kept: details 90 days, summaries 25 months [A 15]."""


def facts_of(tenant: Tenant) -> dict[str, Any]:
    """Facts by name: texts, numbers, and counts by what they count."""
    settings = tenant.context.settings
    difference = tenant.context.api.clock.difference
    statuses = Counter(tenant.statuses)
    return {
        "api_version": settings.api_version,
        "versions_on_offer": _asked(lambda: _versions(tenant)),
        "sign_in": settings.credentials.auth_type,
        "root": f"named by {tenant.context.api.root_named_by}",
        "area": tenant.context.api.area or "not told",
        "time_zone": str(settings.details.time_zone),
        "contacts_kept": _asked(lambda: _kept(tenant)),
        "updatedSince_of_agents": _asked(lambda: _updated(tenant)),
        "changes_after_the_end": _asked(lambda: _lateness(tenant)),
        "largest_page": tenant.largest_page,
        "requests": tenant.sent,
        "status_codes": {str(code): count for code, count in sorted(statuses.items())},
        "clock_difference_seconds": "not told"
        if difference is None
        else round(difference.total_seconds()),
        "after_a_429": _pauses(tenant),
    }


def _asked(look: Callable[[], str]) -> str:
    try:
        return look()
    except UnreadableError as error:
        return str(error)


def _pauses(tenant: Tenant) -> str:
    carried = {"Retry-After" if text else "nothing" for text in tenant.pauses}
    return ", ".join(sorted(carried)) or "none met"


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
    lags = lags_of(tenant)
    if not lags:
        return "no contact changed since yesterday"
    return f"{median(lags):.0f} s for half of {len(lags)} contacts, {max(lags):.0f} s at most"
