"""Custom reports and data downloads: every cell, every quirk, every way to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, specific, windows_asked
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

PLAIN, HEADER_ONLY, NASTY, UTF_16 = "700101", "700102", "700217", "700306"
CUSTOM = [
    pytest.param("Weekly Queue Overview", "weekly_queue_overview", PLAIN, id="by name"),
    pytest.param("700102", "700102", HEADER_ONLY, id="by number, header only"),
    pytest.param(
        "Réclamations d'été & Größe", "reclamations_d_ete_gro_e_44ee2ce0", NASTY, id="nasty"
    ),
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


def test_reports_whose_names_have_no_ascii_letters_keep_their_streams(sandbox: Sandbox) -> None:
    names = {540: "通話明細", 544: "状態履歴"}
    streams = {540: "data_download___17ae67ba", 544: "data_download___6cb64bd8"}
    listed = [{"reportId": number, "reportName": name} for number, name in names.items()]
    sandbox.fault("reports", {"status": 200, "body": {"reports": listed}}, times=None)
    both = sandbox.config(data_downloads=list(names.values()), date=TWO_DAYS, **FAST)
    one = sandbox.config(data_downloads=[names[544]], date=TWO_DAYS, **FAST)
    for config in (both, one):
        outcome = cli.read(config, [streams[544]], now=NOW)
        assert {row["_report_id"] for row in outcome.records(streams[544])} == {"544"}


def test_an_unknown_report_fails_its_stream_alone(sandbox: Sandbox) -> None:
    config = sandbox.config(custom_reports=["Nothing of the kind"], **FAST)
    outcome = cli.read(config, ["custom_report_nothing_of_the_kind", "teams"], now=NOW)
    assert outcome.exit_code == 1
    assert outcome.records("teams")
    [error] = [one for one in outcome.errors if one["stream"]]
    assert "'Nothing of the kind'" in error["message"]
    assert error["failure_type"] == "config_error"


def test_discover_learns_the_columns_and_warns_where_it_cannot(sandbox: Sandbox) -> None:
    config = sandbox.config(custom_reports=["700217", "700305"], data_downloads=["540"], **FAST)
    outcome = cli.run("discover", config=config, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    [catalog] = outcome.of_type("CATALOG")
    found = {stream["name"]: stream["json_schema"]["properties"] for stream in catalog["streams"]}
    nasty = columns(sandbox.truth.custom_report(700217).header, OURS)
    cjr = columns(sandbox.truth.data_download(540, *WINDOWS[0]).header, OURS)
    ours = {"_report_id", "_report_name", "_row_number", "_extra", "businessUnitId"}
    assert set(found["custom_report_700217"]) == {*ours, *nasty}
    assert set(found["data_download_540"]) == {*ours, "_report_start", *cjr}
    assert set(found["custom_report_700305"]) == ours
    assert found["data_download_540"][cjr[0]]["type"] == ["null", "string"]
    assert "custom_report_700305: the columns are not known yet" in outcome.logs


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"status": 500}, {"status": 409}, {"status": 403}]
)
def test_discover_fails_where_it_could_not_ask_for_the_columns(
    sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    sandbox.fault("report-jobs/datadownload/540", fault, times=None)
    config = sandbox.config(data_downloads=["540"], date=TWO_DAYS, **FAST)
    outcome = cli.run("discover", config=config, now=NOW)
    assert outcome.exit_code == 1
    assert outcome.of_type("CATALOG") == []
    assert "data_download_540: its columns" in outcome.errors[0]["message"]


def test_discover_looks_for_a_day_that_has_a_header(sandbox: Sandbox) -> None:
    sandbox.hide("2026-11-13T00:00:00Z", "2026-11-14T00:00:00Z")
    config = sandbox.config(data_downloads=["540"], date=TWO_DAYS, **FAST)
    outcome = cli.run("discover", config=config, now=NOW)
    assert windows_asked(sandbox, "report-jobs/datadownload/540") == WINDOWS
    assert "columns are not known" not in outcome.logs


def test_discover_waits_for_no_report_longer_than_two_minutes(sandbox: Sandbox) -> None:
    sandbox.fault("report-jobs/700101", {"job": "never"}, times=None)
    config = sandbox.config(custom_reports=["700101"], **FAST)
    outcome = cli.run("discover", config=config, now=NOW)
    assert outcome.exit_code == 0
    assert "its job was still running after 120 seconds" in outcome.logs


def test_the_same_report_twice_runs_one_job_at_a_time(sandbox: Sandbox) -> None:
    config = sandbox.config(custom_reports=["700101", "Weekly Queue Overview", "700101"], **FAST)
    streams = ["custom_report_700101", "custom_report_weekly_queue_overview"]
    outcome = cli.read(config, streams, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert len({len(outcome.records(stream)) for stream in streams}) == 1
    assert [one["status"] for one in sandbox.requests("report-jobs/700101")] == [200, 200]
