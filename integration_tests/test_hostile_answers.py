"""Answers that mean harm by what they say: links elsewhere, absurd counts, JSON beyond reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.answers import JSON_TYPE
from integration_tests.support.constants import FAST, plain, specific, true_rows
from integration_tests.support.debug_run import only_error, read

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.support.cli import Outcome
    from integration_tests.support.foreign_server import Stranger

ONE_DAY = specific("2026-11-12", "2026-11-12")
WINDOW = ("2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z")
KEYS = {"teams": "teamId", "contacts": "contactId"}
STARTS = {"teams": "teams: ", "contacts": f"contacts, window {WINDOW[0]} to {WINDOW[1]}: "}
CUSTOM = "custom_report_700101"
FEW = 18
"""Requests for two pages at most, with all their passes or tries."""

STREAMS = pytest.mark.parametrize("stream", ["teams", "contacts"])


def read_one(sandbox: Sandbox, stream: str) -> Outcome:
    """Read a stream, in few requests."""
    config = sandbox.config(date=ONE_DAY, custom_reports=["700101"], **FAST)
    outcome = read(sandbox, config, [stream])
    assert len(sandbox.requests()) <= 2 + FEW
    return outcome


def answer(sandbox: Sandbox, stream: str, row: str, total: str = "1") -> None:
    """Let a list or a report answer with one row and a count, both as text."""
    body = f'{{"{stream}": [{row}], "totalRecords": {total}}}'
    sandbox.fault(stream, {"status": 200, "body": body, "content_type": JSON_TYPE}, times=None)


def expected(sandbox: Sandbox, stream: str) -> list[dict[str, Any]]:
    """What a stream of this module must deliver."""
    return true_rows(sandbox.truth, stream, [WINDOW] if stream == "contacts" else [])


@STREAMS
def test_a_next_link_to_another_host_is_not_followed(
    sandbox: Sandbox, stranger: Stranger, stream: str
) -> None:
    links = {"next": f"{stranger.url}/inContactAPI/services/v30.0/{stream}?skip=1"}
    sandbox.fault(stream, {"field_envelope": {"_links": links}}, times=None)
    outcome = read_one(sandbox, stream)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records(stream)) == expected(sandbox, stream)


@STREAMS
@pytest.mark.parametrize(
    "total",
    [10**12, 10**30, -(10**9), 1e308, "9" * 5000, "four"],
    ids=lambda total: repr(total)[:9],
)
def test_an_absurd_count_is_a_clear_failure_after_few_requests(
    sandbox: Sandbox, stream: str, total: object
) -> None:
    sandbox.fault(stream, {"field_envelope": {"totalRecords": total}}, times=None)
    outcome = read_one(sandbox, stream)
    message = only_error(outcome, stream)
    assert message.startswith(f"{STARTS[stream]}Completeness could not be proved")
    assert plain(outcome.records(stream)) == expected(sandbox, stream)


@STREAMS
def test_a_count_of_thousands_of_digits_is_a_clear_failure(sandbox: Sandbox, stream: str) -> None:
    """Python turns no text of more than 4,300 digits into a number."""
    answer(sandbox, stream, f'{{"{KEYS[stream]}": 1}}', total="9" * 5000)
    message = only_error(read_one(sandbox, stream), stream)
    assert message.startswith(STARTS[stream])
    assert len(message) < 1000


ODD_CELLS = {
    "nested": "[" * 900 + "]" * 900,
    "objects": '{"a":' * 900 + "1" + "}" * 900,
    "half a character": '"a\\ud800b"',
    "half a character in a name": '{"a\\ud800b": 1}',
    "30 digits": "9" * 30,
    "4,000 digits": "-" + "9" * 4000,
}


@STREAMS
def test_odd_cells_come_as_they_were(sandbox: Sandbox, stream: str) -> None:
    cells = "".join(f', "{name}": {cell}' for name, cell in ODD_CELLS.items())
    answer(sandbox, stream, f'{{"{KEYS[stream]}": 1{cells}}}')
    outcome = read_one(sandbox, stream)
    assert outcome.exit_code == 0, outcome.errors
    [record] = outcome.records(stream)
    assert {name: record[name] for name in ODD_CELLS} == {
        name: json.loads(cell) for name, cell in ODD_CELLS.items()
    }


@STREAMS
@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("[" * 100_000 + "]" * 100_000, id="nested 100,000 deep"),
        pytest.param("9" * 5000, id="5,000 digits"),
    ],
)
def test_a_cell_beyond_reason_is_a_clear_failure(sandbox: Sandbox, stream: str, cell: str) -> None:
    answer(sandbox, stream, f'{{"{KEYS[stream]}": 1, "odd": {cell}}}')
    outcome = read_one(sandbox, stream)
    message = only_error(outcome, stream)
    assert message.startswith(f"{STARTS[stream]}Gave up")
    assert "not JSON" in message
    assert outcome.records(stream) == []


@pytest.mark.parametrize(
    "job",
    [
        "1\r\nX-Injected: 1",
        "../teams",
        "..",
        "//evil.example/",
        "1?state=Finished",
        "%2e%2e%2fteams",
        "\0",
        "\u00e9\U0001f469",
        "1" * 5000,
        10**30,
    ],
    ids=repr,
)
def test_a_job_of_an_odd_number_stays_below_its_path(sandbox: Sandbox, job: object) -> None:
    sandbox.fault("report-jobs/700101", {"field_envelope": {"jobId": job}}, times=None)
    message = only_error(read_one(sandbox, CUSTOM), CUSTOM)
    assert message.startswith(f"{CUSTOM}: ")
    polls = sandbox.requests()[-1:]
    assert [poll["status"] for poll in polls] == [404]
    assert [poll["query"] for poll in polls] == [{}]
    assert sandbox.requests("teams") == []


def test_a_job_of_half_a_character_is_a_clear_failure(sandbox: Sandbox) -> None:
    body = {"status": 200, "body": '{"jobId": "\\ud800"}', "content_type": JSON_TYPE}
    sandbox.fault("report-jobs/700101", body, times=None)
    assert only_error(read_one(sandbox, CUSTOM), CUSTOM).startswith(f"{CUSTOM}: ")
