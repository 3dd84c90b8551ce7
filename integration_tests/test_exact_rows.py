"""Every stream delivers exactly the rows that are true, in every API version and interval."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from integration_tests.sandbox.configs import LOGINS, SECRETS
from integration_tests.support import cli
from integration_tests.support.constants import (
    FAST,
    KEYS,
    NOW,
    PATHS,
    days_back,
    plain,
    specific,
    true_rows,
    windows_asked,
)

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.configs import Login

TWO_DAYS = [
    ("2026-11-15T00:00:00Z", "2026-11-16T00:00:00Z"),
    ("2026-11-16T00:00:00Z", "2026-11-16T09:30:00Z"),
]


@pytest.mark.parametrize("version", ["21.0", "30.0", "33.0"])
def test_every_stream_is_exact_in_every_version(sandbox: Sandbox, version: str) -> None:
    config = sandbox.config(date=days_back(1), api_version=version, **FAST)
    outcome = cli.read(config, cli.LISTS + cli.DATED, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    truth = sandbox.truth
    for stream in cli.LISTS:
        assert plain(outcome.records(stream)) == true_rows(truth, stream), stream
    for stream in cli.DATED:
        assert plain(outcome.records(stream)) == true_rows(truth, stream, TWO_DAYS), stream
    assert all(outcome.records(stream) for stream in cli.LISTS + cli.DATED)


def test_contacts_of_old_versions_wrapped_and_all_text_are_the_same_rows(sandbox: Sandbox) -> None:
    config = sandbox.config(date=days_back(1), api_version="19.0", **FAST)
    outcome = cli.read(config, ["contacts"], now=NOW)
    truth = [row for window in TWO_DAYS for row in sandbox.truth.contacts(*window)]
    assert without_empty_text(outcome.records("contacts")) == without_empty_text(truth)


def without_empty_text(rows: list[cli.Record]) -> list[cli.Record]:
    """Versions that write everything as text cannot tell null from an empty text."""
    return plain({name: cell or None for name, cell in row.items()} for row in rows)


@pytest.mark.parametrize("login", LOGINS)
def test_every_login_reads_the_same(sandbox: Sandbox, login: Login) -> None:
    config = sandbox.config(login, date=days_back(1), **FAST)
    outcome = cli.read(config, ["teams", "contacts"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("teams")) == true_rows(sandbox.truth, "teams")
    assert plain(outcome.records("contacts")) == true_rows(sandbox.truth, "contacts", TWO_DAYS)
    assert not [secret for secret in SECRETS if secret in outcome.text]


def test_every_record_fits_its_schema_and_has_its_key(sandbox: Sandbox) -> None:
    config = sandbox.config(date=days_back(1), **FAST)
    outcome = cli.read(config, cli.LISTS + cli.DATED, now=NOW)
    for stream in cli.LISTS + cli.DATED:
        path = resources.files("source_incontact") / "schemas" / f"{stream}.json"
        validator = Draft7Validator(json.loads(path.read_text("utf-8")))
        for record in outcome.records(stream):
            assert list(validator.iter_errors(record)) == []
            assert isinstance(record["businessUnitId"], int)
            assert all(record.get(field) for field in KEYS.get(stream, ()))


def test_summaries_by_the_hour_add_up_to_those_by_the_day(sandbox: Sandbox) -> None:
    day = specific("2026-11-12", "2026-11-12")
    by_hour = cli.read(
        sandbox.config(date=day, report_interval="hour", **FAST), ["agent_performance"], now=NOW
    )
    by_day = cli.read(sandbox.config(date=day, **FAST), ["agent_performance"], now=NOW)

    def handled(outcome: cli.Outcome) -> dict[int, int]:
        sums: dict[int, int] = {}
        for record in outcome.records("agent_performance"):
            sums[record["agentId"]] = sums.get(record["agentId"], 0) + record["totalHandled"]
        return sums

    assert len(windows_asked(sandbox, PATHS["agent_performance"])) == 25
    assert handled(by_hour) == handled(by_day)
    assert sum(handled(by_day).values()) > 0


def test_a_range_is_one_row_for_each_team_and_split_at_thirty_days(sandbox: Sandbox) -> None:
    config = sandbox.config(
        date=specific("2026-09-01", "2026-10-10"), report_interval="range", **FAST
    )
    outcome = cli.read(config, ["team_performance_totals", "contacts"], now=NOW)
    expected = [
        ("2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ("2026-10-01T00:00:00Z", "2026-10-11T00:00:00Z"),
    ]
    assert windows_asked(sandbox, PATHS["team_performance_totals"]) == expected
    assert plain(outcome.records("team_performance_totals")) == true_rows(
        sandbox.truth, "team_performance_totals", expected
    )
    assert len(windows_asked(sandbox, "contacts")) == 40  # always by day


@pytest.mark.parametrize("top_cap", [1, 7, 50])
def test_lists_and_contacts_are_whole_however_small_the_pages(
    sandbox: Sandbox, top_cap: int
) -> None:
    sandbox.reset(now=NOW, ticking=False, agents=50, top_cap=top_cap, contacts_per_quarter=0.5)
    config = sandbox.config(date=days_back(1, 1), **FAST)
    outcome = cli.read(config, [*cli.LISTS, "contacts"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    for stream in cli.LISTS:
        assert plain(outcome.records(stream)) == true_rows(sandbox.truth, stream)
    assert plain(outcome.records("contacts")) == true_rows(sandbox.truth, "contacts", TWO_DAYS[:1])


def test_a_quiet_window_is_no_rows_and_no_failure(sandbox: Sandbox) -> None:
    config = sandbox.config(date=specific("2014-06-01", "2014-06-02"), **FAST)
    outcome = cli.read(config, cli.DATED, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert {stream: len(outcome.records(stream)) for stream in cli.DATED} == dict.fromkeys(
        cli.DATED, 0
    )


def test_unknown_fields_flow_through_and_the_api_key_never_does(sandbox: Sandbox) -> None:
    sandbox.fault("agents", {"extra_fields": {"brandNew": "", "APIKEY": "oh-no"}}, times=None)
    outcome = cli.read(sandbox.config(**FAST), ["agents"], now=NOW)
    records = outcome.records("agents")
    assert {record["brandNew"] for record in records} == {""}
    assert not [name for record in records for name in record if name.lower() == "apikey"]
    assert "oh-no" not in outcome.text


def test_a_value_that_does_not_fit_is_kept_and_warned_about_once(sandbox: Sandbox) -> None:
    odd: dict[str, Any] = {"agentOffered": "a dozen"}
    sandbox.fault("agents/performance", {"row": odd}, times=None)
    config = sandbox.config(date=days_back(1), **FAST)
    outcome = cli.read(config, ["agent_performance"], now=NOW)
    assert outcome.exit_code == 0
    records = outcome.records("agent_performance")
    assert {record["agentOffered"] for record in records} == {"a dozen"}
    warnings = [line for line in outcome.logs.splitlines() if "agentOffered" in line]
    assert len(warnings) == 1
    assert "a dozen" not in outcome.logs
