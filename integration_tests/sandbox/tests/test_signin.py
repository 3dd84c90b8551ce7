"""The sandbox's three ways to sign in, and its discovery."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox import configs
from integration_tests.sandbox.clock import parse_instant
from integration_tests.sandbox.tests.sandbox_api import NOW, access_key_login

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from integration_tests.sandbox.client import Sandbox


def _legacy(sandbox: Sandbox, http: requests.Session, **changes: str) -> requests.Response:
    said = {**configs.CREDENTIALS["application_user"], **changes}
    app = f"{said['application_name']}@{said['vendor_name']}:{said['business_number']}"
    header = base64.b64encode(app.encode()).decode()
    body = {name: said[name] for name in ("username", "password")}
    return http.post(
        f"{sandbox.url}/InContactAuthorizationServer/Token",
        headers={"Authorization": f"basic {header}"},
        json={"grant_type": "password", **body, "scope": ""},
    )


def _openid(sandbox: Sandbox, http: requests.Session, **changes: str) -> requests.Response:
    said = {**configs.CREDENTIALS["client_access_key"], **changes}
    body = {
        "grant_type": "password",
        "client_id": said["client_id"],
        "client_secret": said["client_secret"],
        "username": said["access_key_id"],
        "password": said["access_key_secret"],
    }
    return http.post(f"{sandbox.url}/auth/token", data=body)


def test_application_user_signs_in(sandbox: Sandbox, http: requests.Session) -> None:
    answer = _legacy(sandbox, http).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert answer["resource_server_base_uri"] == f"{sandbox.url}/inContactAPI/"
    assert answer["bus_no"] == configs.BUSINESS_NUMBER
    assert "." not in answer["access_token"]
    http.headers["Authorization"] = f"Bearer {answer['access_token']}"
    base = answer["resource_server_base_uri"]
    assert http.get(f"{base}services/v30.0/business-unit").status_code == 200


@pytest.mark.parametrize("login", [access_key_login, _openid])
def test_access_keys_sign_in(
    login: Callable[..., requests.Response], sandbox: Sandbox, http: requests.Session
) -> None:
    answer = login(sandbox, http).json()
    assert "resource_server_base_uri" not in answer
    payload = answer["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert str(claims["icBUId"]) == configs.BUSINESS_NUMBER
    assert claims["tenantId"] == configs.TENANT_ID
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 3600
    assert claims["iat"] == parse_instant(NOW) // 1000
    assert {"icAgentId", "icClusterId", "area"} <= set(claims)


def test_a_client_may_sign_in_with_a_basic_header_and_json(
    sandbox: Sandbox, http: requests.Session
) -> None:
    answer = http.post(
        f"{sandbox.url}/auth/token",
        auth=(configs.CLIENT_ID, configs.CLIENT_SECRET),
        json={
            "grant_type": "password",
            "username": configs.ACCESS_KEY_ID,
            "password": configs.ACCESS_KEY_SECRET,
        },
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("login", "field", "status", "error"),
    [
        (_legacy, "username", 400, "invalid_grant"),
        (_legacy, "password", 400, "invalid_grant"),
        (_legacy, "application_name", 401, "invalid_client"),
        (_legacy, "vendor_name", 401, "invalid_client"),
        (_legacy, "business_number", 401, "invalid_client"),
        (access_key_login, "access_key_id", 401, "invalid_grant"),
        (access_key_login, "access_key_secret", 401, "invalid_grant"),
        (_openid, "access_key_secret", 401, "invalid_grant"),
        (_openid, "client_id", 401, "invalid_client"),
        (_openid, "client_secret", 401, "invalid_client"),
    ],
)
def test_wrong_credentials_are_refused(
    login: Callable[..., requests.Response],
    field: str,
    status: int,
    error: str,
    sandbox: Sandbox,
    http: requests.Session,
) -> None:
    answer = login(sandbox, http, **{field: "wrong"})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    if field == "application_name":
        expected = f"Client application 'wrong@{configs.VENDOR_NAME}' not authorized for user"
        assert answer.json()["error_description"] == expected


def test_discovery(sandbox: Sandbox, http: requests.Session) -> None:
    known = f"{sandbox.url}/.well-known"
    assert (
        http.get(f"{known}/openid-configuration").json()["token_endpoint"].endswith("/auth/token")
    )
    for query in ("", f"?tenantId={configs.TENANT_ID}"):
        found = http.get(f"{known}/cxone-configuration{query}").json()
        assert found["api_endpoint"] == sandbox.url
    assert http.get(f"{known}/cxone-configuration?tenantId=other").status_code == 404


def test_secrets_are_awkward_on_purpose() -> None:
    assert re.fullmatch(r"(?=.*\+)(?=.*/).*=", configs.ACCESS_KEY_SECRET)
    assert ":" in configs.PASSWORD
    assert not configs.PASSWORD.isascii()


@pytest.mark.parametrize("login", configs.LOGINS)
def test_configs_are_complete(login: configs.Login, sandbox: Sandbox) -> None:
    date = {"date_type": "single_relative", "days_back": "yesterday"}
    made = sandbox.config(login, date=date, num_workers=2)
    assert made["credentials"]["auth_type"] == login
    assert (made["details"]["date"], made["num_workers"]) == (date, 2)
    assert made["api_host"] == sandbox.url
    assert sandbox.config(login)["details"]["date"] == {"date_type": "offset", "date_offset": 7}
