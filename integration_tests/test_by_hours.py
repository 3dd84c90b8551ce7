"""A day of many pages is read by parts side by side, and is as whole as one reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, plain, specific, true_rows

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

DAY = ("2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z")
NOON = "2026-11-12T12:00:00Z"
CAP = 11
"""Rows of a page: the day has eight pages."""


def read(sandbox: Sandbox) -> cli.Outcome:
    config = sandbox.config(date=specific("2026-11-12", "2026-11-12"), **FAST)
    return cli.read(config, ["contacts"], "incremental", now=NOW)


def starts(sandbox: Sandbox) -> list[str]:
    """When the windows begin that were asked for, each once."""
    return sorted({entry["query"]["startDate"] for entry in sandbox.requests("contacts")})


@pytest.fixture(autouse=True)
def small_pages(sandbox: Sandbox) -> None:
    sandbox.reset(now=NOW, ticking=False, top_cap=CAP)


def test_its_rows_are_those_of_the_day_each_once(sandbox: Sandbox) -> None:
    outcome = read(sandbox)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("contacts")) == true_rows(sandbox.truth, "contacts", [DAY])
    assert len(starts(sandbox)) >= 24
    moments = [record["contactStartDate"] for record in outcome.records("contacts")]
    assert moments == sorted(moments)
    assert "read as a whole" not in outcome.logs


@pytest.mark.parametrize("lost", [{"contacts": [], "totalRecords": 0}, {"contacts": []}])
def test_rows_that_its_parts_lack_are_read_with_the_whole(
    sandbox: Sandbox, lost: dict[str, Any]
) -> None:
    fault = {"status": 200, "body": lost}
    sandbox.fault("contacts", fault, query={"startDate": NOON}, times=None)
    outcome = read(sandbox)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("contacts")) == true_rows(sandbox.truth, "contacts", [DAY])
    assert "of the window, which is read as a whole" in outcome.logs


def test_a_part_that_fails_fails_its_day(sandbox: Sandbox) -> None:
    sandbox.fault("contacts", {"total": 1}, query={"startDate": NOON}, times=None)
    outcome = read(sandbox)
    assert outcome.exit_code == 1
    [error] = [error for error in outcome.errors if error["stream"]]
    assert f"contacts, window {DAY[0]} to {DAY[1]}" in error["message"]
    assert "Completeness could not be proved" in error["message"]
    [state] = outcome.final_state
    assert state["stream"]["stream_state"]["slices"] == []


def test_a_count_alone_splits_nothing(sandbox: Sandbox) -> None:
    sandbox.reset(now=NOW, ticking=False)
    sandbox.fault("contacts", {"total": 1_000_000}, times=None)
    outcome = read(sandbox)
    assert outcome.exit_code == 1
    assert starts(sandbox) == [DAY[0]]
    in_each_pass = 3  # the page, its last row again, and what is behind it
    assert len(sandbox.requests("contacts")) == in_each_pass * 6
