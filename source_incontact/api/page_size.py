"""How many rows are asked for at once: fewer where a response is larger than is taken at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Generic, TypeVar

from source_incontact.api.refusals import TooLargeError
from source_incontact.messages.log import SMALLER_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

LOGGER = logging.getLogger("airbyte.source_incontact.paging")

PageT = TypeVar("PageT")


class FittingPages(Generic[PageT]):
    """Asks for pages of one reading, for smaller ones once a page was too large.

    Args:
        page: Asks for the rows from a row number (``skip``) on, at most so many (``top``).
        rows: How many are asked for at first.
        what: The report, for the log.
    """

    def __init__(self, page: Callable[[int, int], PageT], rows: int, what: str) -> None:
        self._page = page
        self._rows = rows
        self._what = what

    def __call__(self, skip: int) -> PageT:
        """The page that begins at a row number.

        Raises:
            AirbyteTracedException: One row is too large already.
        """
        try:
            return self._page(skip, self._rows)
        except TooLargeError:
            if self._rows == 1:
                raise
        self._rows //= 2
        LOGGER.info("%s: %s", self._what, SMALLER_PAGES.says(rows=self._rows))
        return self(skip)
