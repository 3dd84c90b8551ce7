"""Which rows a page of a list holds, and what faults do to that.

Some faults move one page. Others are of a list that changes while it is read: its first page shows
it as it was before, the further ones as it is now. They do nothing to a list that one page could
hold, before or now: such a response agrees with itself, and nobody could notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PAGE_ACTIONS = ("repeat", "shift", "shrink", "leave", "join", "exchange")
"""What a fault can do to the place or the size of a page."""


@dataclass(frozen=True)
class Page:
    """Part of a list.

    Attributes:
        skip: The row it was asked from.
        top: How many rows it may hold.
        rows: The numbers of its rows.
        total: How many rows the list says it has.
    """

    skip: int
    top: int
    rows: range
    total: int


def page_of(total: int, skip: int, top: int, do: dict[str, Any]) -> Page:
    """The page of a list of ``total`` rows that is asked for, as a fault wants it."""
    top = min(top, int(do.get("shrink", top)))
    if do.get("repeat"):
        return _page(max(0, skip - top), total, skip, top)
    start = skip + int(do.get("shift", 0))
    left, joined = int(do.get("leave", 0)), int(do.get("join", 0))
    if left and skip and total > top:
        return _page(start + left, total, skip, top, gone=left)
    if joined and not skip and total - joined > top:
        return _page(start + joined, total, skip, top, gone=joined)
    if do.get("exchange") and total - 1 > top:
        # The last row has not joined yet, or the first has left: one is missing either way.
        return _page(start + 1, total, skip, top, gone=1) if skip else _page(0, total - 1, 0, top)
    return _page(start, total, skip, top)


def _page(start: int, stop: int, skip: int, top: int, gone: int = 0) -> Page:
    """The page from ``start`` on of a list that ends at ``stop`` and lacks its first rows."""
    return Page(skip, top, range(start, min(start + top, stop)), stop - gone)
