"""Answers without measure: the memory they take is looked at, not only the words about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support.constants import FAST, plain, specific, true_rows
from integration_tests.support.debug_run import only_error, read

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.support.cli import Outcome

ONE_DAY = specific("2026-11-12", "2026-11-12")
NAMED: dict[str, Any] = {"custom_reports": ["700101"], "data_downloads": ["540"]}
SIGN_IN = "/authentication/v1/token/access-key"
DISCOVERY = "/.well-known/cxone-configuration"

HUGE = 600
"""MiB that a bomb unpacks to."""
MOST_MIB = 350
"""What a command may take: 128 MiB of an answer, and what it takes anyway."""
SLIGHT = 160
"""MiB that are just too much for an answer."""
MOST_BESIDE_A_FILE_MIB = 180
"""What a command may take beside a file of `SLIGHT` MiB: what it takes anyway."""


def read_under(
    sandbox: Sandbox, path: str, fault: dict[str, Any], streams: list[str], most: int = MOST_MIB
) -> Outcome:
    """Read while a fault acts on a path, in no more memory than is allowed."""
    sandbox.fault(path, fault, times=None)
    outcome = read(sandbox, sandbox.config(date=ONE_DAY, **NAMED, **FAST), streams)
    assert sandbox.faults()[0]["fired"]
    assert 0 < outcome.peak_mib < most
    return outcome


@pytest.mark.parametrize(
    ("path", "stream", "layers"),
    [
        pytest.param("teams", "teams", 1, id="list"),
        pytest.param("teams", "teams", 2, id="list, packed twice"),
        pytest.param("contacts", "contacts", 1, id="report"),
        pytest.param("report-jobs/700101", "custom_report_700101", 1, id="job"),
        pytest.param(SIGN_IN, "teams", 1, id="sign-in"),
    ],
)
def test_an_answer_that_unpacks_to_too_much_is_given_up_before_it_is_in_memory(
    sandbox: Sandbox, path: str, stream: str, layers: int
) -> None:
    outcome = read_under(sandbox, path, {"zip": HUGE, "zip_layers": layers}, [stream])
    assert "is larger than 128 MiB" in only_error(outcome, stream)
    assert outcome.records(stream) == []
    assert len(sandbox.requests(path)) == 1


def test_discovery_that_unpacks_to_too_much_is_done_without(sandbox: Sandbox) -> None:
    outcome = read_under(sandbox, DISCOVERY, {"zip": HUGE}, ["teams"])
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("teams")) == true_rows(sandbox.truth, "teams")


@pytest.mark.parametrize(
    ("path", "stream", "layers"),
    [
        ("report-jobs/datadownload/540", "data_download_540", 1),
        ("files", "custom_report_700101", 2),
    ],
)
def test_a_file_of_any_size_takes_no_memory(
    sandbox: Sandbox, path: str, stream: str, layers: int
) -> None:
    bomb = {"zip": SLIGHT, "zip_layers": layers}
    outcome = read_under(sandbox, path, bomb, [stream], MOST_BESIDE_A_FILE_MIB)
    assert outcome.exit_code == 0, outcome.errors
    assert outcome.records(stream)


@pytest.mark.parametrize("status", [302, 500])
@pytest.mark.parametrize(
    ("path", "stream"), [("teams", "teams"), ("report-jobs/datadownload/540", "data_download_540")]
)
def test_a_refusal_that_unpacks_to_too_much_is_given_up_and_the_others_are_read(
    sandbox: Sandbox, path: str, stream: str, status: int
) -> None:
    bomb = {"zip": SLIGHT, "status": status, "headers": {"Location": "/"}}
    outcome = read_under(sandbox, path, bomb, [stream, "skills"])
    assert "is larger than 128 MiB" in only_error(outcome, stream)
    assert outcome.records("skills")


@pytest.mark.parametrize(
    ("fill", "times"),
    [
        pytest.param("{},", 10_000_000, id="rows of nothing"),
        pytest.param('{"teamId":1},', 3_000_000, id="rows of next to nothing"),
        pytest.param('{"teamId":1,"x":[1,' + "2," * 100 + "2]},", 150_000, id="long rows"),
    ],
)
def test_very_many_rows_are_given_up_before_they_are_parsed(
    sandbox: Sandbox, fill: str, times: int
) -> None:
    """A character or two of the answer take hundreds of bytes once they are parsed."""
    rows = {"head": '{"teamPerformanceTotal":[', "fill": fill, "times": times, "tail": "{}]}"}
    stream = "team_performance_totals"
    outcome = read_under(sandbox, "teams/performance-total", {"filled": rows}, [stream])
    assert "holds more than 200,000 objects or 4,000,000 values" in only_error(outcome, stream)


@pytest.mark.parametrize("fill", ["{},", '{"teamId":1},'], ids=["nothing", "next to nothing"])
def test_rows_just_short_of_too_many_are_a_clear_error(sandbox: Sandbox, fill: str) -> None:
    rows = {"head": '{"teamPerformanceTotal":[', "fill": fill, "times": 199_990, "tail": "{}]}"}
    stream = "team_performance_totals"
    outcome = read_under(sandbox, "teams/performance-total", {"filled": rows}, [stream])
    said = only_error(outcome, stream) if not fill.strip("{},") else outcome.logs
    assert "a teamId" in said or "field of their key (teamId)" in said
