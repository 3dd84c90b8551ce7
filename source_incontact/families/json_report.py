"""Reports that answer in JSON: one request a window, or as many as it has pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from airbyte_cdk.sources.utils import casing

from source_incontact.api.bodies import payload_of
from source_incontact.api.page_size import FittingPages
from source_incontact.api.paging import Page, Reading, read_proven, read_unpaged
from source_incontact.api.response_handler import ReportLabel
from source_incontact.families.report import Report, is_cut_off
from source_incontact.families.rows import RowIdentity, records_of
from source_incontact.records import Normaliser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, MutableMapping

    import requests

    from source_incontact.api.client import InContactApi

PAGE_SIZE = 5000
"""Rows asked for at once. The API gives up to 10,000 [L]; half of that keeps a worker's memory
under about 50 MB, and a smaller page from the server is fine as well."""


class JsonReport(Report):
    """A subclass declares the class attributes.

    The stream's name is the class's name in snake case, its schema ``schemas/<name>.json``.
    """

    endpoint: ClassVar[str]
    """Path below the API version."""
    title: ClassVar[str]
    """How the Report menu calls it."""
    is_standard: ClassVar[bool] = False
    """Whether it is read if nothing is chosen in the Report menu."""
    records_key: ClassVar[str | tuple[str, ...]]
    """The envelope's key for the rows; of several, the preferred one first."""
    renames: ClassVar[Mapping[str, str]] = {}
    """Names of fields in other API versions, mapped to the schema's."""
    paged: ClassVar[bool] = False
    """Whether the report comes in pages; if not, one answer must hold all of it."""
    stamped: ClassVar[bool] = False
    """Whether the window is written on each row, because the rows carry no dates of their own."""
    order_by: ClassVar[str] = ""
    """The order to ask for, so that rows which join come behind those that were read."""

    def __init__(self, api: InContactApi) -> None:
        super().__init__(api)
        self._http_client = api.client_for(
            ReportLabel(self.name, self.permission, self.records_key)
        )
        added = {self.cursor_field} if self.stamped else set()
        self._identity = RowIdentity(self.name, [name for name in self.key if name not in added])
        # Made here and not at first use: several threads would make several.
        self.normalise = Normaliser(self.name, self.get_json_schema(), renames=self.renames)

    @classmethod
    def stream_name(cls) -> str:
        """The stream's name, before there is an instance."""
        return casing.camel_to_snake(cls.__name__)

    def read_window(self, window: Mapping[str, Any]) -> Iterable[MutableMapping[str, Any]]:
        """All rows of one window, each once."""

        def page(skip: int, top: int) -> Page[MutableMapping[str, Any]]:
            response = self._ask(window, skip, top)
            rows = list(self.parse_response(response, stream_slice=window))
            return Page.of(payload_of(response), rows, top if self.paged else None)

        if self.paged:
            fetch = FittingPages(page, PAGE_SIZE, self.name)
            return read_proven(self._reading(fetch, window))
        return read_unpaged(self._reading(partial(page, top=PAGE_SIZE), window))

    def _reading(
        self,
        fetch: Callable[[int], Page[MutableMapping[str, Any]]],
        window: Mapping[str, Any],
    ) -> Reading[MutableMapping[str, Any]]:
        return Reading(fetch, self._identity, self.name, PAGE_SIZE, growing=is_cut_off(window))

    def _ask(self, window: Mapping[str, Any], skip: int, top: int) -> requests.Response:
        """One page, or the whole where the report is not paged and ``skip`` is 0."""
        params = {"startDate": window["start"], "endDate": window["end"]}
        if self.order_by:
            params["orderBy"] = self.order_by
        if self.paged or skip:
            params.update(skip=str(skip), top=str(top))
        _, response = self._http_client.send_request(
            "GET", f"{self.api.root}{self.endpoint}", request_kwargs={}, params=params
        )
        return response

    def parse_response(
        self,
        response: requests.Response,
        *,
        stream_slice: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> Iterable[MutableMapping[str, Any]]:
        """The typed records of one answer."""
        window = stream_slice or {}
        records = records_of(payload_of(response), self.records_key, self.normalise, self.api)
        if self.stamped:
            for record in records:
                record.update(startDate=window["start"], endDate=window["end"])
        return records
