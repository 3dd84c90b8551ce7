"""Reports that answer in JSON: one request a window, or as many as it has pages."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from source_incontact.api.refusals import RejectedError, TimedOutError, TooLargeError
from source_incontact.api.response_handler import ResponseHandler
from source_incontact.families.by_hours import MOST_PAGES, hours_of, in_turn, is_long, part_of
from source_incontact.families.json_rows import OCCURRENCE, VALUE, Endpoint, JsonRows, stamped
from source_incontact.families.report import MenuReport, is_cut_off
from source_incontact.messages import log
from source_incontact.windows.days import floor_quarter, from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airbyte_cdk.sources.types import StreamSlice

    from source_incontact.api.client import InContactApi
    from source_incontact.families.json_rows import Record

LOGGER = logging.getLogger("airbyte.source_incontact.json_report")

PAGE_SIZE = 5000
"""Rows asked for at once. The API gives up to 10,000 [L]; half of that keeps a worker's memory
under about 50 MB, and a smaller page from the server is fine as well."""

_TOO_MUCH = (RejectedError, TimedOutError, TooLargeError)


class JsonReport(MenuReport):
    """A subclass declares the class attributes.

    Its schema is ``schemas/<name>.json``.
    """

    endpoint: ClassVar[str]
    """Path below the API version."""
    records_key: ClassVar[str | tuple[str, ...]]
    """The envelope's key for the rows; of several, the preferred one first; ``*`` is the only list
    of the response."""
    renames: ClassVar[Mapping[str, str]] = {}
    """Names of fields in other API versions, mapped to the schema's."""
    paged: ClassVar[bool] = False
    """Whether the report comes in pages; if not, one response must hold all of it."""
    stamps: ClassVar[Mapping[str, str]] = {}
    """Fields added to each row, because the rows carry no dates of their own: name to ``start`` or
    ``end`` of the window."""
    is_ordered: ClassVar[bool] = False
    """Whether it is asked for in the order of its cursor, so that rows which join come behind those
    that were read [A 40]."""
    halves: ClassVar[bool] = False
    """Whether a window is read by halves where the API rejects it, is too slow or says too much."""
    splits: ClassVar[bool] = False
    """Whether a window of many pages is read by the hour, side by side."""
    handler: ClassVar[type[ResponseHandler]] = ResponseHandler
    """What handles its responses."""

    def __init__(self, api: InContactApi) -> None:
        super().__init__(api)
        own = tuple(name for name in self.key if name not in self.stamps and name != OCCURRENCE)
        repeats = OCCURRENCE in self.key
        endpoint = Endpoint(
            path=self.endpoint,
            records_key=self.records_key,
            key=(*own, VALUE) if repeats else own,
            permission=self.permission,
            page_size=PAGE_SIZE,
            paged=self.paged,
            order_by=order_of(self.cursor_field) if self.is_ordered else "",
            numbered=own if repeats else (),
            renames=self.renames,
        )
        self._rows = JsonRows(api, self.name, endpoint, self.get_json_schema(), self.handler)

    def read_pages(self, window: Mapping[str, Any]) -> Iterator[list[Record]]:
        """All rows of one window, each once."""
        pages = self._by_halves(window) if self.halves else self._whole(window)
        stamps = {name: window[edge] for name, edge in self.stamps.items()}
        return stamped(pages, stamps) if stamps else pages

    def _whole(self, window: Mapping[str, Any]) -> Iterator[list[Record]]:
        if self.splits:
            return self._by_hours(window)
        return self._rows.read(_query(window), growing=is_cut_off(window))

    def _by_hours(self, window: Mapping[str, Any]) -> Iterator[list[Record]]:
        """The same; a window of many pages is read by the hour, and else as it is."""
        query, growing = _query(window), is_cut_off(window)
        beginning = self._rows.beginning(query, MOST_PAGES)
        handed_on: set[tuple[Any, ...]] = set()
        if is_long(beginning, self.key):
            hours = hours_of(window, beginning, cut_off=growing)
            tasks = [partial(self._pages_of, hour) for hour in hours]
            try:
                # More than there are workers, or those behind a slow part would be idle.
                for pages in in_turn(self.api.workers, tasks, 2 * self.api.num_workers):
                    for page in pages:
                        yield self._fresh(page, handed_on)
            except RejectedError as error:
                note = log.HOURS_REJECTED.says(reason=error)
            else:
                stated = max(page.total or 0 for page in beginning.values())
                if len(handed_on) >= stated:
                    return
                note = log.HOURS_DISAGREE.says(rows=len(handed_on), stated=stated)
            LOGGER.warning("%s: %s", self.name, note)
        for page in self._rows.read(query, growing=growing, beginning=beginning):
            yield self._fresh(page, handed_on) if handed_on else page

    def _pages_of(self, window: Mapping[str, Any]) -> list[list[Record]]:
        return list(self._rows.read(_query(window), growing=is_cut_off(window)))

    def _fresh(self, page: list[Record], handed_on: set[tuple[Any, ...]]) -> list[Record]:
        """The rows of a page that another part of the window has not brought."""
        keys = [tuple(row.get(name) for name in self.key) for row in page]
        fresh = [
            row for key, row in zip(keys, page, strict=True) if None in key or key not in handed_on
        ]
        handed_on.update(keys)
        return fresh

    def _by_halves(self, window: Mapping[str, Any]) -> Iterator[list[Record]]:
        """The same; a window that is too much for the API is read in two parts."""
        handed_on: set[tuple[Any, ...]] = set()
        waiting = [window]
        while waiting:
            part = waiting.pop()
            try:
                for page in self._whole(part):
                    yield self._fresh(page, handed_on)
            except _TOO_MUCH as error:
                halves = _halves(part)
                if not halves:
                    raise
                LOGGER.info("%s: %s", self.name, log.BY_HALVES.says(reason=error))
                waiting += reversed(halves)


def order_of(field: object) -> str:
    """How the API is asked for rows in the order of a field."""
    return f"{field} asc"


def _query(window: Mapping[str, Any]) -> dict[str, str]:
    return {"startDate": window["start"], "endDate": window["end"]}


def _halves(window: Mapping[str, Any]) -> list[StreamSlice]:
    """The two halves of a window, cut at a quarter hour; none if it is too short."""
    start, end = from_wire(window["start"]), from_wire(window["end"])
    middle = floor_quarter(start + (end - start) / 2)
    if not start < middle < end:
        return []
    return [
        part_of(window["start"], to_wire(middle), cut_off=False),
        part_of(to_wire(middle), window["end"], cut_off=is_cut_off(window)),
    ]
