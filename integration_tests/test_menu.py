"""The Report menu, through the command line: what is chosen is a stream, is probed, and is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, PATHS, days_back

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

STANDARD = [*cli.LISTS, *cli.DATED]
QUEUES = "custom_report_weekly_queue_overview"


def streams(outcome: cli.Outcome) -> list[str]:
    """The names in a catalog."""
    assert outcome.exit_code == 0, outcome.errors
    [catalog] = outcome.of_type("CATALOG")
    return [stream["name"] for stream in catalog["streams"]]


def status(outcome: cli.Outcome) -> tuple[str, str]:
    """What a check says."""
    [said] = outcome.of_type("CONNECTION_STATUS")
    return said["status"], said.get("message", "")


@pytest.mark.parametrize(
    ("reports", "wanted"),
    [
        pytest.param([], STANDARD, id="empty"),
        pytest.param(["Skills"], ["skills"], id="one"),
        pytest.param(
            ["Contacts", "Agents", "Skill Summaries Report"],
            ["agents", "skill_summaries", "contacts"],
            id="several",
        ),
        pytest.param(["AGENTS", "team_Performance_Totals"], None, id="stream names in any case"),
        pytest.param(["Skills", "skills"], ["skills"], id="twice"),
    ],
)
def test_only_chosen_reports_are_streams_are_probed_and_are_read(
    sandbox: Sandbox, reports: list[str], wanted: list[str] | None
) -> None:
    wanted = wanted or ["agents", "team_performance_totals"]
    config = sandbox.config(date=days_back(1), reports=reports, **FAST)
    assert streams(cli.run("discover", config=config, now=NOW)) == wanted
    assert status(cli.run("check", config=config, now=NOW)) == ("SUCCEEDED", "")
    probed = {entry["path"] for entry in sandbox.requests() if entry["version"]}
    assert probed == {PATHS.get(name, name) for name in wanted}
    outcome = cli.read(config, wanted, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert all(outcome.records(name) for name in wanted)


@pytest.mark.parametrize("entry", ["Custom inContact Report", "custom incontact report"])
def test_named_reports_alone(sandbox: Sandbox, entry: str) -> None:
    config = sandbox.config(
        date=days_back(1), reports=[entry], custom_reports=["Weekly Queue Overview"], **FAST
    )
    assert streams(cli.run("discover", config=config, now=NOW)) == [QUEUES]


def test_named_reports_are_read_whether_or_not_their_entry_is_chosen(sandbox: Sandbox) -> None:
    config = sandbox.config(date=days_back(1), reports=["Skills"], data_downloads=["540"], **FAST)
    assert streams(cli.run("discover", config=config, now=NOW)) == ["skills", "data_download_540"]


@pytest.mark.parametrize("command", ["check", "discover", "read"])
@pytest.mark.parametrize(
    ("reports", "said"),
    [
        (
            ["Agents", "Agent Performence"],
            "Field 'Report' (details.reports.1) holds 'Agent Performence', which is no report of",
        ),
        (
            ["Data Download"],
            "Field 'Data Download Report' (details.data_downloads) is empty, but 'Report' ",
        ),
        ("Agents", "Field 'Report' (details.reports) holds 'Agents', where a list belongs."),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(
    sandbox: Sandbox, command: str, reports: Any, said: str
) -> None:
    config = sandbox.config(date=days_back(1), reports=reports)
    catalog = cli.catalog(["agents"]) if command == "read" else None
    outcome = cli.run(command, config=config, catalog=catalog, now=NOW)
    if command == "check":
        assert status(outcome)[1].startswith(said)
    else:
        assert outcome.exit_code == 1
        assert outcome.errors[0]["message"].startswith(said)
        assert outcome.errors[0]["failure_type"] == "config_error"
    assert sandbox.requests() == []


def test_a_role_needs_what_was_chosen_and_nothing_else(sandbox: Sandbox) -> None:
    for path in ("agents/performance", "skills", "teams"):
        sandbox.fault(path, {"status": 403, "body": {"message": "no"}}, times=None)
    able = sandbox.config(date=days_back(1), reports=["Agents", "Contacts"], **FAST)
    assert status(cli.run("check", config=able, now=NOW)) == ("SUCCEEDED", "")
    unable = sandbox.config(date=days_back(1), reports=["Skills", "Contacts", "Teams"], **FAST)
    verdict, message = status(cli.run("check", config=unable, now=NOW))
    assert verdict == "FAILED"
    first, second = message.splitlines()
    assert first.startswith("(1) skills: The account may not read skills (403, no). Give its role")
    assert first.endswith(
        "Admin API, view of skills; or take it out of 'Report' (details.reports)."
    )
    assert second.startswith("(2) teams: The account may not read teams")


def test_one_cause_that_all_reports_share_is_said_once(sandbox: Sandbox) -> None:
    for path in ("agents", "skills", "teams"):
        sandbox.fault(path, {"status": 404}, times=None)
    config = sandbox.config(date=days_back(1), reports=["Agents", "Skills", "Teams"], **FAST)
    message = status(cli.run("check", config=config, now=NOW))[1]
    assert message.startswith("agents, skills, teams: The API does not know these reports (404)")
    assert len(message.splitlines()) == 1


def test_a_catalog_that_is_older_than_the_menu_fails_by_name_and_reads_the_rest(
    sandbox: Sandbox,
) -> None:
    config = sandbox.config(date=days_back(1), reports=["Agents"], **FAST)
    outcome = cli.read(config, ["agents", "skills"], now=NOW)
    assert outcome.exit_code == 1
    assert outcome.records("agents")
    [error] = [error for error in outcome.errors if error["stream"] == "skills"]
    assert "not chosen in the field 'Report' (details.reports) any more" in error["message"]
    assert "Choose 'Skills' there again" in error["message"]


def test_a_form_without_the_menu_goes_on_with_its_state(sandbox: Sandbox) -> None:
    old = sandbox.config(date={"date_type": "offset", "date_offset": 3}, **FAST)
    first = cli.read(old, ["team_performance_totals"], "incremental", now=NOW)
    chosen = {**old, "details": {**old["details"], "reports": ["Team Performance totals"]}}
    sandbox.clear_requests()
    second = cli.read(
        chosen, ["team_performance_totals"], "incremental", now=NOW, state=first.final_state
    )
    assert (first.exit_code, second.exit_code) == (0, 0)
    asked = {
        entry["query"]["startDate"][:10]
        for entry in sandbox.requests(PATHS["team_performance_totals"])
    }
    assert asked == {"2026-11-15", "2026-11-16"}
