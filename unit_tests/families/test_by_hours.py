"""Parts of a window, and tasks in turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from source_incontact.api.reading_pass import Page
from source_incontact.families.by_hours import hours_of, in_turn, is_long

DAY = {"start": "2026-10-24T22:00:00Z", "end": "2026-10-25T23:00:00Z"}
"""In Berlin, when the clock goes back: 25 hours."""


def page(numbers: range, total: int) -> Page[dict[str, Any]]:
    return Page([{"id": number} for number in numbers], total=total)


def beginning(
    total: int, size: int, second: range | None = None
) -> dict[int, Page[dict[str, Any]]]:
    behind = range(size - 1, size + 1) if second is None else second
    return {0: page(range(size), total), size - 1: page(behind, total)}


@pytest.mark.parametrize(
    ("total", "parts"), [(60_000, 25), (100_000, 50), (200_000, 100), (9_000_000, 100)]
)
def test_parts_adjoin_and_are_short_enough_for_half_a_page(total: int, parts: int) -> None:
    windows = hours_of(DAY, beginning(total, 5000), cut_off=False)
    assert len(windows) == parts
    assert windows[0]["start"] == DAY["start"]
    assert windows[-1]["end"] == DAY["end"]
    assert all(one["end"] == other["start"] for one, other in pairwise(windows))


def test_the_last_part_ends_with_the_window() -> None:
    window = {"start": "2026-11-16T00:00:00Z", "end": "2026-11-16T01:45:00Z"}
    ends = [part["end"] for part in hours_of(window, beginning(50, 60), cut_off=True)]
    assert ends == ["2026-11-16T01:00:00Z", window["end"]]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (beginning(100, 10), True),
        (beginning(100, 10, second=range(9, 10)), False),
        (beginning(100, 10, second=range(0)), False),
        (beginning(100, 10, second=range(10)), False),
        ({0: page(range(10), 40)}, False),
    ],
)
def test_a_second_page_behind_the_first_makes_a_window_long(
    pages: dict[int, Page[dict[str, Any]]], *, expected: bool
) -> None:
    assert is_long(pages, ["id"]) is expected


def test_results_come_in_turn_and_nothing_is_begun_behind_an_error() -> None:
    begun: list[int] = []

    def task(number: int) -> int:
        begun.append(number)
        if number == 4:
            raise ValueError(number)
        return number

    tasks = (partial(task, number) for number in range(100))
    seen = []
    with ThreadPoolExecutor(3) as executor, pytest.raises(ValueError, match="4"):
        seen += list(in_turn(executor, tasks, 3))
    assert max(begun) <= 4 + 3
