"""spec, check and discover through the command line, and the requests that each costs."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.configs import LOGINS, SECRETS
from integration_tests.support import cli
from integration_tests.support.constants import CURSORS, FAST, KEYS, NOW, PATHS, days_back, specific

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.configs import Login


def calls(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(entry["method"], entry["path"]) for entry in sandbox.requests()]


def status_of(outcome: cli.Outcome) -> tuple[str, str]:
    [status] = outcome.of_type("CONNECTION_STATUS")
    return status["status"], status.get("message", "")


def test_spec_is_the_packaged_file_and_needs_no_config() -> None:
    outcome = cli.run("spec")
    packaged = (resources.files("source_incontact") / "spec.json").read_text("utf-8")
    [spec] = outcome.of_type("SPEC")
    assert outcome.exit_code == 0
    assert spec["connectionSpecification"] == json.loads(packaged)["connectionSpecification"]


def test_discover_needs_no_network() -> None:
    config: dict[str, Any] = {
        "credentials": {
            "auth_type": "access_key",
            "access_key_id": "unused",
            "access_key_secret": "unused",
        },
        "details": {"date": days_back(7)},
        "api_host": "http://127.0.0.1:9",  # nobody listens there
    }
    outcome = cli.run("discover", config=config)
    assert outcome.exit_code == 0
    [catalog] = outcome.of_type("CATALOG")
    streams = {stream["name"]: stream for stream in catalog["streams"]}
    assert tuple(streams) == cli.LISTS + cli.DATED
    for name in cli.LISTS:
        assert streams[name]["supported_sync_modes"] == ["full_refresh"]
        assert streams[name]["source_defined_primary_key"] == [[f"{name[:-1]}Id"]]
    for name in cli.DATED:
        assert streams[name]["supported_sync_modes"] == ["full_refresh", "incremental"]
        assert streams[name]["source_defined_primary_key"] == [[field] for field in KEYS[name]]
        assert streams[name]["default_cursor_field"] == [CURSORS[name]]


SIGN_IN = {
    "application_user": [("POST", "/incontactauthorizationserver/token")],
    "access_key": [
        ("POST", "/authentication/v1/token/access-key"),
        ("GET", "/.well-known/cxone-configuration"),
    ],
    "client_access_key": [
        ("GET", "/.well-known/openid-configuration"),
        ("POST", "/auth/token"),
        ("GET", "/.well-known/cxone-configuration"),
    ],
}


@pytest.mark.parametrize("login", LOGINS)
def test_check_signs_in_and_makes_one_call_for_each_report(sandbox: Sandbox, login: Login) -> None:
    outcome = cli.run("check", config=sandbox.config(login, **FAST), now=NOW)
    assert status_of(outcome) == ("SUCCEEDED", "")
    assert outcome.exit_code == 0
    asked = calls(sandbox)
    assert asked[: len(SIGN_IN[login])] == SIGN_IN[login]
    reports = [("GET", name) for name in cli.LISTS] + [("GET", PATHS[name]) for name in cli.DATED]
    assert sorted(asked[len(SIGN_IN[login]) :]) == sorted(reports)
    assert not [secret for secret in SECRETS if secret in outcome.text]


def test_a_small_read_makes_no_call_that_is_not_needed(sandbox: Sandbox) -> None:
    config = sandbox.config(date=days_back(1), requests_per_second=1000, num_workers=2)
    outcome = cli.read(config, cli.LISTS + cli.DATED, now=NOW)
    assert outcome.exit_code == 0
    assert sorted(calls(sandbox)) == sorted(
        [
            *SIGN_IN["access_key"],
            *(("GET", name) for name in cli.LISTS),
            *(("GET", PATHS[name]) for name in cli.DATED for _ in range(2)),
        ]
    )
    assert calls(sandbox)[:2] == SIGN_IN["access_key"]


@pytest.mark.parametrize(
    ("login", "field", "value", "said"),
    [
        pytest.param(
            "application_user", "password", "wrong-word-1", "(credentials.password)", id="password"
        ),
        pytest.param(
            "application_user",
            "application_name",
            "Nobody",
            "(credentials.application_name)",
            id="application",
        ),
        pytest.param(
            "application_user",
            "business_number",
            "1",
            "(credentials.business_number)",
            id="business number",
        ),
        pytest.param(
            "access_key",
            "access_key_secret",
            "wrong-key-1",
            "(credentials.access_key_secret)",
            id="key",
        ),
        pytest.param(
            "client_access_key",
            "client_secret",
            "wrong-secret-1",
            "(credentials.client_secret)",
            id="client",
        ),
        pytest.param(
            "client_access_key",
            "access_key_id",
            "nobody",
            "(credentials.access_key_id)",
            id="key of a client",
        ),
    ],
)
def test_a_wrong_credential_is_named_by_its_field(
    sandbox: Sandbox, login: Login, field: str, value: str, said: str
) -> None:
    config = sandbox.config(login, **FAST)
    config["credentials"][field] = value
    outcome = cli.run("check", config=config, now=NOW)
    status, message = status_of(outcome)
    assert (status, outcome.exit_code) == ("FAILED", 0)
    assert said in message
    assert "Traceback" not in outcome.text
    assert not [secret for secret in SECRETS if secret in outcome.text]
    if field not in {"application_name", "business_number", "access_key_id"}:
        assert value not in outcome.text
    wrong_client = {"client_id", "client_secret"} & {field}
    assert ("(credentials.client_id)" in message) == bool(wrong_client)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"date": specific("2026-11-20")}, "details.date.start_date", id="future"),
        pytest.param({"date": specific("2026-11-09", "2026-11-01")}, "start_date", id="reversed"),
        pytest.param({"date": days_back(1, 5)}, "start_days_back", id="days reversed"),
        pytest.param({"date": specific("11/01/2026")}, "'11/01/2026'", id="no date"),
        pytest.param(
            {"date": {"date_type": "single_relative", "days_back": "last week"}},
            "'last week'",
            id="last week",
        ),
        pytest.param({"date": {"date_type": "offset", "date_offset": -1}}, "date_offset", id="-1"),
        pytest.param({"date": {"date_type": "offset", "date_offset": 99999}}, "2000", id="too far"),
        pytest.param({"time_zone": "Mars/Olympus"}, "'Mars/Olympus'", id="zone"),
        pytest.param({"api_host": "http://10.1.2.3"}, "api_host", id="http host"),
        pytest.param({"api_version": "new"}, "api_version", id="version"),
        pytest.param({"num_workers": "many"}, "num_workers", id="workers"),
        pytest.param({"credentials": {}}, "credentials.auth_type", id="no login"),
        pytest.param({"credentials": "secret-text-9"}, "credentials", id="credentials as text"),
    ],
)
@pytest.mark.parametrize("command", ["check", "discover", "read"])
def test_a_mistake_in_the_form_is_named_and_nothing_is_sent(
    sandbox: Sandbox, command: str, changes: dict[str, Any], said: str
) -> None:
    config = sandbox.config(**{**FAST, **changes})
    catalog = cli.catalog(["contacts"]) if command == "read" else None
    outcome = cli.run(command, config=config, now=NOW, catalog=catalog)
    if command == "check":
        status, message = status_of(outcome)
        assert (status, outcome.exit_code) == ("FAILED", 0)
    else:
        assert outcome.exit_code == 1
        [error] = outcome.errors
        message = error["message"]
        assert error["failure_type"] == "config_error"
    assert said in message
    assert "Traceback" not in outcome.text
    assert "secret-text-9" not in outcome.text
    assert sandbox.requests() == []


def test_check_names_every_family_that_the_account_may_not_read(sandbox: Sandbox) -> None:
    refused = {"status": 403, "headers": {"icStatusDescription": "No permission"}}
    sandbox.fault("contacts", refused, times=None)
    sandbox.fault("teams", refused, times=None)
    outcome = cli.run("check", config=sandbox.config(**FAST), now=NOW)
    status, message = status_of(outcome)
    assert (status, outcome.exit_code) == ("FAILED", 0)
    assert "may not read contacts" in message
    assert "may not read teams" in message
    assert "No permission" in message
    assert "team_performance_totals" not in message


def test_a_host_that_nobody_answers_is_said_so() -> None:
    config = {
        "credentials": {
            "auth_type": "access_key",
            "access_key_id": "unused",
            "access_key_secret": "unused-secret",
        },
        "details": {"date": days_back(7)},
        "api_host": "http://127.0.0.1:9",
    }
    outcome = cli.run("check", config=config)
    status, message = status_of(outcome)
    assert status == "FAILED"
    assert "http://127.0.0.1:9" in message
    assert "unused-secret" not in outcome.text


def test_files_that_cannot_be_read_are_named(sandbox: Sandbox) -> None:
    broken = cli.run("check", config="{not json")
    assert status_of(broken)[1] == (
        "The file given with --config cannot be used: "
        "it must hold an object with the form's fields."
    )
    no_catalog = cli.run("read", config=sandbox.config(), catalog="[1, 2]")
    assert no_catalog.exit_code == 1
    assert "--catalog cannot be used" in no_catalog.errors[-1]["message"]
    shared = [{"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": []}}]
    catalog = cli.catalog(["teams"])
    global_state = cli.run("read", config=sandbox.config(), catalog=catalog, state=shared)
    assert global_state.exit_code == 1
    assert "--state cannot be used" in global_state.errors[-1]["message"]
    assert "Traceback" not in broken.text + no_catalog.text + global_state.text


def test_the_progress_and_the_estimate_can_be_followed(sandbox: Sandbox) -> None:
    outcome = cli.read(sandbox.config(date=days_back(3), **FAST), ["contacts"], now=NOW)
    rows = len(outcome.records("contacts"))
    assert "contacts: 4 windows to read" in outcome.logs
    for number in range(1, 5):
        assert f"contacts: window {number} of 4 done" in outcome.logs
    assert f", {rows} rows so far." in outcome.logs
    estimates = [
        body["estimate"] for body in outcome.of_type("TRACE") if body["type"] == "ESTIMATE"
    ]
    assert [estimate["name"] for estimate in estimates] == ["contacts"] * 4
    assert estimates[-1]["row_estimate"] == rows


def test_old_dates_are_read_with_a_warning_about_retention(sandbox: Sandbox) -> None:
    config = sandbox.config(date=specific("2023-01-01", "2023-01-01"), **FAST)
    outcome = cli.read(config, ["team_performance_totals"], now=NOW)
    assert outcome.exit_code == 0
    assert "25 months" in outcome.logs
    assert len(sandbox.requests("teams/performance-total")) == 1


def test_years_by_the_hour_are_planned_without_delay(sandbox: Sandbox) -> None:
    now = datetime(2026, 11, 16, tzinfo=timezone.utc)
    covered = {
        "state_type": "date-range",
        "slices": [{"start": "2020-01-01T00:00:00Z", "end": "2026-11-16T00:00:00Z"}],
        "since": "2026-11-15T00:00:00Z",
        "completed_at": "2026-11-16T00:30:00Z",
        "startDate": "2026-11-16T00:00:00Z",
    }
    config = sandbox.config(
        date=specific("2020-01-01"), report_interval="hour", lookback_days=0, **FAST
    )
    state = cli.saved_state({"skill_summaries": covered})
    outcome = cli.read(
        config, ["skill_summaries"], "incremental", now=now + timedelta(hours=1), state=state
    )
    assert outcome.exit_code == 0
    assert [entry["query"]["startDate"] for entry in sandbox.requests("skills/summary")] == [
        "2026-11-16T00:00:00Z"
    ]
