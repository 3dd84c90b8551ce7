"""Custom reports and data downloads: every cell, every quirk, every way to fail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, plain, specific, true_rows, windows_asked
from source_incontact.families.file_rows import OURS
from source_incontact.families.tables import columns

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

ONE_DAY = specific("2026-11-12", "2026-11-12")
TWO_DAYS = specific("2026-11-12", "2026-11-13")
WINDOWS = [
    ("2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z"),
    ("2026-11-13T00:00:00Z", "2026-11-14T00:00:00Z"),
]
SPEED = 40.0

PLAIN, HEADER_ONLY, NASTY, UTF_16 = "700101", "700102", "700217", "700306"
CUSTOM = [
    pytest.param("Weekly Queue Overview", "weekly_queue_overview", PLAIN, id="by name"),
    pytest.param("700102", "700102", HEADER_ONLY, id="by number, header only"),
    pytest.param("Réclamations d'été & Größe", "reclamations_d_ete_gro_e", NASTY, id="nasty"),
    pytest.param("700306", "700306", UTF_16, id="UTF-16"),
    pytest.param("700400", "700400", "700400", id="larger"),
]
DOWNLOADS = ["540", "544", "554", "521"]


def rows_of(records: list[cli.Record], header: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The cells of records in the file's order; the number of each record is checked on the way."""
    names = columns(header, OURS)
    ordered = sorted(records, key=lambda one: (one.get("_report_start", ""), one["_row_number"]))
    return [tuple(record[name] for name in names) for record in ordered]


@pytest.mark.parametrize("version", ["30.0", "33.0"])
@pytest.mark.parametrize(("entry", "slug", "number"), CUSTOM)
def test_a_custom_report_comes_cell_for_cell(
    sandbox: Sandbox, entry: str, slug: str, number: str, version: str
) -> None:
    stream = f"custom_report_{slug}"
    config = sandbox.config(custom_reports=[entry], api_version=version, **FAST)
    outcome = cli.read(config, [stream], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    table = sandbox.truth.custom_report(int(number))
    records = outcome.records(stream)
    assert rows_of(records, table.header) == list(table.rows)
    assert [record["_row_number"] for record in records] == list(range(1, len(table.rows) + 1))
    assert {record["_report_id"] for record in records} <= {number}
    assert "its own template" in outcome.logs
    assert all(isinstance(record["businessUnitId"], int) for record in records)


@pytest.mark.parametrize("number", DOWNLOADS)
def test_a_data_download_comes_cell_for_cell_day_by_day(sandbox: Sandbox, number: str) -> None:
    stream = f"data_download_{number}"
    config = sandbox.config(data_downloads=[number], date=TWO_DAYS, **FAST)
    outcome = cli.read(config, [stream], "incremental", now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    tables = [sandbox.truth.data_download(int(number), *window) for window in WINDOWS]
    header = max(table.header for table in tables)
    records = outcome.records(stream)
    assert rows_of(records, header) == [row for table in tables for row in table.rows]
    assert windows_asked(sandbox, f"report-jobs/datadownload/{number}") == WINDOWS
    for window, table in zip(WINDOWS, tables, strict=True):
        numbers = [one["_row_number"] for one in records if one["_report_start"] == window[0]]
        assert sorted(numbers) == list(range(1, len(table.rows) + 1))


def test_a_download_by_name_is_looked_up_once(sandbox: Sandbox) -> None:
    config = sandbox.config(data_downloads=["CJR"], date=TWO_DAYS, **FAST)
    outcome = cli.read(config, ["data_download_cjr"], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert {one["_report_name"] for one in outcome.records("data_download_cjr")} == {"CJR"}
    assert {one["_report_id"] for one in outcome.records("data_download_cjr")} == {"540"}
    assert len(sandbox.requests("reports")) == 1


def test_a_report_that_takes_over_the_name_of_another_is_read_from_the_start(
    sandbox: Sandbox,
) -> None:
    names = {540: "通話明細", 544: "状態履歴"}
    listed = [{"reportId": number, "reportName": name} for number, name in names.items()]
    sandbox.fault("reports", {"status": 200, "body": {"reports": listed}}, times=None)
    both = sandbox.config(data_downloads=list(names.values()), date=TWO_DAYS, **FAST)
    first = cli.read(both, ["data_download__"], "incremental", now=NOW)
    assert {one["_report_id"] for one in first.records("data_download__")} == {"540"}

    one = sandbox.config(data_downloads=[names[544]], date=TWO_DAYS, **FAST)
    second = cli.read(one, ["data_download__"], "incremental", now=NOW, state=first.final_state)
    assert {row["_report_id"] for row in second.records("data_download__")} == {"544"}
    assert windows_asked(sandbox, "report-jobs/datadownload/544") == WINDOWS


def test_days_without_rows_are_no_rows(sandbox: Sandbox) -> None:
    config = sandbox.config(
        data_downloads=["540"], date=specific("2014-01-01", "2014-01-03"), **FAST
    )
    outcome = cli.read(config, ["data_download_540"], "incremental", now=NOW)
    assert outcome.exit_code == 0
    assert outcome.records("data_download_540") == []
    assert outcome.states["data_download_540"][-1]["slices"]


def test_late_rows_of_a_download_are_read_by_the_next_sync(sandbox: Sandbox) -> None:
    config = sandbox.config(
        data_downloads=["540"], date={"date_type": "offset", "date_offset": 2}, **FAST
    )
    sandbox.hide("2026-11-15T10:00:00Z", "2026-11-15T23:00:00Z")
    first = cli.read(config, ["data_download_540"], "incremental", now=NOW)
    sandbox.unhide()
    sandbox.clear_requests()
    later = NOW + timedelta(hours=3)
    sandbox.set_clock(later)
    second = cli.read(
        config, ["data_download_540"], "incremental", now=later, state=first.final_state
    )
    asked = windows_asked(sandbox, "report-jobs/datadownload/540")
    assert asked == [
        ("2026-11-15T00:00:00Z", "2026-11-16T00:00:00Z"),
        ("2026-11-16T00:00:00Z", "2026-11-16T12:30:00Z"),
    ]
    yesterday = [
        one
        for one in second.records("data_download_540")
        if one["_report_start"] == "2026-11-15T00:00:00Z"
    ]
    table = sandbox.truth.data_download(540, *asked[0])
    assert rows_of(yesterday, table.header) == list(table.rows)


def test_one_failing_download_costs_that_day_alone(sandbox: Sandbox) -> None:
    streams = ["data_download_540", "data_download_544", "custom_report_700101", "teams"]
    config = sandbox.config(
        data_downloads=["540", "544"], custom_reports=["700101"], date=TWO_DAYS, **FAST
    )
    sandbox.fault(
        "report-jobs/datadownload/540",
        {"field_envelope": {"errorMessage": "The report engine is on strike"}},
        query={"startDate": WINDOWS[0][0]},
        times=None,
    )
    broken = cli.read(config, streams, "incremental", now=NOW, speed=SPEED)
    assert broken.exit_code == 1
    [error] = [one for one in broken.errors if one["stream"]]
    assert "The report engine is on strike" in error["message"]
    assert f"data_download_540, window {WINDOWS[0][0]} to {WINDOWS[0][1]}" in error["message"]
    assert plain(broken.records("teams")) == true_rows(sandbox.truth, "teams")
    assert broken.records("custom_report_700101")
    assert {one["_report_start"] for one in broken.records("data_download_540")} == {WINDOWS[1][0]}
    assert len({one["_report_start"] for one in broken.records("data_download_544")}) == 2

    sandbox.clear_faults()
    sandbox.clear_requests()
    resumed = cli.read(
        config,
        ["data_download_540"],
        "incremental",
        now=NOW + timedelta(minutes=5),
        state=broken.final_state,
    )
    assert resumed.exit_code == 0, resumed.errors
    assert windows_asked(sandbox, "report-jobs/datadownload/540") == WINDOWS[:1]


def test_ragged_rows_are_kept_and_warned_about(sandbox: Sandbox) -> None:
    sandbox.fault("report-jobs/datadownload/540", {"extra_cells": 2}, times=None)
    config = sandbox.config(data_downloads=["540"], date=ONE_DAY, **FAST)
    outcome = cli.read(config, ["data_download_540"], now=NOW)
    assert outcome.exit_code == 0
    [ragged] = [one for one in outcome.records("data_download_540") if "_extra" in one]
    assert (ragged["_row_number"], len(ragged["_extra"])) == (3, 2)
    assert outcome.logs.count("more cells than the header") == 1


def test_check_names_an_unknown_report_and_offers_the_nearest(sandbox: Sandbox) -> None:
    config = sandbox.config(
        custom_reports=["Weekly Queue Overwiew", "Supervisor Snapshot"],
        data_downloads=["Nope"],
        **FAST,
    )
    outcome = cli.run("check", config=config, now=NOW)
    [status] = outcome.of_type("CONNECTION_STATUS")
    first, second, third = status["message"].splitlines()
    assert "'Weekly Queue Overwiew'" in first
    assert "These exist: 'Weekly Queue Overview', 'Weekly Queue Overview (old)'" in first
    assert "2 reports have that name" in second
    assert "700305, 700306" in second
    assert "details.data_downloads" in third


def test_check_with_good_names_costs_two_more_calls(sandbox: Sandbox) -> None:
    config = sandbox.config(
        custom_reports=["Weekly Queue Overview"], data_downloads=["540"], **FAST
    )
    outcome = cli.run("check", config=config, now=NOW)
    [status] = outcome.of_type("CONNECTION_STATUS")
    assert status["status"] == "SUCCEEDED"
    assert [one["path"] for one in sandbox.requests()][-2:] == [
        "reports",
        "report-jobs/datadownload/540",
    ]


def test_check_points_to_the_field_of_a_number_that_nobody_knows(sandbox: Sandbox) -> None:
    outcome = cli.run(
        "check", config=sandbox.config(data_downloads=["99999"], date=ONE_DAY, **FAST), now=NOW
    )
    [status] = outcome.of_type("CONNECTION_STATUS")
    assert status["status"] == "FAILED"
    assert "NICE does not know data_download_99999 (404" in status["message"]
    assert "Check its number in the field 'details.data_downloads'" in status["message"]


def test_an_unknown_report_fails_its_stream_alone(sandbox: Sandbox) -> None:
    config = sandbox.config(custom_reports=["Nothing of the kind"], **FAST)
    outcome = cli.read(config, ["custom_report_nothing_of_the_kind", "teams"], now=NOW)
    assert outcome.exit_code == 1
    assert outcome.records("teams")
    [error] = [one for one in outcome.errors if one["stream"]]
    assert "'Nothing of the kind'" in error["message"]
    assert error["failure_type"] == "config_error"


def test_discover_learns_the_columns_and_warns_where_it_cannot(sandbox: Sandbox) -> None:
    config = sandbox.config(
        custom_reports=["700217", "700305", "Unknown"], data_downloads=["540"], **FAST
    )
    outcome = cli.run("discover", config=config, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    [catalog] = outcome.of_type("CATALOG")
    found = {stream["name"]: stream["json_schema"]["properties"] for stream in catalog["streams"]}
    nasty = columns(sandbox.truth.custom_report(700217).header, OURS)
    cjr = columns(sandbox.truth.data_download(540, *WINDOWS[0]).header, OURS)
    ours = {"_report_id", "_report_name", "_row_number", "_extra", "businessUnitId"}
    assert set(found["custom_report_700217"]) == {*ours, *nasty}
    assert set(found["data_download_540"]) == {*ours, "_report_start", *cjr}
    assert set(found["custom_report_700305"]) == set(found["custom_report_unknown"]) == ours
    assert found["data_download_540"][cjr[0]]["type"] == ["null", "string"]
    for name in ("custom_report_700305", "custom_report_unknown"):
        assert f"{name}: the columns are not known yet" in outcome.logs


def test_discover_looks_for_a_day_that_has_a_header(sandbox: Sandbox) -> None:
    sandbox.hide("2026-11-13T00:00:00Z", "2026-11-14T00:00:00Z")
    config = sandbox.config(data_downloads=["540"], date=TWO_DAYS, **FAST)
    outcome = cli.run("discover", config=config, now=NOW)
    assert windows_asked(sandbox, "report-jobs/datadownload/540") == WINDOWS
    assert "columns are not known" not in outcome.logs


def test_discover_waits_for_no_report_longer_than_two_minutes(sandbox: Sandbox) -> None:
    sandbox.fault("report-jobs/700101", {"job": "never"}, times=None)
    config = sandbox.config(custom_reports=["700101"], **FAST)
    outcome = cli.run("discover", config=config, now=NOW, speed=30)
    assert outcome.exit_code == 0
    assert "did not come within 120 seconds" in outcome.logs


def test_the_same_report_twice_runs_one_job_at_a_time(sandbox: Sandbox) -> None:
    config = sandbox.config(custom_reports=["700101", "Weekly Queue Overview", "700101"], **FAST)
    streams = [
        "custom_report_700101",
        "custom_report_weekly_queue_overview",
        "custom_report_700101_2",
    ]
    outcome = cli.read(config, streams, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert len({len(outcome.records(stream)) for stream in streams}) == 1
    assert [one["status"] for one in sandbox.requests("report-jobs/700101")] == [200, 200, 200]
