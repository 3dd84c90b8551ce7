"""A day of many pages, read by the hour side by side.

The pages of one reading have to come one after the other: only then do two readings prove that no
row moved from a page to one that was read before. Hours are readings of their own, each proved by
itself, so they can be read at the same time. Together they are held against the day's own count.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from airbyte_cdk.sources.types import StreamSlice

from source_incontact.windows.days import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from source_incontact.api.reading_pass import Page

MOST_PAGES = 4
"""A window of more pages is read by the hour."""
_LENGTHS = (timedelta(hours=1), timedelta(minutes=30), timedelta(minutes=15))

_Result = TypeVar("_Result")


def part_of(start: str, end: str, *, cut_off: bool) -> StreamSlice:
    """A part of a window, as a window."""
    return StreamSlice(
        partition={},
        cursor_slice={"start": start, "end": end},
        extra_fields={"cut_off": cut_off},
    )


def hours_of(
    window: Mapping[str, Any], beginning: Mapping[int, Page[Any]], *, cut_off: bool
) -> list[StreamSlice]:
    """The hours of a window, in order, or halves or quarters of them; the last may be shorter.

    They are as long as they can be with half a page of rows each, at the average: then most have
    one page, which needs no second reading.
    """
    start, end = from_wire(window["start"]), from_wire(window["end"])
    rows = max(page.total or 0 for page in beginning.values())
    size = max(len(page.rows) for page in beginning.values())
    length = next(
        (one for one in _LENGTHS if rows * (one / (end - start)) <= size / 2), _LENGTHS[-1]
    )
    count = -((start - end) // length)
    edges = [to_wire(min(start + length * number, end)) for number in range(count + 1)]
    return [part_of(one, other, cut_off=cut_off) for one, other in pairwise(edges)]


def is_long(beginning: Mapping[int, Page[Any]], key: Sequence[str]) -> bool:
    """Whether a reading has so many pages that hours are worth while.

    A count alone says nothing: the second page has to begin with the last row of the first one, as
    it was asked to, and to go on behind it.

    Args:
        beginning: The first pages by the row number that they were asked from.
        key: The fields that tell rows apart.
    """
    if len(beginning) == 1:
        return False
    first, second = (page.rows for page in beginning.values())
    return len(second) > 1 and all(first[-1].get(name) == second[0].get(name) for name in key)


def in_turn(
    executor: Executor, tasks: Iterable[Callable[[], _Result]], ahead: int
) -> Iterator[_Result]:
    """The results of tasks in their order, so many of them under way at the same time.

    Raises whatever a task raises; those behind it are not begun.
    """
    rest = iter(tasks)
    waiting = deque(executor.submit(task) for task in islice(rest, ahead))
    try:
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(executor.submit(task) for task in islice(rest, 1))
    finally:
        for future in waiting:
            future.cancel()
