"""A day of many pages is read by parts side by side, and is as whole as one reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.streams import BY_NAME
from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, plain, specific, true_rows

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

DAY = ("2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z")
NOON = "2026-11-12T12:00:00Z"
CAP = 11
"""Rows of a page: the day has eight pages."""


SPLIT = {
    "contacts": "contacts",
    "contacts_completed": "completedContacts",
    "agent_state_history": "agentStateHistory",
    "contact_state_history": "contactStateHistory",
}
"""The streams whose days are read by parts, and the envelope's key for their rows."""


def read(sandbox: Sandbox, stream: str = "contacts") -> cli.Outcome:
    reports = [BY_NAME[stream].title]
    config = sandbox.config(date=specific("2026-11-12", "2026-11-12"), reports=reports, **FAST)
    return cli.read(config, [stream], "incremental", now=NOW)


def starts(sandbox: Sandbox, stream: str = "contacts") -> list[str]:
    """When the windows begin that were asked for, each once."""
    asked = sandbox.requests(BY_NAME[stream].path)
    return sorted({entry["query"]["startDate"] for entry in asked})


@pytest.fixture(autouse=True)
def small_pages(sandbox: Sandbox) -> None:
    sandbox.reset(now=NOW, ticking=False, top_cap=CAP)


@pytest.mark.parametrize("stream", SPLIT)
def test_its_rows_are_those_of_the_day_each_once(sandbox: Sandbox, stream: str) -> None:
    outcome = read(sandbox, stream)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records(stream)) == true_rows(sandbox.truth, stream, [DAY])
    assert len(starts(sandbox, stream)) >= 24
    assert "read as a whole" not in outcome.logs


def test_contacts_come_in_the_order_in_which_they_began(sandbox: Sandbox) -> None:
    moments = [record["contactStartDate"] for record in read(sandbox).records("contacts")]
    assert moments == sorted(moments)


@pytest.mark.parametrize("count", [{"totalRecords": 0}, {}])
@pytest.mark.parametrize("stream", SPLIT)
def test_rows_that_its_parts_lack_are_read_with_the_whole(
    sandbox: Sandbox, stream: str, count: dict[str, Any]
) -> None:
    row = BY_NAME[stream]
    fault = {"status": 200, "body": {SPLIT[stream]: [], **count}}
    sandbox.fault(row.path, fault, query={"startDate": NOON}, times=None)
    outcome = read(sandbox, stream)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records(stream)) == true_rows(sandbox.truth, stream, [DAY])
    assert "of the window, which is read as a whole" in outcome.logs


@pytest.mark.parametrize("stream", SPLIT)
def test_a_day_whose_parts_are_rejected_is_read_as_a_whole(sandbox: Sandbox, stream: str) -> None:
    fault = {"status": 400, "body": {"message": "a window spans a day"}}
    sandbox.fault(BY_NAME[stream].path, fault, query={"startDate": NOON}, times=None)
    outcome = read(sandbox, stream)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records(stream)) == true_rows(sandbox.truth, stream, [DAY])
    assert "the window is read as a whole, because the API does not take its hours" in outcome.logs


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
