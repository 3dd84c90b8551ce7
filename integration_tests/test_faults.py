"""What goes wrong between us and the vendor: healed where it can be, else said and failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.configs import SECRETS
from integration_tests.support import cli
from integration_tests.support.constants import (
    FAST,
    NOW,
    PATHS,
    days_back,
    plain,
    specific,
    true_rows,
)

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

ONE_DAY = specific("2026-11-12", "2026-11-12")
WINDOW = ("2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z")
HEALING = [
    pytest.param({"status": 500}, id="500"),
    pytest.param({"status": 502, "body": "<html>bad gateway</html>"}, id="502"),
    pytest.param({"status": 503, "headers": {"Retry-After": "3"}}, id="503 with Retry-After"),
    pytest.param({"status": 504}, id="504"),
    pytest.param({"status": 408}, id="408"),
    pytest.param({"status": 429}, id="429"),
    pytest.param({"status": 429, "headers": {"Retry-After": "2"}}, id="429 with Retry-After"),
    pytest.param({"status": 401}, id="401"),
    pytest.param({"expire_token": True}, id="the token dies"),
    pytest.param({"reset": "before"}, id="reset before the answer"),
    pytest.param({"reset": "body"}, id="reset inside the body"),
    pytest.param({"truncate": 100}, id="shorter than Content-Length"),
    pytest.param({"cut_json": 20}, id="cut-off JSON"),
    pytest.param({"html": 200}, id="a web page with 200"),
    pytest.param({"html": 502}, id="a web page with 502"),
    pytest.param({"empty": True}, id="an empty body"),
    pytest.param({"no_envelope": True}, id="no list in the answer"),
]


@pytest.mark.parametrize("fault", HEALING)
@pytest.mark.parametrize("stream", ["agents", "team_performance_totals", "contacts"])
def test_a_passing_fault_costs_nothing_but_time(
    sandbox: Sandbox, stream: str, fault: dict[str, Any]
) -> None:
    sandbox.fault(PATHS.get(stream, stream), fault, times=2 if "status" in fault else 1)
    if fault.get("status") == 401:
        sandbox.clear_faults()
        sandbox.fault(PATHS.get(stream, stream), fault, times=1)
    config = sandbox.config(date=ONE_DAY, **FAST)
    outcome = cli.read(config, [stream], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    windows = [WINDOW] if stream in PATHS else []
    assert plain(outcome.records(stream)) == true_rows(sandbox.truth, stream, windows)
    assert sandbox.faults()[0]["fired"] >= 1
    assert not [secret for secret in SECRETS if secret in outcome.text]


LASTING = [
    pytest.param({"status": 500}, "500", "transient_error", id="500"),
    pytest.param({"status": 429}, "429", "transient_error", id="429"),
    pytest.param({"reset": "before"}, "connection", "transient_error", id="reset"),
    pytest.param({"html": 200}, "web page", "transient_error", id="web page"),
    pytest.param({"cut_json": 20}, "cut off", "transient_error", id="cut-off JSON"),
    pytest.param({"empty": True}, "empty", "transient_error", id="empty body"),
    pytest.param({"no_envelope": True}, "lacks its list", "transient_error", id="no list"),
    pytest.param({"status": 401}, "right after a new sign-in", "config_error", id="401"),
    pytest.param({"status": 403}, "may not read", "config_error", id="403"),
    pytest.param({"status": 404}, "api_version", "config_error", id="404"),
    pytest.param(
        {"status": 422, "body": {"message": "Window too odd"}},
        "Window too odd",
        "system_error",
        id="422 with words",
    ),
    pytest.param(
        {"field_envelope": {"errorMessage": "Report engine is down"}},
        "Report engine is down",
        "transient_error",
        id="errorMessage in a 200",
    ),
]


@pytest.mark.parametrize(("fault", "said", "failure_type"), LASTING)
def test_a_lasting_fault_fails_its_stream_by_name_after_the_others_were_read(
    sandbox: Sandbox, fault: dict[str, Any], said: str, failure_type: str
) -> None:
    sandbox.fault("skills/summary", fault, times=None)
    config = sandbox.config(date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["skill_summaries", "teams", "contacts"], now=NOW)
    assert outcome.exit_code == 1
    assert plain(outcome.records("teams")) == true_rows(sandbox.truth, "teams")
    assert plain(outcome.records("contacts")) == true_rows(sandbox.truth, "contacts", [WINDOW])
    [error] = [error for error in outcome.errors if error["stream"] == "skill_summaries"]
    assert said in error["message"]
    assert error["message"].startswith(f"skill_summaries, window {WINDOW[0]} to {WINDOW[1]}: ")
    assert error["failure_type"] == failure_type
    assert outcome.statuses("skill_summaries")[-1] == "INCOMPLETE"
    assert outcome.states["skill_summaries"][-1]["slices"] == []


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"drop": 2}, id="rows missing"),
        pytest.param({"shift": 3}, id="rows moved between pages"),
        pytest.param({"repeat": True}, id="a page again"),
        pytest.param({"total": 4}, id="a total too high"),
        pytest.param({"total": -4}, id="a total too low"),
    ],
)
@pytest.mark.parametrize("stream", ["agents", "contacts"])
def test_pages_that_do_not_add_up_are_read_again_and_each_row_comes_once(
    sandbox: Sandbox, stream: str, fault: dict[str, Any]
) -> None:
    sandbox.reset(now=NOW, ticking=False, agents=40, top_cap=15)
    sandbox.fault(stream, fault, after=1, times=1)
    config = sandbox.config(date=ONE_DAY, **FAST)
    outcome = cli.read(config, [stream], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    windows = [WINDOW] if stream in PATHS else []
    assert plain(outcome.records(stream)) == true_rows(sandbox.truth, stream, windows)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"drop": 2}, id="rows missing"),
        pytest.param({"repeat": True}, id="a page again"),
        pytest.param({"total": 4}, id="a total too high"),
    ],
)
@pytest.mark.parametrize("stream", ["skills", "contacts"])
def test_pages_that_never_add_up_fail_the_stream(
    sandbox: Sandbox, stream: str, fault: dict[str, Any]
) -> None:
    sandbox.reset(now=NOW, ticking=False, skills=40, top_cap=15)
    sandbox.fault(stream, fault, times=None)
    config = sandbox.config(date=ONE_DAY, **FAST)
    outcome = cli.read(config, [stream, "teams"], "incremental", now=NOW)
    assert outcome.exit_code == 1
    assert outcome.statuses("teams")[-1] == "COMPLETE"
    [error] = [error for error in outcome.errors if error["stream"] == stream]
    assert "Completeness could not be proved" in error["message"]
    assert len(sandbox.requests(stream)) <= 150
    if stream == "contacts":
        assert outcome.states["contacts"][-1]["slices"] == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param({"status": 200, "body": ""}, "an empty body", id="empty with a length"),
        pytest.param({"status": 202, "body": ""}, "not answered it yet", id="accepted only"),
        pytest.param(
            {"field_envelope": {"totalRecords": 500}},
            "Completeness could not be proved",
            id="total",
        ),
        pytest.param(
            {"field_envelope": {"_links": {"next": "x"}}},
            "Completeness could not be proved",
            id="next",
        ),
        pytest.param({"field_envelope": {"errorMessage": {"code": 5}}}, "is not text", id="code"),
        pytest.param({"row": {"teamId": "7"}}, "could not tell apart", id="one key for all"),
        pytest.param({"row": {"teamId": ""}}, "not rows of this report", id="rows without a key"),
    ],
)
def test_a_summary_that_may_lack_rows_is_never_green(
    sandbox: Sandbox, fault: dict[str, Any], said: str
) -> None:
    sandbox.fault("teams/performance-total", fault, times=None)
    config = sandbox.config(date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["team_performance_totals"], "incremental", now=NOW)
    assert outcome.exit_code == 1
    assert said in outcome.errors[0]["message"]
    assert "window 2026-11-12" in outcome.errors[0]["message"]
    assert "Traceback" not in outcome.logs
    assert outcome.states["team_performance_totals"][-1]["slices"] == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"contacts": [1, None], "totalRecords": 2}, id="rows that are no objects"),
        pytest.param({"contacts": [{"contactId": [5]}], "totalRecords": "many"}, id="odd key"),
        pytest.param('{"contacts": ' + 5000 * "[" + 5000 * "]" + "}", id="nested deeply"),
    ],
)
def test_an_odd_answer_is_told_by_stream_and_window(sandbox: Sandbox, body: object) -> None:
    sandbox.fault("contacts", {"status": 200, "body": body}, times=None)
    config = sandbox.config(date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["contacts", "teams"], now=NOW)
    assert outcome.exit_code == 1
    assert outcome.records("teams")
    [error] = [error for error in outcome.errors if error["stream"]]
    assert error["message"].startswith(f"contacts, window {WINDOW[0]} to {WINDOW[1]}: ")
    assert "unexpected" not in error["message"]


def test_refused_credentials_are_tried_once(sandbox: Sandbox) -> None:
    config = sandbox.config(date=days_back(9), **FAST)
    config["credentials"]["access_key_secret"] = "wrong"
    outcome = cli.read(config, cli.LISTS + cli.DATED, now=NOW)
    assert outcome.exit_code == 1
    assert len(sandbox.requests()) == 1


def test_many_workers_whose_token_dies_sign_in_once_more(sandbox: Sandbox) -> None:
    sandbox.fault("contacts", {"expire_token": True}, after=4, times=1)
    config = sandbox.config(date=days_back(13), requests_per_second=1000, num_workers=8)
    outcome = cli.read(config, ["contacts", "skill_summaries"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert len(sandbox.requests("/authentication/v1/token/access-key")) == 2


def test_a_token_is_renewed_before_it_expires(sandbox: Sandbox) -> None:
    sandbox.reset(now=NOW, ticking=False, token_life=4)
    config = sandbox.config(date=days_back(9), requests_per_second=2, num_workers=2)
    outcome = cli.read(config, ["contacts"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert [entry for entry in sandbox.requests() if entry["status"] == 401] == []
    assert len(sandbox.requests("/authentication/v1/token/access-key")) >= 2


def test_a_busy_tenant_holds_every_worker_back(sandbox: Sandbox) -> None:
    sandbox.reset(now=NOW, ticking=False, rate=5)
    config = sandbox.config(date=days_back(9), requests_per_second=50, num_workers=8)
    outcome = cli.read(config, ["skill_summaries"], now=NOW, speed=1)
    assert outcome.exit_code == 0, outcome.errors
    refused = [entry for entry in sandbox.requests() if entry["status"] == 429]
    served = [entry for entry in sandbox.requests("skills/summary") if entry["status"] == 200]
    assert len(served) == 10
    assert 0 < len(refused) < 20


def test_sign_in_and_discovery_heal_too(sandbox: Sandbox) -> None:
    sandbox.fault("/authentication/v1/token/access-key", {"status": 503}, times=2)
    sandbox.fault("/.well-known/cxone-configuration", {"html": 200}, times=1)
    outcome = cli.read(sandbox.config(**FAST), ["teams"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("teams")) == true_rows(sandbox.truth, "teams")


def test_without_discovery_the_users_own_host_serves_the_api(sandbox: Sandbox) -> None:
    sandbox.fault("/.well-known/cxone-configuration", {"status": 404}, times=None)
    outcome = cli.read(sandbox.config(**FAST), ["teams"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert "Discovery gave nothing" in outcome.logs


def test_a_stream_that_no_longer_exists_fails_the_sync_after_the_others(sandbox: Sandbox) -> None:
    config = sandbox.config(date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["teams", "custom_report_gone", "contacts"], now=NOW)
    assert outcome.exit_code == 1
    assert plain(outcome.records("teams")) == true_rows(sandbox.truth, "teams")
    assert plain(outcome.records("contacts")) == true_rows(sandbox.truth, "contacts", [WINDOW])
    assert outcome.statuses("custom_report_gone") == ["INCOMPLETE"]
    [error] = [error for error in outcome.errors if error["stream"] == "custom_report_gone"]
    assert "no longer exists" in error["message"]
    assert error["failure_type"] == "config_error"


def test_a_catalog_of_nothing_but_a_vanished_stream_is_no_success(sandbox: Sandbox) -> None:
    outcome = cli.read(sandbox.config(date=ONE_DAY, **FAST), ["gone"], now=NOW)
    assert outcome.exit_code == 1
    assert "no longer exists" in outcome.errors[0]["message"]
    assert sandbox.requests() == []


def test_nothing_secret_is_written_at_debug_level(sandbox: Sandbox) -> None:
    sandbox.fault("contacts", {"status": 500, "body": {"contacts": [{"fromAddress": "x"}]}})
    sandbox.fault("teams", {"status": 403, "body": {"message": "no"}}, times=None)
    config = sandbox.config("application_user", date=ONE_DAY, **FAST)
    outcome = cli.read(
        config,
        ["contacts", "teams"],
        now=NOW,
        environment={"LOG_LEVEL": "debug"},
    )
    assert outcome.records("contacts")
    said = "\n".join(
        line for line in outcome.text.splitlines() if not line.startswith('{"type":"RECORD"')
    )
    assert not [secret for secret in SECRETS if secret in outcome.text]
    assert "Bearer " not in said
    assert "access_token" not in said
    addresses = {record["fromAddress"] for record in outcome.records("contacts")}
    assert not [address for address in addresses if address and str(address) in said]


def test_the_log_says_why_a_request_is_repeated_and_calls_nothing_else_a_rate_limit(
    sandbox: Sandbox,
) -> None:
    sandbox.fault("teams", {"status": 503, "body": {"message": "closed for lunch"}}, times=2)
    outcome = cli.read(sandbox.config(**FAST), ["teams"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert outcome.logs.count("teams: the API failed (503, closed for lunch); next try in") == 2
    assert "Rate limit" not in outcome.logs
