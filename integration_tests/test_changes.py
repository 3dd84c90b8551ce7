"""Completed contacts by change: bookmark, order, gaps, and what a moved form means."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.clock import format_ms, parse_instant
from integration_tests.streams import BY_NAME
from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW
from integration_tests.support.scripted import NO_CONTENT, Asked, Reply, ScriptedApi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integration_tests.sandbox.client import Sandbox

DAY = timedelta(days=1)
DAY_BEGINS = parse_instant("2026-11-16T00:00:00Z")
Update = tuple[int, int]
COMPLETED = "contacts_completed"
OPEN_RANGE = {"date_type": "range_specific", "start_date": "2026-11-14"}


def changes(
    sandbox: Sandbox, state: Any = None, now: Any = NOW, **options: Any
) -> tuple[cli.Outcome, list[dict[str, str]]]:
    """A sync by change, and the queries that it sent."""
    sandbox.set_clock(now)
    sandbox.clear_requests()
    date = options.pop("date", OPEN_RANGE)
    form = sandbox.config(date=date, reports=[BY_NAME[COMPLETED].title], **FAST)
    outcome = cli.read(form, [COMPLETED], "incremental", now=now, state=state, **options)
    return outcome, [entry["query"] for entry in sandbox.requests("contacts/completed")]


def updated_since(sandbox: Sandbox) -> set[int]:
    """The contacts that have begun since the first sync's day."""
    rows = sandbox.truth.of(COMPLETED, "2026-11-16T00:00:00Z", "2026-11-17T09:44:30Z")
    return {row["contactId"] for row in rows}


def test_days_come_first_and_then_what_has_changed(sandbox: Sandbox) -> None:
    first, by_day = changes(sandbox)
    assert {"startDate", "endDate"} <= by_day[0].keys()
    assert not any("updatedSince" in query for query in by_day)
    assert first.states[COMPLETED][-1]["lastUpdateTime"] == "2026-11-16T09:44:30Z"
    second, by_change = changes(sandbox, first.final_state, NOW + DAY)
    assert by_change[0]["updatedSince"] == "2026-11-14T09:44:30Z"  # two days before the bookmark
    assert by_change[0]["orderBy"] == "lastUpdateTime asc"
    assert not any("startDate" in query for query in by_change)
    assert second.states[COMPLETED][-1]["lastUpdateTime"] == "2026-11-17T09:44:30Z"


def test_changes_of_many_pages_are_all_read(sandbox: Sandbox) -> None:
    sandbox.reset(now=NOW, ticking=False, top_cap=25)
    first, _ = changes(sandbox)
    second, queries = changes(sandbox, first.final_state, NOW + DAY)
    truth = {
        row["contactId"]
        for row in sandbox.truth.of(COMPLETED, "2026-11-16T00:00:00Z", "2026-11-17T09:44:30Z")
    }
    assert second.exit_code == 0, second.errors
    assert truth <= {record["contactId"] for record in second.records(COMPLETED)}
    assert len({query["updatedSince"] for query in queries}) > 10  # each page begins anew
    assert max(int(query["skip"]) for query in queries) < 60


def test_changes_in_another_order_are_read_all_the_same(sandbox: Sandbox) -> None:
    first, _ = changes(sandbox)
    sandbox.reset(now=NOW + DAY, ticking=False, top_cap=7)
    sandbox.fault("contacts/completed", {"unordered": True}, times=None)
    second, queries = changes(sandbox, first.final_state, NOW + DAY)
    assert second.exit_code == 0, second.errors
    truth = {
        row["contactId"]
        for row in sandbox.truth.of(COMPLETED, "2026-11-16T00:00:00Z", "2026-11-17T09:44:30Z")
    }
    assert truth <= {record["contactId"] for record in second.records(COMPLETED)}
    assert max(int(query["skip"]) for query in queries) > 50


def test_a_connection_that_slept_for_long_reads_days_from_before_its_bookmark(
    sandbox: Sandbox,
) -> None:
    first, _ = changes(sandbox)
    later = NOW + 33 * DAY
    second, queries = changes(sandbox, first.final_state, later)
    assert second.exit_code == 0, second.errors
    assert min(query["startDate"] for query in queries) == "2026-10-17T00:00:00Z"
    assert not any("updatedSince" in query for query in queries)
    third, by_change = changes(sandbox, second.final_state, later + DAY)
    assert third.exit_code == 0
    assert by_change[0]["updatedSince"] == "2026-12-17T09:44:30Z"


def test_a_broken_sync_of_changes_keeps_its_bookmark(sandbox: Sandbox) -> None:
    first, _ = changes(sandbox)
    sandbox.fault("contacts/completed", {"status": 500}, times=None)
    broken, _ = changes(sandbox, first.final_state, NOW + DAY)
    assert broken.exit_code == 1
    assert broken.states[COMPLETED][-1]["lastUpdateTime"] == "2026-11-16T09:44:30Z"
    sandbox.clear_faults()
    _, queries = changes(sandbox, broken.final_state, NOW + 2 * DAY)
    assert queries[0]["updatedSince"] == "2026-11-14T09:44:30Z"


def test_a_choice_of_fixed_days_is_never_read_by_change(sandbox: Sandbox) -> None:
    date = {"date_type": "single_specific", "date": "2026-11-15"}
    first, _ = changes(sandbox, date=date)
    _, queries = changes(sandbox, first.final_state, NOW + DAY, date=date)
    assert not any("updatedSince" in query for query in queries)


def test_an_earlier_start_brings_the_days_before(sandbox: Sandbox) -> None:
    first, _ = changes(sandbox)
    earlier = {"date_type": "range_specific", "start_date": "2026-11-12"}
    _, queries = changes(sandbox, first.final_state, NOW + DAY, date=earlier)
    days_asked = sorted({query["startDate"] for query in queries if "startDate" in query})
    assert days_asked == ["2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z"]
    assert any("updatedSince" in query for query in queries)


def second_sync(route: Callable[[Asked], Reply | dict[str, Any]]) -> cli.Outcome:
    """The sync after a first one that found nothing: it asks for what has changed."""
    with ScriptedApi(route) as api:
        form = api.config(OPEN_RANGE, reports=[BY_NAME[COMPLETED].title])
        first = cli.read(form, [COMPLETED], "incremental", now=NOW)
        second = cli.read(
            form, [COMPLETED], "incremental", now=NOW + DAY / 2, state=first.final_state
        )
    assert second.exit_code == 0, second.errors
    return second


ODD_ORDER = [("05", 1), ("09", 2), ("01", 3), ("02", 4)]
"""Hours of updates and contacts: the first page ascends by chance, and the second begins before."""
LATER = [("15", 5), ("16", 6)]
"""Contacts that end while the others are read."""


@pytest.mark.parametrize("later", [[], LATER], ids=["nothing else", "contacts that end meanwhile"])
def test_a_page_that_ascends_by_chance_hides_no_row(later: list[tuple[str, int]]) -> None:
    pages: list[Mapping[str, str]] = []

    def route(asked: Asked) -> Reply | dict[str, Any]:
        if "updatedSince" not in asked.query:
            return NO_CONTENT
        rows = [
            {"contactId": number, "lastUpdateTime": f"2026-11-16T{hour}:00:00.000Z"}
            for hour, number in [*ODD_ORDER, *(later if pages else [])]
            if f"2026-11-16T{hour}:00:00Z" >= asked.query["updatedSince"]
        ]
        pages.append(asked.query)
        page = rows[asked.skip : asked.skip + 2]
        return {"totalRecords": len(rows), "completedContacts": page} if page else NO_CONTENT

    second = second_sync(route)
    read = {record["contactId"] for record in second.records(COMPLETED)}
    assert read == {number for _, number in [*ODD_ORDER, *later]}
    assert f"counts {len(read)} changed rows, but gave" in second.logs


@pytest.mark.parametrize("empty", [None, 2], ids=["whole", "an empty page"])
def test_changes_that_are_not_counted_are_read_until_two_readings_agree(empty: int | None) -> None:
    numbers = count()

    def route(asked: Asked) -> Reply | dict[str, Any]:
        if "updatedSince" not in asked.query or next(numbers) == empty:
            return NO_CONTENT
        rows = [
            {"contactId": number, "lastUpdateTime": f"2026-11-16T{number:02}:00:00.000Z"}
            for number in range(9, 0, -1)
            if f"2026-11-16T{number:02}:00:00Z" >= asked.query["updatedSince"]
        ]
        page = rows[asked.skip : asked.skip + 2]
        return {"completedContacts": page} if page else NO_CONTENT

    second = second_sync(route)
    assert sorted(row["contactId"] for row in second.records(COMPLETED)) == list(range(1, 10))


@pytest.mark.parametrize("is_ordered", [True, False])
def test_a_reading_ends_though_each_request_finds_a_contact_more(*, is_ordered: bool) -> None:
    numbers = count()

    def route(asked: Asked) -> Reply | dict[str, Any]:
        if "updatedSince" not in asked.query:
            return NO_CONTENT
        ended = 60 + min(next(numbers), 200)  # at last it rests, or a fault would never end
        moments = [f"2026-11-16T10:{number // 60:02}:{number % 60:02}Z" for number in range(ended)]
        rows = [
            {"contactId": number, "lastUpdateTime": moment}
            for number, moment in enumerate(moments)
            if moment >= asked.query["updatedSince"]
        ]
        page = rows[:: 1 if is_ordered else -1][asked.skip : asked.skip + 25]
        return {"totalRecords": len(rows), "completedContacts": page} if page else NO_CONTENT

    second = second_sync(route)
    read = {record["contactId"] for record in second.records(COMPLETED)}
    assert read >= set(range(60))
    assert next(numbers) < 40


ORDERS: dict[str, Callable[[Update], Any]] = {
    "oldest first": lambda update: update[1],
    "newest first": lambda update: -update[1],
    "by number": lambda update: update[0],
    "any": lambda update: update[0] * 7919 % 1009,
}
"""How the API may order contacts: pairs of a number and the second of the last update."""


@pytest.mark.parametrize("is_counted", [True, False], ids=["counted", "not counted"])
@pytest.mark.parametrize("order", ORDERS)
def test_no_contact_is_passed_over_while_others_change(order: str, *, is_counted: bool) -> None:
    dice = random.Random(order)
    updates = {number: dice.randrange(30_000) for number in range(100)}
    seconds = count(40_000)

    def route(asked: Asked) -> Reply | dict[str, Any]:
        if "updatedSince" not in asked.query:
            return NO_CONTENT
        since = (parse_instant(asked.query["updatedSince"]) - DAY_BEGINS) // 1000
        rows = sorted(
            (update for update in updates.items() if update[1] >= since), key=ORDERS[order]
        )
        # Meanwhile one is updated, or another one ends.
        updates[dice.choice([dice.randrange(len(updates)), len(updates)])] = next(seconds)
        page = [
            {"contactId": number, "lastUpdateTime": format_ms(DAY_BEGINS + 1000 * second)}
            for number, second in rows[asked.skip : asked.skip + 25]
        ]
        stated = {"totalRecords": len(rows)} if is_counted else {}
        return {**stated, "completedContacts": page} if page else NO_CONTENT

    second = second_sync(route)
    assert {row["contactId"] for row in second.records(COMPLETED)} >= set(range(100))
    assert next(seconds) < 40_100


def test_changes_are_asked_for_with_as_many_rows_as_the_api_takes() -> None:
    def route(asked: Asked) -> Reply | dict[str, Any]:
        if asked.top > 1000:
            return Reply(400, {"message": "top may be 1000 at most"})
        if "updatedSince" not in asked.query:
            return NO_CONTENT
        row = {"contactId": 1, "lastUpdateTime": "2026-11-16T09:00:00.000Z"}
        return {"totalRecords": 1, "completedContacts": [row]}

    second = second_sync(route)
    assert len(second.records(COMPLETED)) == 1
