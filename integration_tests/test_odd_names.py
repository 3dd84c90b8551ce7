"""Odd names of columns and reports: discovered, then read, cell for cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import debug_run
from integration_tests.support.constants import FAST, specific
from integration_tests.support.debug_run import only_error
from integration_tests.test_named_reports import rows_of
from source_incontact.families.file_rows import OURS
from source_incontact.names import stream_names

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

ONE_DAY = specific("2026-11-12", "2026-11-12")
PATHS = {
    "custom_report_700101": "report-jobs/700101",
    "data_download_540": "report-jobs/datadownload/540",
}

HEADERS = [
    pytest.param(
        ["Line 1\r\nLine 2", "\r\n", "Line 1\nLine 2", "\r"],
        {1: "column_2", 3: "column_4"},
        id="line breaks",
    ),
    pytest.param(
        ['a "quoted" name', '"', "'", "a,b", "a\tb", "a;b"],
        {2: "'_2", 4: "a\tb_2", 5: "a;b_3"},
        id="quotes",
    ),
    pytest.param(
        ["\U0001f469\u200d\U0001f4bb", "e\u0301", "\u00e9", "\u202eabc", "\u200b"], {}, id="emoji"
    ),
    pytest.param(
        ["_row_number", "_report_id", "", "", "A", "A", "A_2"],
        {
            0: "_row_number_2",
            1: "_report_id_2",
            2: "column_3",
            3: "column_4",
            5: "A_2",
            6: "A_2_2",
        },
        id="names of ours and twice the same",
    ),
    pytest.param(
        ["a.b", "$ref", "{{ config }}", "a/b", "%s", "{}", "\x1b[31m", "\\u0041"],
        {3: "a/b_2"},
        id="code",
    ),
    pytest.param([f"Column {number}" for number in range(10_000)], {}, id="10,000 columns"),
    pytest.param(["x" * 5000, "x" * 5000], {1: "x" * 5000 + "_2"}, id="5,000 characters"),
]


@pytest.mark.parametrize(
    ("stream", "header", "renamed"),
    [pytest.param("data_download_540", *HEADERS[0].values, id="download")]
    + [pytest.param("custom_report_700101", *one.values, id=one.id) for one in HEADERS],
)
def test_columns_of_odd_names_are_discovered_and_read(
    sandbox: Sandbox, stream: str, header: list[str], renamed: dict[int, str]
) -> None:
    rows = [[f"{row}.{place}" for place in range(len(header))] for row in range(2)]
    sandbox.fault(PATHS[stream], {"table": [header, *rows]}, times=None)
    config = sandbox.config(date=ONE_DAY, custom_reports=["700101"], data_downloads=["540"], **FAST)
    names = [renamed.get(place, cell) for place, cell in enumerate(header)]
    assert [name for name in discovered(sandbox, config)[stream] if name not in OURS] == names
    outcome = debug_run.read(sandbox, config, [stream])
    assert outcome.exit_code == 0, outcome.errors
    assert [[record[name] for name in names] for record in outcome.records(stream)] == rows


ENTRIES = [
    pytest.param("Bericht " * 625, id="5,000 characters"),
    pytest.param("Line 1\r\nLine 2", id="a line break"),
    pytest.param("\U0001f469\u200d\U0001f4bb", id="nothing but emoji"),
    pytest.param('{{ config["credentials"] }} %s {0}', id="a template"),
    pytest.param("\u202e\u200b\x1b[31m", id="characters that do not show"),
]


def discovered(sandbox: Sandbox, config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The columns of each stream."""
    outcome = debug_run.run("discover", sandbox, config)
    assert outcome.exit_code == 0, outcome.errors
    [catalog] = outcome.of_type("CATALOG")
    return {one["name"]: one["json_schema"]["properties"] for one in catalog["streams"]}


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_report_of_an_odd_name_is_discovered_and_read(sandbox: Sandbox, entry: str) -> None:
    listed = {"reports": [{"reportId": 700101, "reportName": entry, "reportType": "Custom"}]}
    sandbox.fault("reports", {"field_envelope": listed}, times=None)
    config = sandbox.config(date=ONE_DAY, custom_reports=[entry], **FAST)
    [stream] = stream_names("custom_report_", [entry.strip()]).values()
    assert len(stream) <= 63
    table = sandbox.truth.custom_report(700101)
    assert set(table.header) < set(discovered(sandbox, config)[stream])
    outcome = debug_run.read(sandbox, config, [stream])
    assert outcome.exit_code == 0, outcome.errors
    assert rows_of(outcome.records(stream), table.header) == list(table.rows)


@pytest.mark.parametrize("entry", ENTRIES[:2])
def test_a_report_of_an_odd_name_that_does_not_exist_is_named(sandbox: Sandbox, entry: str) -> None:
    config = sandbox.config(date=ONE_DAY, custom_reports=[entry], **FAST)
    [stream] = stream_names("custom_report_", [entry.strip()]).values()
    assert re.fullmatch("[a-z0-9_]+", stream)
    assert "(details.custom_reports)" in only_error(
        debug_run.read(sandbox, config, [stream]), stream
    )
