"""Redirects: none is followed, whatever asks, wherever it leads and whatever it would resend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration_tests.support.constants import FAST, plain, specific, true_rows
from integration_tests.support.debug_run import only_error, read

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.configs import Login
    from integration_tests.support.foreign_server import Stranger

ONE_DAY = specific("2026-11-12", "2026-11-12")
NAMED = {"custom_reports": ["700101"], "data_downloads": ["540"]}
CUSTOM, DOWNLOAD = "custom_report_700101", "data_download_540"
FOLLOWED = "/followed"

# A client that follows a 307 sends the body once more, and in it the credentials.
REDIRECTS = pytest.mark.parametrize(
    ("status", "elsewhere"),
    [
        pytest.param(302, False, id="302 to itself"),
        pytest.param(307, False, id="307 to itself"),
        pytest.param(307, True, id="307 to a stranger"),
    ],
)


def redirect(sandbox: Sandbox, path: str, status: int, stranger: Stranger | None) -> None:
    """Let the sandbox redirect a path, to somebody else or to a path of its own."""
    target = f"{sandbox.url if stranger is None else stranger.url}{FOLLOWED}"
    sandbox.fault(path, {"status": status, "headers": {"Location": target}}, times=None)


@REDIRECTS
@pytest.mark.parametrize(
    ("path", "stream", "login"),
    [
        pytest.param(
            "/InContactAuthorizationServer/Token", "teams", "application_user", id="user's sign-in"
        ),
        pytest.param(
            "/authentication/v1/token/access-key", "teams", "access_key", id="key's sign-in"
        ),
        pytest.param("/auth/token", "teams", "client_access_key", id="client's sign-in"),
        pytest.param("teams", "teams", "access_key", id="list"),
        pytest.param("contacts", "contacts", "access_key", id="contacts"),
        pytest.param("reports", CUSTOM, "access_key", id="list of reports"),
        pytest.param("report-jobs/700101", CUSTOM, "access_key", id="job's start"),
        pytest.param("report-jobs/880000001", CUSTOM, "access_key", id="job's state"),
        pytest.param("files", CUSTOM, "access_key", id="file"),
        pytest.param("report-jobs/datadownload/540", DOWNLOAD, "access_key", id="download"),
    ],
)
def test_a_redirect_ends_there(
    sandbox: Sandbox,
    stranger: Stranger,
    path: str,
    stream: str,
    login: Login,
    status: int,
    elsewhere: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    redirect(sandbox, path, status, stranger if elsewhere else None)
    config = sandbox.config(login, date=ONE_DAY, **NAMED, **FAST)
    message = only_error(read(sandbox, config, [stream]), stream)
    assert f"elsewhere ({status}). Redirects are not followed" in message
    assert len(sandbox.requests(path)) == 1
    assert sandbox.requests()[-1]["path"] == path.lower(), "something went on after it"


@REDIRECTS
@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("/.well-known/cxone-configuration", "access_key"),
        ("/.well-known/openid-configuration", "client_access_key"),
    ],
)
def test_discovery_that_redirects_is_done_without(
    sandbox: Sandbox,
    stranger: Stranger,
    path: str,
    login: Login,
    status: int,
    elsewhere: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    redirect(sandbox, path, status, stranger if elsewhere else None)
    outcome = read(sandbox, sandbox.config(login, **FAST), ["teams"])
    assert outcome.exit_code == 0, outcome.errors
    assert "Discovery gave nothing" in outcome.logs
    assert plain(outcome.records("teams")) == true_rows(sandbox.truth, "teams")
    assert len(sandbox.requests(path)) == 1
    assert sandbox.requests(FOLLOWED) == []
