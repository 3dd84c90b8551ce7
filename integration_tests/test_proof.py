"""A stream is complete only if its responses prove it; what is healthy is never refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import SyncMode

from integration_tests.support import cli
from integration_tests.support.constants import NOW, specific
from integration_tests.support.scripted import NO_CONTENT, Asked, Reply, ScriptedApi
from source_incontact.context import SyncContext
from source_incontact.streams import Contacts

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_DAY = specific("2026-11-10", "2026-11-10")
START = "2026-11-10T00:00:00Z"
ROWS, CAP = 2500, 1000
EMPTY: dict[str, Callable[[str], Reply | dict[str, Any]]] = {
    "no content": lambda _: NO_CONTENT,
    "a zero count": lambda key: {"totalRecords": 0, key: []},
    "no count": lambda key: {key: []},
    "a null list": lambda key: {key: None},
}


def page(asked: Asked, key: str, field: str, rows: int = ROWS) -> dict[str, Any]:
    end = min(rows, asked.skip + min(asked.top, CAP))
    found = [{field: 700 + n, "contactStartDate": START} for n in range(asked.skip, end)]
    return {"totalRecords": rows, key: found}


def read(api: ScriptedApi, stream: str, **options: Any) -> cli.Outcome:
    return cli.read(api.config(ONE_DAY), [stream], "incremental", now=NOW, **options)


@pytest.mark.parametrize(("stream", "field"), [("contacts", "contactId"), ("agents", "agentId")])
@pytest.mark.parametrize("glitch", EMPTY.values(), ids=EMPTY)
@pytest.mark.parametrize("glitches", [{1, 2}, {1, 3}, {1, 2, 3}])
def test_an_empty_response_never_overrules_a_count_or_a_row(
    stream: str,
    field: str,
    glitch: Callable[[str], Reply | dict[str, Any]],
    glitches: set[int],
) -> None:
    def route(asked: Asked) -> Reply | dict[str, Any]:
        return glitch(stream) if len(api.asked) - 1 in glitches else page(asked, stream, field)

    with ScriptedApi(route) as api:
        outcome = read(api, stream)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records(stream)) == ROWS


def test_what_is_never_proved_is_not_counted_as_read() -> None:
    def route(asked: Asked) -> Reply | dict[str, Any]:
        return page(asked, "contacts", "contactId") if not asked.skip else NO_CONTENT

    with ScriptedApi(route) as api:
        outcome = read(api, "contacts")
    assert outcome.exit_code == 1
    assert "1000 rows arrived, but the API counts 2500" in outcome.errors[0]["message"]
    assert outcome.states["contacts"][-1]["slices"] == []


@pytest.mark.parametrize("stream", ["agents", "teams", "skills"])
def test_a_list_that_cannot_be_empty_is_asked_for_again(stream: str) -> None:
    def healing(_: Asked) -> Reply | dict[str, Any]:
        if len(api.asked) == 1:
            return NO_CONTENT
        return {"totalRecords": 1, stream: [{f"{stream[:-1]}Id": 1}]}

    with ScriptedApi(healing) as api:
        healed = read(api, stream)
    with ScriptedApi(lambda _: NO_CONTENT) as api:
        empty = read(api, stream)
        assert len(api.asked) == 3
    assert (healed.exit_code, len(healed.records(stream))) == (0, 1)
    assert (empty.exit_code, empty.records(stream)) == (0, [])
    assert "although the API user is one of them" in empty.logs


ONE: list[dict[str, Any]] = [{"contactId": 1}]
HEALTHY = {
    "a second envelope key": (
        "contacts",
        {"totalRecords": 1, "completedContacts": ONE},
        1,
    ),
    "a second key beside an empty one": (
        "contacts",
        {"totalRecords": 1, "contacts": [], "completedContacts": ONE},
        1,
    ),
    "a twin that is counted": (
        "contacts",
        {"totalRecords": 3, "contacts": [{"contactId": 1}, {"contactId": 2}, {"contactId": 2}]},
        2,
    ),
    "a twin that is not counted": (
        "agent_performance",
        {"agentPerformance": 2 * [{"agentId": "1", "teamId": "2"}]},
        1,
    ),
    "an agent without a team": (
        "agent_performance",
        {"agentPerformance": [{"agentId": "1", "teamId": ""}, {"agentId": "2", "teamId": "2"}]},
        2,
    ),
}


@pytest.mark.parametrize(("stream", "body", "rows"), HEALTHY.values(), ids=HEALTHY)
def test_one_unusual_row_does_not_hold_back_its_day(
    stream: str, body: dict[str, Any], rows: int
) -> None:
    with ScriptedApi(lambda _: body) as api:
        outcome = read(api, stream)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records(stream)) == rows
    warned = "some rows lack a field of their key" in outcome.logs
    assert warned == ("" in [row.get("teamId") for row in body.get("agentPerformance", ())])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"contacts": [{"contactId": 1}], "completedContacts": [{"contactId": 2}]},
            "lacks its list 'contacts'",
        ),
        ({"contacts": [{"contactId": 1}, {"contactId": 1, "teamId": 2}]}, "two different rows"),
    ],
    ids=["two lists with rows", "two rows of one key"],
)
def test_rows_that_cannot_be_told_apart_fail(body: dict[str, Any], said: str) -> None:
    with ScriptedApi(lambda _: body) as api:
        outcome = read(api, "contacts")
    assert outcome.exit_code == 1
    assert said in outcome.errors[0]["message"]
    assert outcome.states["contacts"][-1]["slices"] == []


@pytest.mark.parametrize("rows", [1000, 3000, 10_000, 10_050])
def test_an_unpaged_report_that_stops_at_a_cap_is_asked_for_the_rest(rows: int) -> None:
    def route(asked: Asked) -> dict[str, Any]:
        end = min(rows, asked.skip + 1000)
        return {"skillSummaries": [{"skillId": str(n)} for n in range(asked.skip, end)]}

    with ScriptedApi(route) as api:
        outcome = read(api, "skill_summaries")
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records("skill_summaries")) == rows


def test_ten_thousand_rows_and_none_behind_them_are_no_whole_report() -> None:
    body = {"skillSummaries": [{"skillId": str(n)} for n in range(10_000)]}
    with ScriptedApi(lambda _: body) as api:
        outcome = read(api, "skill_summaries")
    assert outcome.exit_code == 1
    assert "as many as the API gives at most" in outcome.errors[0]["message"]


def test_the_frameworks_read_records_leads_to_the_proving_reader() -> None:
    def route(asked: Asked) -> dict[str, Any]:
        end = min(71, asked.skip + 50)
        return {"totalRecords": 71, "contacts": [{"contactId": n} for n in range(asked.skip, end)]}

    with ScriptedApi(route) as api:
        stream = Contacts(SyncContext(api.config(ONE_DAY)).api)
        window = {"start": START, "end": "2026-11-11T00:00:00Z"}
        records = list(stream.read_records(SyncMode.full_refresh, stream_slice=window))
    assert len(records) == 71


@pytest.mark.parametrize(("rows", "exit_code"), [(50, 0), (10_000, 1)])
def test_a_report_that_takes_no_skip_is_whole_unless_it_has_as_many_rows_as_come_at_most(
    rows: int, exit_code: int
) -> None:
    def route(asked: Asked) -> Reply | dict[str, Any]:
        if "skip" in asked.query:
            return Reply(400, {"message": "unknown parameter: skip"})
        return {"agentPerformance": [{"agentId": str(n), "teamId": "1"} for n in range(rows)]}

    with ScriptedApi(route) as api:
        outcome = read(api, "agent_performance")
    assert outcome.exit_code == exit_code, outcome.errors
    if not exit_code:
        assert len(outcome.records("agent_performance")) == rows
    else:
        assert "as many as the API gives at most" in outcome.errors[0]["message"]


@pytest.mark.parametrize("status", [400, 422])
def test_an_order_that_the_api_refuses_is_left_out(status: int) -> None:
    def route(asked: Asked) -> Reply | dict[str, Any]:
        if "orderBy" in asked.query:
            return Reply(status, {"message": "unknown field in orderBy"})
        return page(asked, "contacts", "contactId")

    with ScriptedApi(route) as api:
        outcome = read(api, "contacts")
    assert outcome.exit_code == 0, outcome.errors
    assert len({record["contactId"] for record in outcome.records("contacts")}) == ROWS
    assert outcome.logs.count("the rows are asked for in no order") == 1


@pytest.mark.parametrize(
    ("most", "stream"), [(1000, "contacts"), (500, "contacts"), (100, "teams")]
)
def test_fewer_rows_are_asked_for_where_the_api_rejects_more(most: int, stream: str) -> None:
    asked_for: list[int] = []
    key = {"contacts": "contactId", "teams": "teamId"}[stream]

    def route(asked: Asked) -> Reply | dict[str, Any]:
        asked_for.append(asked.top)
        if asked.top > most:
            return Reply(400, {"message": f"top may be {most} at most"})
        return page(asked, stream, key, rows=250)

    with ScriptedApi(route) as api:
        outcome = read(api, stream)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records(stream)) == 250
    with_and_without_order = 2
    assert len([top for top in asked_for if top > most]) <= 2 * with_and_without_order
    assert outcome.logs.count("because the API does not take more: ") == 1
