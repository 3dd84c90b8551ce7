"""Paged reports: each row once, completeness proved by the API's own count, or an error."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.api.envelopes import Envelope
from source_incontact.api.paging import MAX_PASSES, Page, read_proven

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Row = dict[str, Any]
    Fetch = Callable[[int], Page[Row]]


PAGE_SIZE = 1000


def rows_of(*ids: object) -> list[Row]:
    return [{"id": identity} for identity in ids]


class Server:
    """Answers by ``skip`` out of a list, with faults of choice.

    Args:
        ids: What the report holds; a list of lists gives each pass its own order.
        cap: The most rows of a page.
        total: What it counts; ``...`` is the truth.
        links: Whether answers link to the next page.
        hidden: Rows it says are hidden.
    """

    def __init__(
        self,
        ids: Sequence[object] | Sequence[list[object]],
        cap: int = 3,
        *,
        total: Any = ...,
        links: bool = False,
        hidden: int = 0,
    ) -> None:
        per_pass = [one for one in ids if isinstance(one, list)]
        self.passes: list[list[Any]] = per_pass or [list(ids)]
        self.cap, self.links, self.hidden, self.total = cap, links, hidden, total
        self.asked: list[int] = []

    def __call__(self, skip: int) -> Page[Row]:
        self.asked.append(skip)
        number = min(self.asked.count(0), len(self.passes)) - 1
        ids = self.passes[number]
        total = len(set(map(str, ids))) if self.total is ... else self.total
        if isinstance(total, list):
            total = total[min(len(self.asked), len(total)) - 1]
        more = skip + self.cap < len(ids)
        return Page(
            rows_of(*ids[skip : skip + self.cap]),
            total=total,
            hidden=self.hidden,
            has_next=more if self.links else None,
        )


def read(fetch: Fetch) -> list[Any]:
    return [row["id"] for row in read_proven(fetch, lambda row: row.get("id"), "agents", PAGE_SIZE)]


def fails(fetch: Fetch, words: str) -> list[Any]:
    """The rows that were given before the error."""
    given_: list[Row] = []
    with pytest.raises(AirbyteTracedException, match=words) as caught:
        given_.extend(read_proven(fetch, lambda row: row.get("id"), "agents", PAGE_SIZE))
    assert caught.value.failure_type is FailureType.transient_error
    return [row["id"] for row in given_]


@pytest.mark.parametrize(
    ("server", "asked"),
    [
        pytest.param(Server([1, 2, 3, 4]), [0, 2], id="total ends it"),
        pytest.param(Server([1, 2, 3, 4, 5]), [0, 2, 4], id="a full page does not end it"),
        pytest.param(Server([1, 2, 3], cap=1), [0, 0, 1, 1, 2, 2], id="pages of a single row"),
        pytest.param(Server([1, 2, 3], cap=9), [0], id="one page"),
        pytest.param(Server([1, 2, 3, 4], links=True), [0, 2], id="total and links"),
        pytest.param(
            Server([1, 2, 3, 4], total=None, links=True),
            [0, 2, 3, 4],
            id="links alone: until an empty page",
        ),
        pytest.param(
            Server([1, 2, 3, 4], total=None), [0, 2, 3, 4], id="neither: until an empty page"
        ),
        pytest.param(
            Server([1, 2, 3, 4, 5], total=None), [0, 2, 4, 5], id="neither, full last page"
        ),
    ],
)
def test_a_good_report_is_proved_in_one_pass(server: Server, asked: list[int]) -> None:
    assert read(server) == server.passes[0]
    assert server.asked == asked


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
    assert server.asked.count(0) == len(passes)


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
    fails(Server(list(range(rows)), cap=cap, total=counted), "distinct rows arrived")


def test_a_server_that_gives_its_last_page_again_has_ended() -> None:
    last = Page(rows_of(2, 3, 4), total=4)
    pages = {0: Page(rows_of(1, 2), total=4), 1: last, 3: last}
    assert read(pages.__getitem__) == [1, 2, 3, 4]


def test_rows_that_move_up_into_a_page_that_was_read_are_not_lost() -> None:
    def fetch(skip: int) -> Page[Row]:
        asked.append(skip)
        ids = [1, 2, 3, 4] if len(asked) == 1 else [2, 3, 4]  # row 1 leaves after the first page
        return Page(rows_of(*ids[skip : skip + 2]), total=len(ids))

    asked: list[int] = []
    assert read(fetch) == [1, 2, 3, 4]
    assert asked == [0, 1, 2, 3, 0, 1, 2]


def test_rows_that_leave_while_others_join_are_noticed_though_the_sums_agree() -> None:
    def fetch(skip: int) -> Page[Row]:
        asked.append(skip)
        ids = [1, 2, 3, 4, 5, 6, 7] if len(asked) == 1 else [3, 4, 5, 6, 7, 8, 9]
        return Page(rows_of(*ids[skip : skip + 4]), total=7)

    asked: list[int] = []
    # The first pass has seen 1 to 4 and 6 to 9: one row too many. Without 9, the sums would agree.
    assert sorted(read(fetch)) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert asked.count(0) == 2


def test_a_row_that_leaves_with_the_last_of_a_page_is_noticed_without_a_count() -> None:
    def fetch(skip: int) -> Page[Row]:
        asked.append(skip)
        ids = [1, 2, 3, 4, 5] if len(asked) == 1 else [3, 4, 5]
        return Page(rows_of(*ids[skip : skip + 4]))

    asked: list[int] = []
    assert read(fetch) == [1, 2, 3, 4, 5]  # without a second pass, 5 would be missing
    assert asked.count(0) == 2


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

    passes = iter([1, 2, 3])
    assert sorted(fails(fetch, "2 distinct rows .* counts 3")) == [1, 2, 3]


@pytest.mark.parametrize("total", ["1,003", "3.5", [5], True, "many"])
def test_a_count_that_is_no_number_proves_nothing(total: object) -> None:
    payload = Envelope({"totalRecords": total, "agents": rows_of(1)})

    def fetch(skip: int) -> Page[Row]:
        return Page.of(payload, rows_of(1) if skip == 0 else [])

    fails(fetch, "count of rows is no number")


# --- what nothing heals -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "words"),
    [
        pytest.param(Server([1, 2, 3], total=4), "3 distinct rows .* counts 4", id="a row is lost"),
        pytest.param(Server([1, 2, 3], cap=3, total=2), "3 distinct .* counts 2", id="less"),
        pytest.param(Server([1, 2, 3, 4], total=0), "counts 0", id="total 0 over rows"),
        pytest.param(Server([1], total=-1), "counts -1", id="negative total"),
        pytest.param(Server([], total=3), "0 distinct rows", id="total over no rows"),
        pytest.param(Server([1, 2, 1, 2], total=4), "repeated", id="the same page again"),
        pytest.param(Server([1, 2, 3], total=5, hidden=1), "counts 5", id="more lost than hidden"),
        pytest.param(Server([1, 2, 3, 3, 4], total=5), "counts 5", id="a row comes twice"),
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


@pytest.mark.parametrize("total", [3, None], ids=["with a total", "without a total"])
@pytest.mark.parametrize(
    "rows", [[{}, {}, {}], rows_of(1, None, None)], ids=["no keys", "null keys"]
)
def test_rows_without_a_key_are_never_lost_in_silence(rows: list[Row], total: int | None) -> None:
    def fetch(skip: int) -> Page[Row]:
        return Page(rows[skip : skip + 3], total=total)

    try:
        got = list(read_proven(fetch, lambda row: row.get("id"), "agents", PAGE_SIZE))
    except AirbyteTracedException:
        return
    assert got == rows


# --- any report at all ------------------------------------------------------------------------

IDS = st.lists(st.integers(0, 60), unique=True, max_size=30)


@given(IDS, st.lists(st.integers(1, 7), min_size=1), st.booleans(), st.booleans())
def test_every_row_of_any_report_comes_exactly_once(
    ids: list[int],
    sizes: list[int],
    counted: bool,  # noqa: FBT001 - drawn
    linked: bool,  # noqa: FBT001 - drawn
) -> None:
    calls: list[int] = []

    def fetch(skip: int) -> Page[Row]:
        end = skip + sizes[len(calls) % len(sizes)]
        calls.append(skip)
        return Page(
            rows_of(*ids[skip:end]),
            total=len(ids) if counted else None,
            has_next=end < len(ids) if linked else None,
        )

    assert read(fetch) == ids
    assert len(calls) <= 2 * len(ids) + 2


@given(st.data(), IDS.filter(bool), st.integers(1, 7), st.integers(1, MAX_PASSES - 1))
def test_passes_that_lose_or_repeat_rows_are_healed_by_a_good_one(
    data: st.DataObject, ids: list[int], cap: int, bad: int
) -> None:
    broken = [data.draw(st.lists(st.sampled_from(ids), max_size=len(ids))) for _ in range(bad)]
    got = read(Server([*broken, list(ids)], cap, total=len(ids)))
    assert sorted(got) == sorted(ids)


@given(IDS.filter(bool), st.integers(1, 7), st.data())
def test_a_server_that_always_loses_a_row_is_never_taken_for_complete(
    ids: list[int], cap: int, data: st.DataObject
) -> None:
    lost = data.draw(st.sampled_from(ids))
    server = Server([identity for identity in ids if identity != lost], cap, total=len(ids))
    assert lost not in fails(server, "Completeness could not be proved")
    assert len(server.asked) <= MAX_PASSES * (2 * len(ids) + 2)


@given(st.data(), IDS.filter(bool), st.integers(2, 7))
def test_a_row_that_is_there_all_the_time_is_never_lost_while_others_come_and_go(
    data: st.DataObject, ids: list[int], cap: int
) -> None:
    now, steady, newest = list(ids), set(ids), 100

    def fetch(skip: int) -> Page[Row]:
        nonlocal newest
        page = Page(rows_of(*now[skip : skip + cap]), total=len(now))
        if data.draw(st.booleans()):
            for identity in data.draw(st.lists(st.sampled_from(ids), max_size=2, unique=True)):
                if identity in now:
                    now.remove(identity)
                steady.discard(identity)
            for place in data.draw(st.lists(st.integers(0, 30), max_size=2)):
                newest += 1
                now.insert(place, newest)
        return page

    try:
        got = read(fetch)
    except AirbyteTracedException:
        return
    assert steady <= set(got)
