"""Credentials the sandbox knows, and complete connector configurations that use them."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Literal

from integration_tests.sandbox.world import BUSINESS_UNIT_ID

if TYPE_CHECKING:
    from pathlib import Path

Login = Literal["application_user", "access_key", "client_access_key"]
LOGINS: tuple[Login, ...] = ("application_user", "access_key", "client_access_key")

APPLICATION_NAME = "WarehouseSync"
VENDOR_NAME = "Nordlicht GmbH"
BUSINESS_NUMBER = str(BUSINESS_UNIT_ID)
USERNAME = "reporting.api@nordlicht.example"
PASSWORD = "Sömmer:Nacht%26+Größe7!"
ACCESS_KEY_ID = "QK7ZB2M4WJ5XR3DHT6LVN8PAYCGE9SFU24EXAMPLEKEY56DIGITS1234"
ACCESS_KEY_SECRET = "q9Xv+T3bN/7LzRk2Wm8sYp4HcJ+f6DgA1uEoZ5iVxK0="
CLIENT_ID = "3f1c9a52-7d0e-4b8b-9c61-2e5a7f40d1b6"
CLIENT_SECRET = "Zt8~wQ2.vB6-yN4_hK9rXc1LmEo7PdUs5GjF3aTi"
TENANT_ID = "11ee9c4f-52b0-7a10-8c3e-0242ac110004"

CUSTOM_REPORT_NAMES: dict[int, str] = {
    700_101: "Weekly Queue Overview",
    700_102: "Weekly Queue Overview (old)",
    700_217: "Réclamations d'été & Größe",
    700_305: "Supervisor Snapshot",
    700_306: "Supervisor Snapshot",
    700_400: "Kontakte gesamt",
}
"""Custom reports by id; two have the same name. ``reports.STYLES`` says what is odd about each."""
DATA_DOWNLOADS: dict[int, str] = {
    540: "CJR",
    544: "Agent State Log",
    554: "Call Detail",
    521: "Agent Summary Minutes",
}
"""Data download reports by id."""

SECRETS = (PASSWORD, ACCESS_KEY_SECRET, CLIENT_SECRET)
"""What may never show in a log, trace or state."""

CREDENTIALS: dict[Login, dict[str, str]] = {
    "application_user": {
        "auth_type": "application_user",
        "application_name": APPLICATION_NAME,
        "vendor_name": VENDOR_NAME,
        "business_number": BUSINESS_NUMBER,
        "username": USERNAME,
        "password": PASSWORD,
    },
    "access_key": {
        "auth_type": "access_key",
        "access_key_id": ACCESS_KEY_ID,
        "access_key_secret": ACCESS_KEY_SECRET,
        "region": "na1",
    },
    "client_access_key": {
        "auth_type": "client_access_key",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "access_key_id": ACCESS_KEY_ID,
        "access_key_secret": ACCESS_KEY_SECRET,
        "tenant_id": TENANT_ID,
    },
}
DETAILS: dict[str, Any] = {
    "reports": [],
    "custom_reports": [],
    "data_downloads": [],
    "date": {"date_type": "offset", "date_offset": 7},
    "report_interval": "day",
    "time_zone": "UTC",
}


def config(url: str, login: Login = "access_key", **changes: Any) -> dict[str, Any]:
    """A complete configuration for a sandbox.

    A change that names a key of ``details`` goes there; any other goes to the top level.
    """
    made: dict[str, Any] = {
        "credentials": copy.deepcopy(CREDENTIALS[login]),
        "details": copy.deepcopy(DETAILS),
        "api_host": url,
    }
    for name, value in changes.items():
        (made["details"] if name in DETAILS else made)[name] = copy.deepcopy(value)
    return made


def write_configs(folder: Path, url: str) -> list[str]:
    """Write one file per login and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for login in LOGINS:
        path = folder / f"{login}.json"
        text = json.dumps(config(url, login), indent=2, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
        paths.append(str(path))
    return paths
