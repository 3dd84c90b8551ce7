"""Reports that tell what has changed since an instant."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.types import StreamSlice

from source_incontact.api.reading_pass import is_full
from source_incontact.families.json_report import PAGE_SIZE, JsonReport, order_of
from source_incontact.messages import proof
from source_incontact.typed_rows import content_of
from source_incontact.windows.days import from_wire, to_moment, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from source_incontact.api.client import InContactApi
    from source_incontact.api.envelopes import Envelope
    from source_incontact.api.reading_pass import Page
    from source_incontact.families.json_rows import Record

LOGGER = logging.getLogger("airbyte.source_incontact.change_report")

CHANGES = "changes"
"""In a slice's extra fields: it asks for what has changed since its start."""

_OVERLAP = timedelta(seconds=1)
MAX_COUNTS = 3
"""How often the rows are counted anew while further ones join."""
_LATE = timedelta(minutes=10)
"""How much older than the newest update a row may be that has joined."""


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

        Rows that join while others are read would hide as many that were passed over, if the count
        was taken before. So it is taken again behind the last page, and then what has joined since
        is read. If nothing has, rows and count have to agree. Where they do not, or nothing is
        counted, the rows are read until two readings agree.

        Raises:
            AirbyteTracedException: They could not be read, or not be proved complete.
        """
        known = _Known(self.key[0])
        yield from self._follow(known, since)
        for _ in range(MAX_COUNTS if known.pages > 1 else 0):
            before = len(known)
            known.state(self._rows.page(self._query(since), 0, 1))
            yield from self._follow(known, max(since, (known.newest or since) - _LATE))
            if known.lacks or len(known) == before:
                break
        if known.lacks:
            note = proof.CHANGES_COUNTED.says(stated=known.stated, rows=len(known))
            LOGGER.warning("%s: %s.", self.name, note)
        if known.lacks or (known.pages and not known.stated):
            for page in self._rows.read(self._query(since), growing=True):
                yield known.take(page)

    def _follow(self, known: _Known, since: datetime) -> Iterator[list[Record]]:
        """Pages until one holds all that is left of the count, or there is none.

        To wait for an empty one would never end where contacts end all the time. Rows that are
        updated meanwhile move to the end, and those behind them move up. So a page begins at the
        newest update of the one before, if it is counted and its rows come in that order; else
        behind the rows received. Whether they all do, only the count can tell.
        """
        anchor, skip, largest = since, 0, 0
        while True:
            page = self._rows.pages(self._query(anchor))(skip)
            size = len(page.rows)
            if not size:
                return
            known.state(page)
            moments = [to_moment(row.get(str(self.cursor_field))) for row in page.rows]
            yield known.take(page.rows, moments)
            is_last = page.total is not None and skip + size >= page.total
            if is_last and not is_full(size, largest, page.asked or PAGE_SIZE):
                return
            largest = max(largest, size)
            ahead = (_newest(moments) or anchor).replace(microsecond=0) - _OVERLAP
            if page.total is not None and ahead > anchor:
                anchor, skip = ahead, 0
            else:
                skip += size

    def _query(self, since: datetime) -> dict[str, str]:
        return {"updatedSince": to_wire(since), "orderBy": order_of(self.cursor_field)}

    def _note_poll(self, payload: Envelope) -> None:
        moment = to_moment(payload.text("lastPollTime"))
        if moment is not None:
            with self._lock:
                self.polled_at = min(self.polled_at or moment, moment)


class _Known:
    """The rows of a reading by change.

    Attributes:
        stated: The largest count that a response stated.
        newest: The newest update of all.
        pages: How many pages brought new rows.
    """

    def __init__(self, key: str) -> None:
        self.stated = 0
        self.newest: datetime | None = None
        self.pages = 0
        self._key = key
        self._contents: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self._contents)

    @property
    def lacks(self) -> bool:
        """Whether the API counts more rows than it gave."""
        return len(self) < self.stated

    def state(self, page: Page[Record]) -> None:
        """Take note of the count of a page."""
        self.stated = max(self.stated, page.total or 0)

    def take(self, rows: Sequence[Record], moments: Sequence[datetime | None] = ()) -> list[Record]:
        """The rows that are new or have changed.

        Args:
            rows: The rows of a page.
            moments: When they were updated, where that is of use.
        """
        fresh = []
        before = len(self)
        for row in rows:
            number, content = row.get(self._key), hash(content_of(row))
            if self._contents.get(number) != content:
                self._contents[number] = content
                fresh.append(row)
        self.pages += len(self) > before
        self.newest = max(filter(None, [*moments, self.newest]), default=None)
        return fresh


def _newest(moments: Sequence[datetime | None]) -> datetime | None:
    """The last of some instants if they ascend; ``None`` if not, or if one is none."""
    found = [moment for moment in moments if moment is not None]
    return found[-1] if len(found) == len(moments) and found == sorted(found) else None
