"""Custom reports and data downloads when something goes wrong with a job or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, specific
from integration_tests.test_named_reports import WINDOWS, rows_of

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

ONE_DAY = specific("2026-11-12", "2026-11-12")

HEALING = [
    pytest.param({"status": 503}, id="503"),
    pytest.param({"reset": "body"}, id="reset inside the body"),
    pytest.param({"truncate": 200}, id="shorter than announced"),
    pytest.param({"cut_json": 20}, id="cut-off JSON"),
    pytest.param({"break_base64": True}, id="broken base64"),
    pytest.param({"bad_padding": True}, id="wrong padding"),
    pytest.param({"html": 200}, id="a web page"),
    pytest.param({"empty": True}, id="nothing, and no end marked"),
    pytest.param({"expire_token": True}, id="the token dies"),
]


@pytest.mark.parametrize("fault", HEALING)
def test_a_passing_fault_of_a_download_costs_nothing_but_time(
    sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    sandbox.fault("report-jobs/datadownload/540", fault, times=1)
    config = sandbox.config(data_downloads=["540"], date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["data_download_540"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    table = sandbox.truth.data_download(540, *WINDOWS[0])
    assert rows_of(outcome.records("data_download_540"), table.header) == list(table.rows)
    assert sandbox.faults()[0]["fired"] == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param({"break_base64": True}, "not valid base64", id="broken base64"),
        pytest.param({"bad_padding": True}, "base64", id="wrong padding"),
        pytest.param({"cut_json": 20}, "cut off", id="cut-off JSON"),
        pytest.param({"truncate": 200}, "broke off", id="shorter than announced"),
        pytest.param({"no_envelope": True}, "holds no file", id="an answer of another kind"),
        pytest.param(
            {"status": 200, "body": {"file": "", "URI": "", "message": "timed out"}},
            "it says: timed out",
            id="a reason in place of a file",
        ),
        pytest.param({"html": 200}, "not a JSON object", id="a web page"),
        pytest.param({"empty": True}, "cut off", id="nothing, and no end marked"),
    ],
)
def test_a_download_that_never_comes_whole_is_an_error_and_never_fewer_rows(
    sandbox: Sandbox, fault: dict[str, Any], said: str
) -> None:
    sandbox.fault("report-jobs/datadownload/540", fault, times=None)
    config = sandbox.config(data_downloads=["540"], date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["data_download_540"], "incremental", now=NOW)
    assert outcome.exit_code == 1
    assert outcome.records("data_download_540") == []
    [error] = [one for one in outcome.errors if one["stream"]]
    assert said in error["message"]
    assert outcome.states["data_download_540"][-1]["slices"] == []


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        pytest.param("fail", "ended as 'Failed'", id="failed"),
        pytest.param("never", "did not end within 1 minutes", id="never ends"),
        pytest.param("no_file", "left no file", id="no file"),
    ],
)
def test_a_job_that_goes_wrong_fails_its_stream_and_says_why(
    sandbox: Sandbox, fate: str, said: str
) -> None:
    sandbox.fault("report-jobs/700101", {"job": fate}, times=None)
    config = sandbox.config(
        custom_reports=["700101"], job_timeout_minutes=2 if fate == "no_file" else 1, **FAST
    )
    outcome = cli.read(config, ["custom_report_700101", "teams"], now=NOW)
    assert outcome.exit_code == 1
    assert outcome.records("teams")
    [error] = [one for one in outcome.errors if one["stream"]]
    assert said in error["message"]
    assert error["message"].startswith("custom_report_700101")


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        pytest.param("report-jobs/700101", {"job": "odd_state"}, id="an unknown state"),
        pytest.param("files", {"status": 404}, id="404 then the file"),
        pytest.param("files", {"reset": "body"}, id="the file breaks off"),
    ],
)
def test_a_job_that_is_slow_or_odd_still_comes_whole(
    sandbox: Sandbox, path: str, fault: dict[str, Any]
) -> None:
    sandbox.fault(path, fault, times=1)
    config = sandbox.config(custom_reports=["700101"], **FAST)
    outcome = cli.read(config, ["custom_report_700101"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    table = sandbox.truth.custom_report(700101)
    assert rows_of(outcome.records("custom_report_700101"), table.header) == list(table.rows)


def test_a_file_on_another_host_is_refused(sandbox: Sandbox) -> None:
    sandbox.fault("report-jobs/700101", {"result_url": "https://evil.example/x"}, times=None)
    config = sandbox.config(custom_reports=["700101"], **FAST)
    outcome = cli.read(config, ["custom_report_700101"], now=NOW)
    assert outcome.exit_code == 1
    assert "neither a NICE inContact host" in outcome.errors[0]["message"]


@pytest.mark.parametrize("stream", ["custom_report_weekly_queue_overview", "data_download_540"])
def test_a_report_that_somebody_else_is_running_is_waited_for(
    sandbox: Sandbox, stream: str
) -> None:
    blocked = {"status": 409, "body": {"message": "being run by another user"}}
    sandbox.fault("report-jobs/*", blocked, times=5)
    sandbox.fault("report-jobs/datadownload/*", blocked, times=5)
    config = sandbox.config(
        custom_reports=["Weekly Queue Overview"], data_downloads=["540"], date=ONE_DAY, **FAST
    )
    outcome = cli.read(config, [stream], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert outcome.records(stream)


def test_the_job_of_a_sync_that_was_killed_does_not_stand_in_the_way(sandbox: Sandbox) -> None:
    sandbox.fault("report-jobs/*", {"job": "never"}, times=None)
    config = sandbox.config(custom_reports=["Weekly Queue Overview"], **FAST)
    stream = "custom_report_weekly_queue_overview"
    kill = cli.Kill(once=lambda: bool(sandbox.requests("report-jobs/700101")))
    killed = cli.read(config, [stream], now=NOW, kill=kill)
    assert killed.exit_code < 0
    assert len(sandbox.requests("report-jobs/700101")) == 1
    sandbox.clear_faults()
    outcome = cli.read(config, [stream], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records(stream)) == len(sandbox.truth.custom_report(700_101).rows)


def test_an_address_where_the_file_should_be_is_not_a_file(sandbox: Sandbox) -> None:
    body = {"files": {"file": "", "fileName": "x.csv"}, "URI": f"{sandbox.url}/elsewhere"}
    sandbox.fault("files", {"status": 200, "body": body}, times=None)
    config = sandbox.config(custom_reports=["Weekly Queue Overview"], **FAST)
    outcome = cli.read(config, ["custom_report_weekly_queue_overview"], now=NOW)
    assert outcome.exit_code == 1
    assert "another address where the report's file should be" in outcome.errors[0]["message"]


@pytest.mark.parametrize(
    "headers",
    [{"Content-Encoding": "gzip"}, {"Content-Type": "text/html"}],
    ids=["packed", "a web page"],
)
def test_an_empty_body_of_another_kind_is_not_a_day_without_rows(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    path = "report-jobs/datadownload/540"
    sandbox.fault(path, {"status": 200, "body": "", "headers": headers}, times=1)
    config = sandbox.config(data_downloads=["540"], date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["data_download_540"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert outcome.records("data_download_540")


@pytest.mark.parametrize("times", [1, 2])
def test_an_empty_body_means_no_rows_only_if_it_comes_twice(sandbox: Sandbox, times: int) -> None:
    path = "report-jobs/datadownload/540"
    sandbox.fault(path, {"status": 200, "body": ""}, times=times)
    config = sandbox.config(data_downloads=["540"], date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["data_download_540"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert bool(outcome.records("data_download_540")) == (times == 1)
