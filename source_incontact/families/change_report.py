"""Reports that tell what has changed since an instant."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.types import StreamSlice

from source_incontact.families.json_report import PAGE_SIZE, JsonReport, order_of
from source_incontact.messages import proof
from source_incontact.messages.reports import CHANGES_MISSING
from source_incontact.typed_rows import content_of
from source_incontact.windows.days import from_wire, to_moment, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_incontact.api.client import InContactApi
    from source_incontact.api.envelopes import Envelope
    from source_incontact.api.reading_pass import Page
    from source_incontact.families.json_rows import Record

LOGGER = logging.getLogger("airbyte.source_incontact.change_report")

CHANGES = "changes"
"""In a slice's extra fields: it asks for what has changed since its start."""

_OVERLAP = timedelta(seconds=1)


class ChangeReport(JsonReport):
    """A windowed report that also takes ``updatedSince``; the two are never sent together [A 43].

    Attributes:
        polled_at: The API's time of the first response of the sync; ``None`` until there is one.
    """

    def __init__(self, api: InContactApi) -> None:
        super().__init__(api)
        self.polled_at: datetime | None = None
        self._lock = threading.Lock()
        self._rows.on_payload = self._note_poll

    def read_pages(self, window: Mapping[str, Any]) -> Iterator[list[Record]]:
        """All rows of a window, or all that has changed since its start."""
        if isinstance(window, StreamSlice) and window.extra_fields.get(CHANGES):
            return self._changes(from_wire(window["start"]))
        return super().read_pages(window)

    def _changes(self, since: datetime) -> Iterator[list[Record]]:
        """Every row that was updated since an instant, each version of it once.

        Raises:
            AirbyteTracedException: The API counts more rows than it gives (``transient_error``).
        """
        seen: dict[Any, int] = {}
        stated = 0
        for follows in (True, False):
            stated = 0
            for page in self._pages(since, follows=follows):
                stated = stated or page.total or 0
                fresh = []
                for record in page.rows:
                    number, content = record.get(self.key[0]), hash(content_of(record))
                    if seen.get(number) != content:
                        seen[number] = content
                        fresh.append(record)
                yield fresh
            if len(seen) >= stated:
                return
            note = proof.CHANGES_COUNTED.says(stated=stated, rows=len(seen))
            LOGGER.warning("%s: %s.", self.name, note)
        raise CHANGES_MISSING.error(stated=stated, rows=len(seen))

    def _pages(self, since: datetime, *, follows: bool) -> Iterator[Page[Record]]:
        """Pages until there is none.

        Rows that are updated meanwhile move to the end, and those behind them move up. So a page
        begins at the newest update of the one before, if it is counted and its rows come in that
        order. Whether they all do, only the count can tell.

        Args:
            since: The first update to read.
            follows: Whether to do so; else each page begins behind the rows received.
        """
        anchor, skip = since, 0
        while True:
            page = self._rows.page(self._query(anchor), skip, PAGE_SIZE)
            if not page.rows:
                return
            yield page
            newest = _newest([record.get(str(self.cursor_field)) for record in page.rows])
            ahead = (newest or anchor).replace(microsecond=0) - _OVERLAP
            if follows and page.total is not None and ahead > anchor:
                anchor, skip = ahead, 0
            else:
                skip += len(page.rows)

    def _query(self, since: datetime) -> dict[str, str]:
        return {"updatedSince": to_wire(since), "orderBy": order_of(self.cursor_field)}

    def _note_poll(self, payload: Envelope) -> None:
        moment = to_moment(payload.text("lastPollTime"))
        if moment is not None:
            with self._lock:
                self.polled_at = min(self.polled_at or moment, moment)


def _newest(texts: list[Any]) -> datetime | None:
    """The last of some instants if they ascend; ``None`` if not, or if one is none."""
    moments = [to_moment(text) for text in texts]
    found = [moment for moment in moments if moment is not None]
    return found[-1] if len(found) == len(moments) and found == sorted(found) else None
