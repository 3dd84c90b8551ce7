"""How many rows are asked for at once: fewer where a response is larger than is taken at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from source_incontact.api.response_handler import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable

LOGGER = logging.getLogger("airbyte.source_incontact.paging")

T = TypeVar("T")


class PageSize:
    """The size of the pages of one reading.

    Args:
        rows: How many rows are asked for at first.
        what: The report, for the log.
    """

    def __init__(self, rows: int, what: str) -> None:
        self.rows = rows
        self._what = what

    def ask(self, fetch: Callable[[int], T]) -> T:
        """What ``fetch`` returns for a number of rows whose response is not too large.

        Raises:
            AirbyteTracedException: One row is too large already.
        """
        try:
            return fetch(self.rows)
        except TooLargeError:
            if self.rows == 1:
                raise
        self.rows //= 2
        LOGGER.info(
            "%s: a page is larger than is taken at once; asking for %d rows at once.",
            self._what,
            self.rows,
        )
        return self.ask(fetch)
