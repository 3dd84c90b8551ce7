"""Paged reports: each row once, completeness proved by the API's own count, or an error."""

from __future__ import annotations

import logging
from itertools import count, cycle
from typing import TYPE_CHECKING

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.envelopes import Envelope
from source_incontact.api.paging import EMPTY_TRIES, MAX_PASSES, Reading, read_proven, read_unpaged
from source_incontact.api.reading_pass import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from unit_tests.api.paged_server import Row


from unit_tests.api.paged_server import PAGE_SIZE, Server, fails, read, reading, rows_of


@pytest.mark.parametrize(
    ("server", "asked"),
    [
        pytest.param(Server([1, 2, 3], cap=9), [0], id="one page"),
        pytest.param(Server([1, 2, 3], cap=9, total=None), [0, 2, 3], id="one page, no count"),
        pytest.param(Server([1, 2, 3, 4]), 2 * [0, 2], id="total ends it"),
        pytest.param(Server([1, 2, 3, 4, 5]), 2 * [0, 2, 4], id="a full page does not end it"),
        pytest.param(Server([1, 2, 3], cap=1), 2 * [0, 0, 1, 1, 2, 2], id="pages of a single row"),
        pytest.param(Server([1, 2, 3, 4], links=True), 2 * [0, 2], id="total and links"),
        pytest.param(
            Server([1, 2, 3, 4], total=None, links=True),
            2 * [0, 2, 3, 4],
            id="links alone: until an empty page",
        ),
        pytest.param(
            Server([1, 2, 3, 4], total=None), 2 * [0, 2, 3, 4], id="neither: until an empty page"
        ),
        pytest.param(
            Server([1, 2, 3, 4, 5], total=None), 2 * [0, 2, 4, 5], id="neither, full last page"
        ),
    ],
)
def test_one_response_is_proof_and_several_pages_are_read_twice(
    server: Server, asked: list[int]
) -> None:
    assert read(server) == server.passes[0]
    assert server.asked == asked


@pytest.mark.parametrize("total", [0, None])
def test_a_list_that_cannot_be_empty_is_asked_for_again_and_warned_about(
    total: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server([], total=total)
    assert read(server, never_empty=True) == []
    assert server.asked == [0] * EMPTY_TRIES
    assert "although the API user is one of them" in caplog.text
    assert read(Server([[], [1, 2]]), never_empty=True) == [1, 2]


@pytest.mark.parametrize("total", [0, None])
def test_an_empty_first_page_is_an_empty_report(total: int | None) -> None:
    server = Server([], total=total)
    assert read(server) == []
    assert server.asked == [0]


def test_an_answer_without_body_is_an_empty_page() -> None:
    page: Page[Row] = Page.of(None, [])
    assert page == Page([], total=None, hidden=0, has_next=None)
    assert read(lambda _: Page.of(None, [])) == []


def test_a_204_past_the_end_ends_the_pages() -> None:
    pages = {0: Page(rows_of(1, 2)), 1: Page(rows_of(2)), 2: Page.of(None, rows_of())}
    assert read(pages.__getitem__) == [1, 2]


def test_a_page_is_made_of_its_envelope() -> None:
    payload = {"TotalRecords": "7", "hiddenAgents": "2", "_links": {"next": "https://x"}}
    assert Page.of(Envelope(payload), rows_of(1)) == Page(rows_of(1), 7, 2, has_next=True)
    assert Page.of(Envelope({}), rows_of(1)) == Page(rows_of(1), None, 0, None)


# --- what a second pass heals -----------------------------------------------------------------


@pytest.mark.parametrize(
    "passes",
    [
        pytest.param([[1, 2, 2, 3], [1, 2, 3, 4]], id="a row shifted down while reading"),
        pytest.param([[2, 3, 4], [1, 2, 3, 4]], id="a row was missing"),
        pytest.param([[1, 2, 1, 2], [1, 2, 3, 4]], id="a page came twice"),
        pytest.param([[1, 2], [3, 1], [4, 1, 2, 3]], id="two short passes"),
    ],
)
def test_an_unproved_pass_is_healed_by_another_and_gives_each_row_once(
    passes: list[list[object]],
) -> None:
    server = Server(passes, total=4)
    got = read(server)
    assert sorted(got) == [1, 2, 3, 4]
    assert server.asked.count(0) == len(passes) + 1


def test_a_short_page_before_the_end_is_followed_by_the_rest() -> None:
    pages = {
        0: Page(rows_of(1, 2, 3), total=5),
        2: Page(rows_of(3, 4), total=5),
        3: Page(rows_of(4, 5), total=5),
    }
    assert read(pages.__getitem__) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("ids", "totals"),
    [
        pytest.param([1, 2, 3, 4, 5], [4, 5], id="grows"),
        pytest.param([1, 2, 3, 4], [4, None], id="is not repeated"),
        pytest.param([1, 2, 3, 4], [None, 4], id="comes late"),
    ],
)
def test_a_total_that_changes_between_pages_counts_with_its_last_value(
    ids: list[object], totals: list[int | None]
) -> None:
    server = Server(ids, total=totals)
    assert read(server) == ids
    assert server.asked[:2] == [0, 2]


@pytest.mark.parametrize(
    ("rows", "cap", "counted"),
    [
        pytest.param(PAGE_SIZE + 2, PAGE_SIZE, PAGE_SIZE, id="what a full page holds"),
        pytest.param(6, 2, 4, id="two pages of three"),
        pytest.param(250, 100, 100, id="what a server gives at most"),
    ],
)
def test_a_count_that_ends_with_a_full_page_is_not_believed(
    rows: int, cap: int, counted: int
) -> None:
    fails(Server(list(range(rows)), cap=cap, total=counted), "rows arrived")


def test_a_server_that_gives_its_last_page_again_has_ended() -> None:
    last = Page(rows_of(2, 3, 4), total=4)
    pages = {0: Page(rows_of(1, 2), total=4), 1: last, 3: last}
    assert read(pages.__getitem__) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("later", "total"),
    [
        pytest.param([2, 3, 4], 3, id="a row leaves"),
        pytest.param([3, 4, 5, 6, 7, 8, 9], 7, id="two leave, two join"),
        pytest.param([4, 2, 3, 5, 6], 5, id="one leaves, an unread one moves ahead, one joins"),
        pytest.param([3, 4], None, id="rows leave with the last of the page, uncounted"),
    ],
)
def test_a_row_that_left_for_good_after_it_was_handed_on_is_never_taken_for_proof(
    later: list[int], total: int | None
) -> None:
    def fetch(skip: int) -> Page[Row]:
        asked.append(skip)
        ids = [1, 2, 3, 4, 5] if len(asked) == 1 else later
        counted = len(ids) if total is not None else None
        return Page(rows_of(*ids[skip : skip + 3]), total=counted)

    asked: list[int] = []
    got = fails(fetch, "that had arrived before did not come again|counted 5 before|shrank")
    assert set(got) >= set(later) & {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "glitch",
    [Page([]), Page([], total=0), Page([], total=2), Page(rows_of(1, 2), total=2)],
    ids=["no content", "zero count", "a count of nothing", "fewer rows and a smaller count"],
)
@pytest.mark.parametrize("calls", [{1}, {1, 2}, {2, 3}, {1, 2, 3, 4}])
def test_no_response_overrules_a_count_that_was_stated_or_a_row_that_came(
    glitch: Page[Row], calls: set[int]
) -> None:
    server = Server([1, 2, 3, 4, 5, 6, 7])

    def fetch(skip: int) -> Page[Row]:
        page = server(skip)
        return glitch if len(server.asked) - 1 in calls else page

    try:
        assert sorted(read(fetch)) == [1, 2, 3, 4, 5, 6, 7]
    except AirbyteTracedException:
        assert len(calls) > 1


def test_a_next_link_is_held_against_an_empty_page_where_nothing_is_counted() -> None:
    pages = {0: Page(rows_of(1, 2), has_next=True), 1: Page(rows_of(2), has_next=True)}
    fails(lambda skip: pages.get(skip, Page([])), "linked to a further page")


@pytest.mark.parametrize("is_counted", [True, False])
@pytest.mark.parametrize("place", ["in front", "in the middle", "at the end"])
def test_rows_that_join_a_window_that_is_cut_off_are_no_failure(
    place: str, *, is_counted: bool
) -> None:
    """Each of many requests finds two rows more; a reading ends all the same."""
    calls = count()

    def fetch(skip: int) -> Page[Row]:
        ids = list(range(1, 22 + 2 * min(next(calls), 300)))
        if place == "in front":
            ids.reverse()
        if place == "in the middle":
            ids.sort(key=lambda number: (number % 10, number))
        return Page(rows_of(*ids[skip : skip + 7]), total=len(ids) if is_counted else None)

    assert set(read(fetch, growing=True)) >= set(range(1, 22))
    assert next(calls) < 100
    if place != "at the end":
        calls = count()
        fails(fetch, "Completeness could not be proved")


def test_a_page_of_fewer_rows_because_fewer_were_asked_for_does_not_end_a_window() -> None:
    def fetch(skip: int) -> Page[Row]:
        asked = 8 if skip < 14 else 4
        return Page(rows_of(*range(30)[skip : skip + asked]), asked=asked)

    assert read(fetch, growing=True) == list(range(30))


def test_a_row_number_that_is_ignored_fails_a_window_that_is_cut_off() -> None:
    fails(lambda _: Page(rows_of(*range(7))), "repeated rows", growing=True)


TWINS: list[Row] = [{"id": 1, "a": 1}, {"id": 2, "a": 1}, {"id": 2, "a": 1}]


@pytest.mark.parametrize("reader", [read_proven, read_unpaged])
@pytest.mark.parametrize("total", [None, 2, 3])
def test_identical_twins_are_one_row_and_different_rows_of_one_key_fail(
    reader: Callable[[Reading[Row]], Iterable[list[Row]]], total: int | None
) -> None:
    pages = reader(reading(lambda s: Page(TWINS[s:], total=total)))
    assert [row for page in pages for row in page] == TWINS[:2]
    differ = [*TWINS, {"id": 1, "a": 2}]
    with pytest.raises(AirbyteTracedException, match="two different rows"):
        list(reader(reading(lambda s: Page(differ[s:], total=total and total + 1))))


@pytest.mark.parametrize("reader", [read_proven, read_unpaged])
@pytest.mark.parametrize("total", [3, None])
def test_a_row_without_its_whole_key_is_emitted_and_warned_about_once(
    reader: Callable[[Reading[Row]], Iterable[list[Row]]],
    total: int | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows: list[Row] = [{"id": 1}, {"id": None, "a": 1}, {"a": 2}]
    pages = reader(reading(lambda s: Page(rows[s:], total=total)))
    assert [row for page in pages for row in page] == rows
    assert caplog.text.count("some rows lack a field of their key (id)") == 1


@pytest.mark.parametrize("number", [1, 10, 25, 64, 100, 101, PAGE_SIZE])
def test_a_count_of_the_page_alone_is_no_reason_to_fail(number: int) -> None:
    def fetch(skip: int) -> Page[Row]:
        rows = rows_of(*range(number)[skip : skip + PAGE_SIZE])
        return Page(rows, total=len(rows))

    assert read(fetch) == list(range(number))


def test_a_server_that_begins_its_pages_where_it_likes_is_proved_by_two_passes() -> None:
    def fetch(skip: int) -> Page[Row]:
        asked.append(skip)
        begins = skip // 3 * 3
        return Page(rows_of(*range(7)[begins : begins + 3]), total=7)

    asked: list[int] = []
    assert read(fetch) == list(range(7))
    assert asked.count(0) == 2


def test_rows_that_change_places_are_complete_once_two_passes_gave_the_same() -> None:
    def fetch(skip: int) -> Page[Row]:
        asked.append(skip)
        return Page(rows_of(*([1, 2, 3] if skip == 0 else [4, 3, 5])), total=5)

    asked: list[int] = []
    assert read(fetch) == [1, 2, 3, 4, 5]
    assert asked.count(0) == 2


@pytest.mark.parametrize(
    ("total", "hidden"),
    [pytest.param(5, 2, id="counts hidden rows"), pytest.param(3, 2, id="counts visible rows")],
)
def test_hidden_rows_are_accepted_and_warned_about(
    total: int, hidden: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        server = Server([1, 2, 3], total=total, hidden=hidden)
        assert read(server) == [1, 2, 3]
    assert "agents: the API hides 2 rows" in caplog.text
    # One pass that falls short by the hidden rows may have lost others: the next has to agree.
    assert server.asked.count(0) == (2 if total == 5 else 1)


def test_rows_that_are_lost_as_often_as_rows_are_hidden_are_noticed() -> None:
    def fetch(skip: int) -> Page[Row]:
        lost = next(passes) if skip == 0 else 9
        rows = rows_of(*(number for number in (1, 2, 3) if number != lost)) if skip == 0 else []
        return Page(rows, total=3, hidden=1)

    passes = cycle([1, 2, 3])
    assert sorted(fails(fetch, "had arrived before|counts 3")) == [1, 2, 3]


@pytest.mark.parametrize("total", ["1,003", "3.5", [5], True, "many"])
def test_a_count_that_is_no_number_proves_nothing(total: object) -> None:
    payload = Envelope({"totalRecords": total, "agents": rows_of(1)})

    def fetch(skip: int) -> Page[Row]:
        return Page.of(payload, rows_of(1) if skip == 0 else [])

    fails(fetch, "count of rows is no number")


@pytest.mark.parametrize(
    ("server", "words"),
    [
        pytest.param(Server([1, 2, 3], total=4), "3 rows .* counts 4", id="a row is lost"),
        pytest.param(Server([1, 2, 3], cap=3, total=2), "3 rows .* counts 2", id="less"),
        pytest.param(Server([1, 2, 3, 4], total=0), "counts 0", id="total 0 over rows"),
        pytest.param(Server([1], total=-1), "counts -1", id="negative total"),
        pytest.param(Server([], total=3), "0 rows", id="total over no rows"),
        pytest.param(Server([1, 2, 1, 2], total=4), "repeated", id="the same page again"),
        pytest.param(Server([1, 2, 3], total=5, hidden=1), "counts 5", id="more lost than hidden"),
    ],
)
def test_a_report_that_is_never_proved_fails_after_a_bounded_number_of_calls(
    server: Server, words: str
) -> None:
    got = fails(server, words)
    assert len(got) == len(set(got))
    assert server.asked.count(0) == MAX_PASSES
    assert len(server.asked) <= MAX_PASSES * 4


@pytest.mark.parametrize(("total", "has_next"), [(None, None), (None, True), (10**9, None)])
def test_a_server_that_ignores_skip_ends_in_an_error_not_a_loop(
    total: int | None,
    has_next: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    asked = []

    def fetch(skip: int) -> Page[Row]:
        asked.append(skip)
        return Page(rows_of(1, 2), total=total, has_next=has_next)

    assert fails(fetch, "repeated") == [1, 2]
    assert asked == MAX_PASSES * [0, 1, 2]


def test_a_next_link_that_never_ends_does_not_loop_on_empty_pages() -> None:
    asked = []

    def fetch(skip: int) -> Page[Row]:
        asked.append(skip)
        return Page(rows_of(), has_next=True)

    assert read(fetch) == []
    assert asked == [0]
