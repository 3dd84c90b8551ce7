"""Contact logs: single contacts, paged, a local day at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from source_incontact.api.bodies import payload_of
from source_incontact.api.paging import Page, read_proven
from source_incontact.reports.base import DatedReport
from source_incontact.reports.rows import identity_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

PAGE_SIZE = 5000
"""Rows asked for at once. The API gives up to 10,000 [L]; half of that keeps a worker's memory
under about 50 MB, and a smaller page from the server is fine as well."""


class ContactLog(DatedReport):
    """A paged log whose completeness is proved by the API's own count."""

    always_by_day = True
    keyed_by_window = False

    def read_window(self, window: Mapping[str, Any]) -> Iterable[MutableMapping[str, Any]]:
        """All rows of one window, each once."""

        def fetch(skip: int) -> Page[MutableMapping[str, Any]]:
            _, response = self._fetch_next_page(window, None, {"skip": skip})
            rows = self.parse_response(response, stream_slice=window)
            return Page.of(payload_of(response), list(rows))

        return read_proven(fetch, identity_by(self.key), self.name, PAGE_SIZE)

    def request_params(
        self,
        stream_state: Mapping[str, Any] | None,
        stream_slice: Mapping[str, Any] | None = None,
        next_page_token: Mapping[str, Any] | None = None,
    ) -> MutableMapping[str, Any]:
        """The window, and which rows of it."""
        params = super().request_params(stream_state, stream_slice, next_page_token)
        return {**params, "skip": (next_page_token or {}).get("skip", 0), "top": PAGE_SIZE}


class Contacts(ContactLog):
    """Every contact that began in the window, ended or still active."""

    report_path = "contacts"
    rows_key = "contacts"
    key = ("contactId",)
    cursor_field = "contactStartDate"
    renames: ClassVar[Mapping[str, str]] = {  # old name (to v23) to new name (from v27) [L]
        "contactStart": "contactStartDate",
        "confSeconds": "conferenceSeconds",
        "fromAddr": "fromAddress",
        "toAddr": "toAddress",
        "mediaType": "mediaTypeId",
        "state": "stateName",
    }
