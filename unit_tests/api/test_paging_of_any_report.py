"""Paged reports of any kind: no row that stays is lost, and none comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.api.paging import MAX_PASSES
from source_incontact.api.reading_pass import Page

if TYPE_CHECKING:
    from unit_tests.api.paged_server import Row


from unit_tests.api.paged_server import Server, fails, read, rows_of

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
    assert len(calls) <= 4 * len(ids) + 4


@given(st.data(), IDS.filter(bool), st.integers(1, 7), st.integers(1, MAX_PASSES - 2))
def test_passes_that_lose_or_repeat_rows_are_healed_by_a_good_one(
    data: st.DataObject, ids: list[int], cap: int, bad: int
) -> None:
    lists = st.lists(st.sampled_from(ids), max_size=len(ids), unique=True)
    broken = [data.draw(lists) for _ in range(bad)]
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


MOVES = st.lists(
    st.tuples(st.sampled_from(["leave", "join", "move", "none"]), st.integers(0, 40)), max_size=3
)
RESPONSES = st.sampled_from(["page", "page", "page", "no content", "zero", "uncounted"])


@given(st.data(), IDS.filter(bool), st.integers(2, 7), st.booleans())
def test_a_row_that_is_there_all_the_time_is_never_lost(
    data: st.DataObject,
    ids: list[int],
    cap: int,
    growing: bool,  # noqa: FBT001 - drawn
) -> None:
    """Rows leave, join and move between any two requests; responses are empty or uncounted."""
    now, steady, newest = list(ids), set(ids), 100

    def change(what: str, place: int) -> None:
        nonlocal newest
        if what == "join":
            newest += 1
            now.insert(place, newest)
        elif now and what == "move":
            now.insert(place, now.pop(place * 7 % len(now)))
        elif now and what == "leave" and not growing:
            steady.discard(now.pop(place % len(now)))

    def fetch(skip: int) -> Page[Row]:
        kind = data.draw(RESPONSES) if asked else "page"
        asked.append(skip)
        rows = rows_of(*now[skip : skip + cap]) if kind in {"page", "uncounted"} else []
        total = {"page": len(now), "zero": 0}.get(kind)
        for what, place in data.draw(MOVES):
            change(what, place)
        return Page(rows, total=total)

    asked: list[int] = []
    try:
        got = read(fetch, growing=growing)
    except AirbyteTracedException:
        return
    assert steady <= set(got)
