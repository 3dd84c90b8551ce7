"""The streams beside the standard ones: every cell against the sandbox's truth."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.api import AUTH_GUID
from integration_tests.streams import BY_NAME, DATED, FURTHER, LISTS
from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, days_back, plain, true_rows

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

FURTHER_LISTS = [name for name in FURTHER if name in LISTS]
HISTORIES = [name for name in FURTHER if name in DATED]
DAY = timedelta(days=1)
TODAY = ("2026-11-16T00:00:00Z", "2026-11-16T09:30:00Z")


def config(sandbox: Sandbox, *streams: str, **changes: Any) -> dict[str, Any]:
    """A form that chooses some streams."""
    reports = [BY_NAME[name].title for name in streams]
    return sandbox.config(**{"date": days_back(2), "reports": reports, **FAST, **changes})


def days(first: int, last: int) -> list[tuple[str, str]]:
    """Days of November 2026 in UTC, today cut off by now."""
    whole = [
        (f"2026-11-{d:02}T00:00:00Z", f"2026-11-{d + 1:02}T00:00:00Z") for d in range(first, 16)
    ]
    return [*whole, TODAY] if last == 16 else whole[: last - first + 1]


def test_all_lists_are_exact(sandbox: Sandbox) -> None:
    outcome = cli.read(config(sandbox, *FURTHER_LISTS), FURTHER_LISTS, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    for name in FURTHER_LISTS:
        rows = plain(outcome.records(name))
        assert rows, name
        assert rows == true_rows(sandbox.truth, name), name
    assert AUTH_GUID not in outcome.text


@pytest.mark.parametrize("version", ["20.0", "22.0", "35.0"])
def test_lists_are_the_same_in_every_version(sandbox: Sandbox, version: str) -> None:
    form = config(sandbox, *FURTHER_LISTS, api_version=version)
    outcome = cli.read(form, FURTHER_LISTS, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    for name in FURTHER_LISTS:
        assert plain(outcome.records(name)) == true_rows(sandbox.truth, name), name


def test_all_histories_are_exact(sandbox: Sandbox) -> None:
    outcome = cli.read(config(sandbox, *HISTORIES), HISTORIES, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    for name in HISTORIES:
        rows = plain(outcome.records(name))
        assert rows, name
        assert rows == true_rows(sandbox.truth, name, days(14, 16)), name


def test_wfm_days_are_those_of_utc_whatever_the_time_zone(sandbox: Sandbox) -> None:
    names = [name for name in HISTORIES if BY_NAME[name].utc_days]
    names = [name for name in names if name.startswith("wfm")]
    assert len(names) == 4
    form = config(sandbox, *names, time_zone="America/Denver")
    outcome = cli.read(form, names, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    for name in names:
        asked = {entry["query"]["startDate"] for entry in sandbox.requests(BY_NAME[name].path)}
        assert all(start.endswith("T00:00:00Z") for start in asked)
        assert all("mediaTypeId" not in e["query"] for e in sandbox.requests(BY_NAME[name].path))


@pytest.mark.parametrize("name", HISTORIES)
def test_three_incremental_syncs_bring_late_changes(sandbox: Sandbox, name: str) -> None:
    """Facts of the first day come late, and the clock moves on."""
    form = config(sandbox, name, date={"date_type": "range_specific", "start_date": "2026-11-14"})
    tables: dict[Any, dict[str, Any]] = {}
    state = None
    sandbox.hide("2026-11-15T12:00:00Z", "2026-11-15T18:00:00Z")
    for step in range(3):
        now = NOW + step * DAY
        sandbox.set_clock(now)
        if step == 1:
            sandbox.unhide()
        outcome = cli.read(form, [name], "incremental", now=now, state=state)
        assert outcome.exit_code == 0, outcome.errors
        for record in outcome.records(name):
            tables[tuple(record.get(field) for field in BY_NAME[name].key)] = record
        state = outcome.final_state
    windows = [
        *days(14, 15),
        *((f"2026-11-{d}T00:00:00Z", f"2026-11-{d + 1}T00:00:00Z") for d in (16, 17)),
        ("2026-11-18T00:00:00Z", "2026-11-18T09:30:00Z"),
    ]
    # Changes come of contacts too that began before the first of the chosen days.
    rows = [row for row in tables.values() if row.get("contactStartDate", "3") > "2026-11-14"]
    assert plain(rows) == true_rows(sandbox.truth, name, windows)


@pytest.mark.parametrize("name", [n for n in HISTORIES if "history" in n or "custom" in n])
def test_a_day_that_the_api_rejects_is_read_by_halves(sandbox: Sandbox, name: str) -> None:
    day = {"startDate": "2026-11-15T00:00:00Z", "endDate": "2026-11-16T00:00:00Z"}
    too_much = {"status": 400, "body": {"message": "too many rows"}}
    sandbox.fault(BY_NAME[name].path, too_much, times=None, query=day)
    date = {"date_type": "single_specific", "date": "2026-11-15"}
    outcome = cli.read(config(sandbox, name, date=date), [name], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    found = plain(outcome.records(name))
    assert found == true_rows(sandbox.truth, name, days(15, 15))


@pytest.mark.parametrize("name", ["agent_state_history", "contact_custom_data"])
def test_a_path_that_is_too_new_says_which_version_to_enter(sandbox: Sandbox, name: str) -> None:
    form = config(sandbox, name, api_version="22.0")
    outcome = cli.read(form, [name], now=NOW)
    assert outcome.exit_code == 1
    assert outcome.records(name) == []
    said = outcome.errors[0]["message"]
    assert "It offers it from version 24.0 on" in said
    assert "'API version' (api_version)" in said
    assert len(sandbox.requests("apiversion")) == 1


@pytest.mark.parametrize("stream", ["contacts", "contacts_completed", "skill_summaries"])
def test_every_family_says_which_version_to_enter(sandbox: Sandbox, stream: str) -> None:
    path = BY_NAME[stream].path
    offered = {"apiInfo": [{"uri": path, "verb": "GET", "version": "v31.0"}]}
    sandbox.fault(path, {"status": 404}, times=None)
    sandbox.fault("apiversion", {"status": 200, "body": offered}, times=None)
    outcome = cli.read(config(sandbox, stream), [stream], now=NOW)
    assert outcome.exit_code == 1
    assert "It offers it from version 31.0 on" in outcome.errors[0]["message"]


def test_agent_skills_are_asked_in_four_parts_where_the_plain_list_is_rejected(
    sandbox: Sandbox,
) -> None:
    refused = {"status": 400, "body": {"message": "isActive is required"}}
    sandbox.fault("agents/skills", refused, times=2)  # with fewer rows as well
    outcome = cli.read(config(sandbox, "agent_skills"), ["agent_skills"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("agent_skills")) == true_rows(sandbox.truth, "agent_skills")
    asked = {
        (entry["query"].get("isActive"), entry["query"].get("isAgentActive"))
        for entry in sandbox.requests("agents/skills")
    }
    combinations = {(one, two) for one in ("true", "false") for two in ("true", "false")}
    assert asked == {(None, None), *combinations}


KILLED = ["dispositions", *(name for name in HISTORIES if not name.startswith("wfm_agent"))]
"""At least one of each family."""


@pytest.mark.parametrize("name", KILLED)
def test_a_sync_that_is_killed_is_resumed_without_a_hole(sandbox: Sandbox, name: str) -> None:
    """It dies while a request waits for its response; the next sync asks for the rest alone."""
    stream = BY_NAME[name]
    form = config(sandbox, name, date=days_back(4, 1), num_workers=2)
    before = 2 if name in HISTORIES else 0
    sandbox.fault(stream.path, {"delay": 600}, after=before, times=None)
    kill = cli.Kill(once=lambda: len(sandbox.requests(stream.path)) > before)
    killed = cli.read(form, [name], "incremental", now=NOW, kill=kill)
    assert killed.exit_code < 0
    sandbox.clear_faults()
    done = killed.final_state
    resumed = cli.read(form, [name], "incremental", now=NOW, state=done)
    assert resumed.exit_code == 0, resumed.errors
    table = {
        tuple(record.get(field) for field in stream.key): record
        for outcome in (killed, resumed)
        for record in outcome.records(name)
    }
    windows = days(12, 15) if name in HISTORIES else []
    assert plain(table.values()) == true_rows(sandbox.truth, name, windows)
