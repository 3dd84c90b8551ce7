"""Servers that mean harm: no token leaves NICE's hosts, and time stays bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, days_back, plain, true_rows
from integration_tests.support.debug_run import read
from integration_tests.support.foreign_server import Stranger

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.configs import Login

CUSTOM = {"custom_reports": ["Weekly Queue Overview"]}
STREAM = "custom_report_weekly_queue_overview"

LOGINS: dict[str, Login] = {
    "base uri": "application_user",
    "token endpoint": "client_access_key",
}

ADDRESSES = [
    pytest.param("http://127.0.0.1:{port}/", id="another port"),
    pytest.param("https://127.0.0.1:{port}/", id="another scheme"),
    pytest.param("https://evil.example/", id="another host"),
    pytest.param("https://api.nice-incontact.com.evil.example/", id="the vendor's name in front"),
    pytest.param("https://evilnice-incontact.com/", id="the vendor's name behind"),
    pytest.param("https://nice-incontact.com/", id="the vendor's bare domain"),
    pytest.param("http://api.nice-incontact.com/", id="not encrypted"),
    pytest.param("https://api.nice-incontact.com:8443/", id="another port of the vendor"),
    pytest.param("https://api.nice-incontact.com:443@evil.example/", id="a user as a port"),
    pytest.param("https://api.nice-incontact.com@evil.example/", id="a user as a host"),
    pytest.param("https://evil.example\\@api.nice-incontact.com/", id="a backslash"),
    pytest.param("https://evil.example#@api.nice-incontact.com/", id="a fragment"),
    pytest.param("https://evil.example?.nice-incontact.com/", id="a query"),
    pytest.param("https://evil.example%2F.nice-incontact.com/", id="an escaped slash"),
    pytest.param("https://evil.example\t.nice-incontact.com/", id="a tabulator"),
    pytest.param("HTTPS://EVIL.EXAMPLE/", id="upper case"),
    pytest.param("https://api.nice-incontact.com./", id="a dot at the end"),
    pytest.param("https://api.nice-incontact\u3002com.evil.example/", id="another alphabet's dot"),
    pytest.param("https://[::ffff:127.0.0.1]:{port}/", id="an address of version 6"),
    pytest.param("http://127.0.0.1:{own}@127.0.0.1:{port}/", id="the user's host as a user"),
    pytest.param("http://127.0.0.1:{own}.evil.example/", id="the user's host in front"),
    pytest.param("//evil.example/", id="no scheme"),
    pytest.param("ftp://api.nice-incontact.com/", id="a scheme that is not HTTP"),
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("way", ["base uri", "discovery", "token endpoint", "file", "redirect"])
def test_an_address_elsewhere_is_refused(
    sandbox: Sandbox, stranger: Stranger, way: str, address: str
) -> None:
    own = sandbox.url.rpartition(":")[2]
    url = address.replace("{port}", str(stranger.port)).replace("{own}", own)
    if way == "base uri":
        fault = {"field_envelope": {"resource_server_base_uri": url}}
        sandbox.fault("/InContactAuthorizationServer/Token", fault, times=None)
    elif way == "discovery":
        fault = {"field_envelope": {"api_endpoint": url}}
        sandbox.fault("/.well-known/cxone-configuration", fault, times=None)
    elif way == "token endpoint":
        fault = {"field_envelope": {"token_endpoint": url}}
        sandbox.fault("/.well-known/openid-configuration", fault, times=None)
    elif way == "file":
        sandbox.fault("report-jobs/*", {"result_url": url}, times=None)
    elif url.isascii() and url.isprintable():
        sandbox.fault("report-jobs/*", {"redirect": url}, times=None)
    else:
        pytest.skip("no header can say it")
    config = sandbox.config(LOGINS.get(way, "access_key"), **CUSTOM, **FAST)
    outcome = read(sandbox, config, [STREAM], elsewhere=stranger.port)
    assert outcome.exit_code == 1
    assert outcome.records(STREAM) == []
    said = "redirects" if way == "redirect" else "was not called and no token was sent"
    assert said in outcome.errors[0]["message"]


def test_names_do_lead_to_the_stranger(sandbox: Sandbox) -> None:
    """The test above would prove nothing if no name could be reached anyway."""
    with Stranger() as server:
        config = {**sandbox.config(**FAST), "api_host": "https://evil.example"}
        cli.run("check", config=config, now=NOW, elsewhere=server.port)
        assert server.heard[0].startswith(b"\x16\x03")  # a TLS greeting


@pytest.mark.parametrize(
    "token",
    ["made-up-token\r\nX-Other: 1", "made up token", "", 5, None, ["made-up"], "m\u00e4de-up"],
)
def test_a_token_that_no_header_can_hold_is_refused(sandbox: Sandbox, token: object) -> None:
    fault = {"field_envelope": {"access_token": token}}
    sandbox.fault("/authentication/v1/token/access-key", fault, times=None)
    outcome = read(sandbox, sandbox.config(**FAST), ["teams"])
    assert outcome.exit_code == 1
    assert "no usable access_token" in outcome.errors[0]["message"]
    assert {entry["path"] for entry in sandbox.requests()} == {
        "/authentication/v1/token/access-key"
    }


@pytest.mark.parametrize(
    "asked",
    [
        "31536000",
        "-5",
        "soon",
        "inf",
        "nan",
        "1e400",
        "Wed, 24 Nov 2036 00:00:00 GMT",
        "0",
        "\u00b2",
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_an_absurd_pause_is_cut_to_minutes(sandbox: Sandbox, status: int, asked: str) -> None:
    sandbox.fault("teams", {"status": status, "headers": {"Retry-After": asked}}, times=1)
    outcome = read(sandbox, sandbox.config(**FAST), ["teams"])
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("teams")) == true_rows(sandbox.truth, "teams")


@pytest.mark.parametrize(
    "fault",
    [{"drip": 0.7}, {"drip_head": 0.2}, {"drip": 0.7, "zip": 1}],
    ids=["body", "head", "zip"],
)
def test_an_answer_that_drips_for_ever_is_given_up(sandbox: Sandbox, fault: dict[str, Any]) -> None:
    sandbox.fault("teams", fault, times=1)
    outcome = read(sandbox, sandbox.config(**FAST), ["teams"], speed=600)
    assert outcome.exit_code == 0, outcome.errors
    assert [entry["path"] for entry in sandbox.requests("teams")] == ["teams", "teams"]
    assert plain(outcome.records("teams")) == true_rows(sandbox.truth, "teams")


def test_a_sync_that_does_not_get_ahead_ends(sandbox: Sandbox) -> None:
    """30 days of hours, each with its tries: they would add up to half a day of silence."""
    sandbox.fault("teams/performance-total", {"html": 200}, times=None)
    config = sandbox.config(date=days_back(30), report_interval="hour", **FAST)
    outcome = read(sandbox, config, ["team_performance_totals"], speed=5000)
    assert outcome.exit_code == 1
    assert "Nothing could be read for 80 minutes" in outcome.errors[-1]["message"]
    assert len(sandbox.requests("teams/performance-total")) < 720 * 7 / 2
