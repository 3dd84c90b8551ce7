"""No secret and no token in the output of what fails, even if a server repeats them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.configs import LOGINS
from integration_tests.support import debug_run
from integration_tests.support.constants import FAST, specific

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.configs import Login
    from integration_tests.support.cli import Outcome

ONE_DAY = specific("2026-11-12", "2026-11-12")
NAMED: dict[str, Any] = {"custom_reports": ["700101"], "data_downloads": ["540"]}
SIGN_INS: dict[Login, str] = {
    "application_user": "/InContactAuthorizationServer/Token",
    "access_key": "/authentication/v1/token/access-key",
    "client_access_key": "/auth/token",
}
CUSTOM, DOWNLOAD = "custom_report_700101", "data_download_540"
STREAMS = ["teams", "contacts", "team_performance_totals", CUSTOM, DOWNLOAD]
MASK = "****"
UNHARMED = {"delay": 0}
"""Keeps the faults behind it away from a path."""


def run(sandbox: Sandbox, command: str, login: Login = "access_key") -> Outcome:
    """Run a command at debug level; nothing secret may stand in what it writes."""
    config = sandbox.config(login, date=ONE_DAY, **NAMED, **FAST)
    if command == "read":
        return debug_run.read(sandbox, config, STREAMS)
    return debug_run.run(command, sandbox, config)


def assert_failed(outcome: Outcome, command: str) -> None:
    """A failed check is an answer."""
    if command == "check":
        [status] = outcome.of_type("CONNECTION_STATUS")
        assert status["status"] == "FAILED"
    else:
        assert outcome.exit_code == 1


COMMANDS = pytest.mark.parametrize("command", ["check", "discover", "read"])


@COMMANDS
@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("part", ["body", "headers"])
def test_a_sign_in_that_repeats_the_request_tells_nobody(
    sandbox: Sandbox, command: str, login: Login, part: str
) -> None:
    sandbox.fault(SIGN_INS[login], {"echo": part}, times=None)
    outcome = run(sandbox, command, login)
    assert_failed(outcome, command)
    assert "Sign-in was refused (400, " in outcome.text
    if part == "body" or login == "application_user":
        assert MASK in outcome.text


@COMMANDS
def test_an_api_that_repeats_the_request_tells_nobody(sandbox: Sandbox, command: str) -> None:
    sandbox.fault(SIGN_INS["access_key"], UNHARMED, times=None)
    sandbox.fault("*", {"echo": "headers"}, times=None)
    outcome = run(sandbox, command)
    assert_failed(outcome, command)
    assert f"Bearer {MASK}" in outcome.text
    assert sandbox.tokens()


@COMMANDS
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 401}, id="401"),
        pytest.param({"reset": "body"}, id="reset"),
    ],
)
@pytest.mark.parametrize("where", ["sign-in", "behind it"])
def test_a_failing_command_tells_nobody(
    sandbox: Sandbox, command: str, fault: dict[str, Any], where: str
) -> None:
    if where == "behind it":
        sandbox.fault(SIGN_INS["application_user"], UNHARMED, times=None)
    sandbox.fault("*", fault, times=None)
    assert_failed(run(sandbox, command, "application_user"), command)
