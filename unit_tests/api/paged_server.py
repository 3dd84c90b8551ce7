"""A server out of a list, and what reads it, for the tests of paging."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.paging import Reading, read_proven
from source_incontact.api.reading_pass import Page
from source_incontact.families.rows import RowIdentity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Row = dict[str, Any]
    Fetch = Callable[[int], Page[Row]]


PAGE_SIZE = 1000


def rows_of(*ids: object) -> list[Row]:
    """A row for each."""
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
        """The page that begins at a row number."""
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


def reading(fetch: Fetch, **facts: bool) -> Reading[Row]:
    """How such a report is read."""
    return Reading(fetch, RowIdentity("agents", ["id"]), "agents", PAGE_SIZE, **facts)


def read(fetch: Fetch, **facts: bool) -> list[Any]:
    """The rows that a reading gives, by their numbers."""
    return [row["id"] for page in read_proven(reading(fetch, **facts)) for row in page]


def fails(fetch: Fetch, words: str, **facts: bool) -> list[Any]:
    """The rows that were given before the error."""
    given_: list[Row] = []
    with pytest.raises(AirbyteTracedException, match=words) as caught:
        given_.extend(chain.from_iterable(read_proven(reading(fetch, **facts))))
    assert caught.value.failure_type is FailureType.transient_error
    return [row["id"] for row in given_]
