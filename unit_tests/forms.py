"""Filled-in forms: one good config for each way to sign in and each choice of dates."""

from __future__ import annotations

import copy
from typing import Any

CREDENTIALS: dict[str, dict[str, Any]] = {
    "application_user": {
        "auth_type": "application_user",
        "application_name": "WarehouseSync",
        "vendor_name": "ExampleCo",
        "business_number": "4599999",
        "username": "reports@example.com",
        "password": "pass-QZX73-word",
    },
    "access_key": {
        "auth_type": "access_key",
        "access_key_id": "QXZ3EXAMPLEKEYID",
        "access_key_secret": "secret-QZX73-half==",
    },
    "client_access_key": {
        "auth_type": "client_access_key",
        "client_id": "warehouse-sync@4599999",
        "client_secret": "client-QZX73-secret",
        "access_key_id": "QXZ3EXAMPLEKEYID",
        "access_key_secret": "secret-QZX73-half==",
    },
}

DATES: dict[str, dict[str, Any]] = {
    "range_specific": {"date_type": "range_specific", "start_date": "2026-11-01"},
    "range_relative": {
        "date_type": "range_relative",
        "start_days_back": "today-7",
        "end_days_back": "yesterday",
    },
    "offset": {"date_type": "offset", "date_offset": 7},
    "single_relative": {"date_type": "single_relative", "days_back": "today"},
    "single_specific": {"date_type": "single_specific", "date": "2026-11-16"},
}

SECRET_FIELDS = {
    "application_user": ("password",),
    "access_key": ("access_key_secret",),
    "client_access_key": ("client_secret", "access_key_secret"),
}

ABSENT = object()
"""As a value: the field is taken out of the form."""


def form(
    auth_type: str = "application_user", date_type: str = "range_specific", **top: Any
) -> dict[str, Any]:
    """A good config with only what is required, and ``top`` at its top level."""
    return copy.deepcopy(
        {
            "credentials": CREDENTIALS[auth_type],
            "details": {"date": DATES[date_type]},
            **top,
        }
    )


def with_field(config: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """``config`` with one field set, named by its dotted path, or taken out if ``ABSENT``."""
    changed = copy.deepcopy(config)
    *groups, name = path.split(".")
    node = changed
    for group in groups:
        node = node[group]
    if value is ABSENT:
        node.pop(name, None)
    else:
        node[name] = value
    return changed
