"""The rows of one JSON endpoint: asked for, proved and typed, for lists and for windows alike."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from source_incontact.api.page_size import FittingPages, PageSize
from source_incontact.api.paging import Reading, read_proven, read_unpaged
from source_incontact.api.reading_pass import Page
from source_incontact.api.refusals import RejectedError, UnknownPathError
from source_incontact.api.report_label import ReportLabel
from source_incontact.api.response_handler import ResponseHandler
from source_incontact.api.versions import unknown_path
from source_incontact.families.rows import RowIdentity, records_of
from source_incontact.messages import log
from source_incontact.records import Normaliser
from source_incontact.typed_rows import Row, RowDecoder, as_dict, set_in_all

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from airbyte_cdk.utils.traced_exception import AirbyteTracedException

    from source_incontact.api.client import InContactApi
    from source_incontact.api.envelopes import Envelope

Record = Row
OCCURRENCE = "occurrence"
"""In a primary key: the fields before it may repeat, and this one numbers the rows."""
VALUE = "value"
"""What tells rows apart whose key may repeat."""


LOGGER = logging.getLogger("airbyte.source_incontact.json_report")


@dataclass(frozen=True)
class Endpoint:
    """What is known of an endpoint that answers in JSON.

    Attributes:
        path: Below the API version.
        records_key: The envelope's keys for the rows, the preferred one first; ``*`` is the only
            list of the response.
        key: The fields that tell the rows of a response apart.
        permission: What a role needs.
        page_size: Rows asked for at once; the server may give fewer.
        paged: Whether it comes in pages; if not, one response holds all of it.
        never_empty: Whether it has at least one row: what belongs to the API user.
        order_by: The order to ask for, so that rows which join come behind those that were read.
        explode: A field that holds a list of objects; each becomes a row, with the fields beside
            the list.
        numbered: Fields that may repeat; `OCCURRENCE` then numbers the rows.
        fallbacks: Queries that together give what the plain one should, where that is rejected.
        renames: Other names of fields in some API versions.
        credentials: Fields that hold credentials and are never emitted.
    """

    path: str
    records_key: str | Sequence[str]
    key: Sequence[str]
    permission: str
    page_size: int
    paged: bool = True
    never_empty: bool = False
    order_by: str = ""
    explode: str = ""
    numbered: Sequence[str] = ()
    fallbacks: Sequence[Mapping[str, str]] = ()
    renames: Mapping[str, str] = field(default_factory=dict)
    credentials: Sequence[str] = ()


class JsonRows:
    """Reads an endpoint. Safe to share between threads.

    Args:
        api: The tenant's API.
        name: Name of the stream.
        endpoint: What to read.
        schema: The stream's JSON schema.
        handler: What handles its responses.
    """

    def __init__(
        self,
        api: InContactApi,
        name: str,
        endpoint: Endpoint,
        schema: Mapping[str, Any],
        handler: type[ResponseHandler] = ResponseHandler,
    ) -> None:
        self._api = api
        self._name = name
        self._endpoint = endpoint
        self._order = endpoint.order_by
        self._page_size = PageSize(endpoint.page_size, paged=endpoint.paged)
        self.identity = RowIdentity(name, endpoint.key)
        """Tells the rows of a response apart."""
        self.on_payload: Callable[[Envelope], None] = lambda _: None
        """Told of each response that has a body."""
        self._unknown: AirbyteTracedException | None = None
        self._lock = threading.Lock()
        # Made here and not at first use: several threads would make several.
        self._normalise = Normaliser(
            name, schema, renames=endpoint.renames, credentials=endpoint.credentials
        )
        types_rows = api.types_rows
        decoder = RowDecoder(self._normalise, endpoint.records_key) if types_rows else None
        label = ReportLabel(name, endpoint.permission, endpoint.records_key, decoder=decoder)
        self._client = api.client_for(label, handler)

    def read(
        self,
        query: Mapping[str, str],
        *,
        growing: bool = False,
        beginning: dict[int, Page[Record]] | None = None,
    ) -> Iterator[list[Record]]:
        """Every row that a query gives, once, as a typed record, by the page.

        Args:
            query: The parameters that say what to read.
            growing: Whether rows still join, because now cut the window off.
            beginning: The first pages, if they were asked for just now: see `beginning`. Each is
                taken out as it is read, so that its rows need not stay in memory.

        Raises:
            AirbyteTracedException: The rows could not be read, or not be proved complete.
        """
        pages = self._read(query, growing=growing, beginning=beginning)
        if self._endpoint.explode:
            pages = map(self._exploded, pages)
        yield from self._numbered(pages) if self._endpoint.numbered else pages

    def _with_version(self, error: UnknownPathError) -> AirbyteTracedException:
        """The error with the version to enter, which is looked up once."""
        with self._lock:
            if self._unknown is None:
                self._unknown = unknown_path(self._api, self._name, self._endpoint.path, error)
            return self._unknown

    def beginning(self, query: Mapping[str, str], most: int) -> dict[int, Page[Record]]:
        """The first page of a query; the second too, if the count speaks of more than ``most``.

        Returns:
            The pages by the row number that they were asked from, as a reading asks for them.
        """
        fetch = self.pages(query)
        first = fetch(0)
        size = len(first.rows)
        if not size or (first.total or 0) <= most * size:
            return {0: first}
        return {0: first, size - 1: fetch(size - 1)}

    def _read(
        self,
        query: Mapping[str, str],
        *,
        growing: bool,
        beginning: dict[int, Page[Record]] | None,
    ) -> Iterator[list[Record]]:
        try:
            yield from self._proven(query, growing=growing, beginning=beginning)
        except RejectedError:
            if not self._endpoint.fallbacks:
                raise
            yield from self._merged(query)

    def _merged(self, query: Mapping[str, str]) -> Iterator[list[Record]]:
        """The rows of all fallbacks, each once."""
        seen: set[Hashable] = set()
        for more in self._endpoint.fallbacks:
            for page in self._proven({**query, **more}, growing=False):
                known = dict(zip(self.identity(page), page, strict=True))
                yield [row for identity, row in known.items() if identity not in seen]
                seen |= known.keys()

    def pages(self, query: Mapping[str, str]) -> FittingPages[Page[Record]]:
        """What asks for the pages of a query by their first row number, as large as they may be."""
        return FittingPages(partial(self.page, query), self._page_size, self._name)

    def _proven(
        self,
        query: Mapping[str, str],
        *,
        growing: bool,
        beginning: dict[int, Page[Record]] | None = None,
    ) -> Iterator[list[Record]]:
        fetch, known = self.pages(query), beginning or {}
        reading = Reading(
            lambda skip: known.pop(skip, None) or fetch(skip),
            self.identity,
            self._name,
            self._endpoint.page_size,
            growing=growing,
            never_empty=self._endpoint.never_empty,
        )
        return read_proven(reading) if self._endpoint.paged else read_unpaged(reading)

    def page(self, query: Mapping[str, str], skip: int, top: int) -> Page[Record]:
        """One page, or the whole where the endpoint is not paged and ``skip`` is 0."""
        params = dict(query)
        if self._endpoint.paged or skip:
            params.update(skip=str(skip), top=str(top))
        try:
            payload, rows = self._ask_in_order(f"{self._api.root}{self._endpoint.path}", params)
        except UnknownPathError as error:
            raise self._with_version(error) from None
        return Page.of(payload, rows, top if self._endpoint.paged else None)

    def _ask_in_order(
        self, url: str, params: Mapping[str, str]
    ) -> tuple[Envelope | None, list[Record]]:
        """One response, its rows in the wanted order if the API takes one [A 40]."""
        if not self._order:
            return self.ask(url, params)
        try:
            return self.ask(url, {**params, "orderBy": self._order})
        except RejectedError as error:
            response = self.ask(url, params)
            with self._lock:
                was_new, self._order = bool(self._order), ""
            if was_new:
                LOGGER.warning("%s: %s", self._name, log.ORDER_REJECTED.says(reason=error))
            return response

    def ask(self, url: str, params: Mapping[str, str]) -> tuple[Envelope | None, list[Record]]:
        """One response, and its rows as typed records."""
        with self._api.slot:
            payload = self._client.ask("GET", url, params=params)
        if payload is not None:
            self.on_payload(payload)
        return payload, records_of(payload, self._endpoint.records_key, self._normalise, self._api)

    def _exploded(self, rows: list[Record]) -> list[Record]:
        return [
            {**parent, **self._normalise(child)}
            for parent in map(as_dict, rows)
            for child in parent.pop(self._endpoint.explode, None) or []
        ]

    def _numbered(self, pages: Iterable[list[Record]]) -> Iterator[list[Record]]:
        """The rows with an ``occurrence`` among those that are alike in the numbered fields.

        Rows of one owner (the first numbered field) that stand together are numbered in the order
        of their values, so that neither the order of a response nor its pages matter. The last
        owner of a page waits for the next one.
        """
        counts: Counter[tuple[Any, ...]] = Counter()
        waiting: list[Record] = []
        for page in pages:
            *whole, waiting = self._by_owner([*waiting, *page]) or [[]]
            yield self._with_occurrences(whole, counts)
        yield self._with_occurrences([waiting], counts)

    def _by_owner(self, rows: list[Record]) -> list[list[Record]]:
        owner = self._endpoint.numbered[0]
        return [list(group) for _, group in groupby(rows, key=lambda row: row.get(owner))]

    def _with_occurrences(
        self, groups: Iterable[list[Record]], counts: Counter[tuple[Any, ...]]
    ) -> list[Record]:
        rows = [
            row for group in groups for row in sorted(group, key=lambda row: str(row.get(VALUE)))
        ]
        for row in rows:
            alike = tuple(row.get(name) for name in self._endpoint.numbered)
            counts[alike] += 1
            set_in_all([row], {OCCURRENCE: counts[alike]})
        return rows


def stamped(pages: Iterable[list[Record]], stamps: Mapping[str, Any]) -> Iterator[list[Record]]:
    """The records with the fields of their window."""
    for page in pages:
        set_in_all(page, stamps)
        yield page
