"""Data Extraction and Interaction Analytics: pacing, signed addresses, and what a refusal means."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.clock import parse_instant
from integration_tests.sandbox.services import JOBS, SEGMENTS, SIGNED
from integration_tests.streams import BY_NAME
from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, days_back, plain, true_rows
from integration_tests.support.scripted import NO_CONTENT, Asked, Reply, ScriptedApi

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration_tests.sandbox.client import Sandbox

QM = ("qm_workflows", "qm_questions")
SPEED = 100.0
ONE_DAY = {"date_type": "single_specific", "date": "2026-11-14"}
DAY = [("2026-11-14T00:00:00Z", "2026-11-15T00:00:00Z")]


def read(sandbox: Sandbox, *names: str, **changes: Any) -> cli.Outcome:
    """Read one day of some streams, in hurried time."""
    reports = [BY_NAME[name].title for name in names]
    form = sandbox.config(**{"date": ONE_DAY, "reports": reports, **FAST, **changes})
    return cli.read(form, names, now=NOW, speed=SPEED)


def starts(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The jobs that were asked for."""
    return [entry for entry in sandbox.requests(JOBS) if entry["method"] == "POST"]


def test_jobs_start_half_a_minute_apart_over_all_streams_and_workers(sandbox: Sandbox) -> None:
    names = ("recording_metadata", *QM)
    outcome = read(sandbox, *names, date=days_back(3, 1), num_workers=8)
    assert outcome.exit_code == 0, outcome.errors
    moments = [entry["at"] * SPEED for entry in starts(sandbox)]
    assert len(moments) == 9
    assert all(later - earlier >= 30 for earlier, later in pairwise(moments))


def test_the_token_never_reaches_the_host_of_the_file_nor_the_signature_the_log(
    sandbox: Sandbox,
) -> None:
    outcome = read(sandbox, "qm_workflows")
    assert outcome.exit_code == 0, outcome.errors
    [fetched] = sandbox.requests(f"{SIGNED}/*")
    assert fetched["token"] is None
    assert "s1gn4ture" not in outcome.text


def test_a_job_that_comes_too_soon_is_asked_for_again(sandbox: Sandbox) -> None:
    sandbox.fault(JOBS, {"status": 403}, times=3, method="POST")
    outcome = read(sandbox, "qm_workflows")
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("qm_workflows")) == true_rows(sandbox.truth, "qm_workflows", DAY)
    moments = [entry["at"] * SPEED for entry in starts(sandbox)]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert [gap >= wanted for gap, wanted in zip(gaps, (31, 62, 93), strict=True)] == [True] * 3


def test_a_lasting_403_names_both_readings(sandbox: Sandbox) -> None:
    sandbox.fault(JOBS, {"status": 403}, times=None, method="POST")
    outcome = read(sandbox, "qm_workflows", date=days_back(5, 1))
    assert outcome.exit_code == 1
    said = outcome.errors[0]["message"]
    assert "QM Tools, Data Extraction APIs: QM Workflow API" in said
    assert "one job in 30 seconds" in said
    assert len(starts(sandbox)) == 5  # of one window: the refusal ends the stream


def test_an_address_that_has_expired_is_asked_for_anew(sandbox: Sandbox) -> None:
    sandbox.fault(f"{SIGNED}/*", {"status": 403}, times=2)
    outcome = read(sandbox, "recording_metadata")
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("recording_metadata")) == true_rows(
        sandbox.truth, "recording_metadata", DAY
    )
    assert len(starts(sandbox)) == 1
    assert len(sandbox.requests(f"{SIGNED}/*")) == 3


@pytest.mark.parametrize("fault", [{"truncate": 300}, {"cut_json": 40}, {"reset": "body"}])
def test_a_file_that_does_not_come_whole_is_fetched_again(
    sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    sandbox.fault(f"{SIGNED}/*", fault, times=1)
    outcome = read(sandbox, "qm_questions")
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records("qm_questions")) == true_rows(sandbox.truth, "qm_questions", DAY)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"status": "SUCCEEDED", "result": {}}, "succeeded, but gave no address of its file"),
        ({"status": "SUCCEEDED"}, "succeeded, but gave no address of its file"),
        (
            {"status": "FAILED", "result": {"messageError": "no such version"}},
            "ended as 'FAILED'. NICE says: no such version.",
        ),
        ({"status": "EXPIRED", "result": None}, "ended as 'EXPIRED'."),
    ],
)
def test_a_job_without_a_file_is_never_zero_rows(
    sandbox: Sandbox, status: dict[str, Any], said: str
) -> None:
    body = {"jobStatus": {"id": "job-1", **status}}
    sandbox.fault(f"{JOBS}/*", {"status": 200, "body": body}, times=None)
    outcome = read(sandbox, "qm_workflows")
    assert outcome.exit_code == 1
    assert said in outcome.errors[0]["message"]


def test_columns_are_the_file_s_own_and_the_key_is_found_in_any_decoration(
    sandbox: Sandbox,
) -> None:
    text = "\ufeffWORKFLOW-ID (Eva);x\r\n".replace(";", ",") + "wf-1,news\r\n"
    file = {"status": 200, "body": text, "content_type": "text/csv"}
    sandbox.fault(f"{SIGNED}/*", file, times=None)
    outcome = read(sandbox, "qm_workflows")
    assert outcome.exit_code == 0, outcome.errors
    [record] = outcome.records("qm_workflows")
    assert (record["Workflow ID"], record["x"]) == ("wf-1", "news")


def test_a_file_without_its_key_is_refused(sandbox: Sandbox) -> None:
    file = {"status": 200, "body": "a,b\r\n1,2\r\n", "content_type": "text/csv"}
    sandbox.fault(f"{SIGNED}/*", file, times=None)
    outcome = read(sandbox, "qm_workflows")
    assert outcome.exit_code == 1
    assert "no column 'Workflow ID'" in outcome.errors[0]["message"]


def test_check_lists_the_jobs_and_starts_none(sandbox: Sandbox) -> None:
    form = sandbox.config(reports=["QM Workflows", "Interaction Segments"], **FAST)
    outcome = cli.run("check", config=form, now=NOW)
    [status] = outcome.of_type("CONNECTION_STATUS")
    assert status["status"] == "SUCCEEDED", status
    assert starts(sandbox) == []


def test_check_names_both_readings_of_a_403(sandbox: Sandbox) -> None:
    sandbox.fault(JOBS, {"status": 403}, times=None)
    form = sandbox.config(reports=["QM Workflows"], **FAST)
    outcome = cli.run("check", config=form, now=NOW)
    [status] = outcome.of_type("CONNECTION_STATUS")
    assert status["status"] == "FAILED"
    assert "QM Workflow API" in status["message"]
    assert len(sandbox.requests(JOBS)) == 1


@pytest.mark.parametrize("status", [403, 404])
def test_a_tenant_without_interaction_analytics_is_told_of_its_licence(
    sandbox: Sandbox, status: int
) -> None:
    sandbox.fault(SEGMENTS, {"status": status}, times=None)
    outcome = read(sandbox, "interaction_segments", date=days_back(5, 1))
    assert outcome.exit_code == 1
    assert "licence" in outcome.errors[0]["message"]
    assert len(sandbox.requests(SEGMENTS)) <= 4  # not one for each window


def segments(asked: Asked, times: list[str], cap: int = 100) -> dict[str, Any]:
    """Segments at some instants of a day, at most so many of them from the cursor on."""
    rows = [
        {"segmentId": str(n), "firstAnnotatedAt": f"2026-11-14T{time}Z"}
        for n, time in enumerate(times)
    ]
    start = int(asked.query["cursor"]) / 1000
    behind = [row for row in rows if at(row["firstAnnotatedAt"]) >= start]
    return {"totalRecords": len(rows), "interactions": behind[:cap]}


def read_segments(respond: Callable[[Asked], Reply | dict[str, Any]]) -> cli.Outcome:
    """A read of a day of segments from an API that responds so."""

    def route(asked: Asked) -> Reply | dict[str, Any]:
        return respond(asked) if "cursor" in asked.query else NO_CONTENT

    with ScriptedApi(route) as api:
        form = api.config(ONE_DAY, reports=["Interaction Segments"])
        return cli.read(form, ["interaction_segments"], now=NOW)


def at(text: str) -> float:
    """Seconds since 1970."""
    return parse_instant(text) / 1000


@pytest.mark.parametrize(
    ("times", "cap", "exit_code"),
    [
        pytest.param(["10:00:00.000"] * 60 + ["10:00:00.001"] * 90, 100, 0, id="two milliseconds"),
        pytest.param(["10:00:00.000"] * 99 + ["10:00:00.500"] * 99, 100, 0, id="across an edge"),
        pytest.param(["10:00:00.000"] * 150, 100, 1, id="more than a page in one"),
        pytest.param(["10:00:00.000"] * 30 + ["10:00:00.001"] * 40, 50, 0, id="smaller pages"),
        pytest.param(
            ["09:00:00.000"] + ["10:00:00.000"] * 60, 50, 1, id="more than a smaller page"
        ),
        pytest.param(["10:00:00.000"] * 7, 100, 0, id="a small day"),
    ],
)
def test_segments_that_share_a_millisecond_are_all_read_or_the_day_fails(
    times: list[str], cap: int, exit_code: int
) -> None:
    outcome = read_segments(lambda asked: segments(asked, times, cap))
    assert outcome.exit_code == exit_code, outcome.errors
    if not exit_code:
        assert len(outcome.records("interaction_segments")) == len(times)


MINUTES = [f"{minute // 60:02}:{minute % 60:02}:00.000" for minute in range(250)]
"""Three pages of segments."""
EMPTY: dict[str, Any] = {"totalRecords": 0, "interactions": []}


@pytest.mark.parametrize("empty", [EMPTY, NO_CONTENT], ids=["no rows", "204"])
@pytest.mark.parametrize("number", range(1, 6))
def test_an_empty_page_within_a_walk_is_not_its_end(
    number: int, empty: Reply | dict[str, Any]
) -> None:
    pages = count()
    outcome = read_segments(
        lambda asked: empty if next(pages) == number else segments(asked, MINUTES)
    )
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records("interaction_segments")) == len(MINUTES)


def test_a_walk_whose_rows_are_there_no_more_fails() -> None:
    pages = count()
    outcome = read_segments(lambda asked: EMPTY if next(pages) else segments(asked, MINUTES))
    assert outcome.exit_code == 1
    assert "no segments any more" in outcome.errors[0]["message"]


@pytest.mark.parametrize("number", [0, 1, 150])
def test_a_walk_ends_where_the_cursor_is_exclusive(number: int) -> None:
    times = MINUTES[:number]

    def exclusive(asked: Asked) -> dict[str, Any]:
        later = str(int(asked.query["cursor"]) + 1)
        return segments(replace(asked, query={**asked.query, "cursor": later}), times)

    outcome = read_segments(exclusive)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records("interaction_segments")) == number


@pytest.mark.parametrize("ending", ["+00:00", "+0000", "000Z"])
def test_times_of_segments_are_read_in_any_form_that_has_a_zone(ending: str) -> None:
    def other(asked: Asked) -> dict[str, Any]:
        payload = segments(asked, MINUTES)
        for row in payload["interactions"]:
            row["firstAnnotatedAt"] = row["firstAnnotatedAt"].replace("Z", ending)
        return payload

    outcome = read_segments(other)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records("interaction_segments")) == len(MINUTES)


def test_segments_without_their_key_are_all_read() -> None:
    def nameless(asked: Asked) -> dict[str, Any]:
        payload = segments(asked, MINUTES[:50])
        for row in payload["interactions"]:
            if int(row["segmentId"]) % 2:
                del row["segmentId"]
        return payload

    outcome = read_segments(nameless)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records("interaction_segments")) == 50
    assert "some rows lack a field of their key (segmentId)" in outcome.logs
