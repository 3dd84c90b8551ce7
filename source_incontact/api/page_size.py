"""How many rows are asked for at once: fewer where a page of them is not given or not taken."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Generic, TypeVar

from source_incontact.api.refusals import RejectedError, TooLargeError
from source_incontact.messages.log import PAGES_REJECTED, SMALLER_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

LOGGER = logging.getLogger("airbyte.source_incontact.paging")

PageT = TypeVar("PageT")

_SMALLER = (1000, 100)
"""Rows that are tried where the API rejects more [A 7]; 100 is the vendor's own default."""


class PageSize:
    """How many rows of a report are asked for at once; less once the API has rejected more.

    Args:
        rows: How many at first.
        paged: Whether requests name the number at all.
    """

    def __init__(self, rows: int, *, paged: bool) -> None:
        self.rows = rows
        self.smaller = _SMALLER if paged else ()


class FittingPages(Generic[PageT]):
    """Asks for pages of one reading, for smaller ones once a page was too large.

    Args:
        page: Asks for the rows from a row number (``skip``) on, at most so many (``top``).
        size: How many are asked for at first; shared with other readings of the report.
        what: The report, for the log.
    """

    def __init__(self, page: Callable[[int, int], PageT], size: PageSize, what: str) -> None:
        self._page = page
        self._size = size
        self._rows = size.rows
        self._what = what

    def __call__(self, skip: int) -> PageT:
        """The page that begins at a row number.

        Raises:
            AirbyteTracedException: One row is too large already, or the API rejects the request
                whatever the number of rows.
        """
        try:
            return self._page(skip, self._rows)
        except RejectedError as error:
            return self._smaller_page(skip, error)
        except TooLargeError:
            if self._rows == 1:
                raise
        self._rows //= 2
        LOGGER.info("%s: %s", self._what, SMALLER_PAGES.says(rows=self._rows))
        return self(skip)

    def _smaller_page(self, skip: int, error: RejectedError) -> PageT:
        """The same with fewer rows, if that is what the API rejects."""
        for rows in self._size.smaller:
            if rows >= self._rows:
                continue
            try:
                page = self._page(skip, rows)
            except RejectedError:
                continue
            self._rows = rows
            if rows < self._size.rows:
                self._size.rows = rows
                note = PAGES_REJECTED.says(rows=rows, reason=error)
                LOGGER.warning("%s: %s", self._what, note)
            return page
        raise error
