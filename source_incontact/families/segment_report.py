"""Segments of Interaction Analytics: a walk along a cursor that is a time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, ClassVar

from source_incontact.api.response_handler import ResponseHandler
from source_incontact.api.rules import Action, Rule
from source_incontact.families.json_report import JsonReport
from source_incontact.messages.reports import (
    NO_LICENCE,
    SEGMENT_WITHOUT_TIME,
    SEGMENTS_OF_ONE_TIME,
    SEGMENTS_UNORDERED,
)
from source_incontact.windows.days import from_wire, to_moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_incontact.families.json_rows import Record

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
_ROWS = 100
"""Rows asked for at once; what public clients ask for [L]."""


class SegmentResponseHandler(ResponseHandler):
    """Handles the responses of a service that exists with its licence only."""

    rules: ClassVar[Mapping[int, Rule]] = {
        404: Rule(
            Action.FAIL,
            NO_LICENCE,
        )
    }


class SegmentReport(JsonReport):
    """Rows of a service whose pages begin at a time, in milliseconds."""

    permission = "Interaction Analytics: view of segments (its licence)"
    utc_days = True
    handler = SegmentResponseHandler

    def _whole(self, window: Mapping[str, Any]) -> Iterator[list[Record]]:
        """The segments of a window, oldest first, each once.

        The next page begins at the last row's millisecond, because others may share it; rows that
        were seen are dropped. The dates that are sent save requests where the service heeds them
        [A 57]; the cursor alone makes the walk complete.

        Raises:
            AirbyteTracedException: The walk cannot go on without skipping rows
                (``transient_error``).
        """
        start, end = from_wire(window["start"]), from_wire(window["end"])
        seen: set[Any] = set()
        cursor = start
        while True:
            rows = self._page(window, cursor)
            moments = [self._moment(row) for row in rows]
            if not rows or min(moments) >= end:
                return
            _require_order(moments, cursor)
            fresh = [
                (row, moment)
                for row, moment in zip(rows, moments, strict=True)
                if row.get(self.key[0]) not in seen
            ]
            seen.update(row.get(self.key[0]) for row, _ in fresh)
            yield [row for row, moment in fresh if start <= moment < end]
            cursor = _behind(cursor, moments[-1], is_full=len(rows) >= _ROWS)

    def _page(self, window: Mapping[str, Any], cursor: datetime) -> list[Record]:
        params = segment_query(str(self.cursor_field), window["start"], window["end"], cursor)
        return self._rows.ask(f"{self.api.origin}{self.endpoint}", params)[1]

    def _moment(self, row: Record) -> datetime:
        moment = to_moment(row.get(str(self.cursor_field)))
        if moment is None:
            raise SEGMENT_WITHOUT_TIME.error(name=self.cursor_field)
        return moment


def segment_query(field: str, start: str, end: str, cursor: datetime) -> dict[str, str]:
    """What asks for a page.

    Args:
        field: The field that the cursor is the time of.
        start: Of the window, in the wire form.
        end: Of the window.
        cursor: Where the page begins.
    """
    return {
        "dateField": field,
        "beginningDate": start,
        "endingDate": end,
        "pageSize": str(_ROWS),
        "order": "asc",
        "cursor": str((cursor - _EPOCH) // _MILLISECOND),
    }


def _require_order(moments: list[datetime], cursor: datetime) -> None:
    if moments != sorted(moments) or moments[0] < cursor - _MILLISECOND:
        raise SEGMENTS_UNORDERED.error()


def _behind(cursor: datetime, last: datetime, *, is_full: bool) -> datetime:
    """Where the next page begins.

    Args:
        cursor: Where this one began.
        last: The time of its last row.
        is_full: Whether more rows of its last millisecond may exist.

    Raises:
        AirbyteTracedException: All of a full page lies in one millisecond (``transient_error``).
    """
    millisecond = last - (last - _EPOCH) % _MILLISECOND
    if millisecond > cursor:
        return millisecond
    if is_full:
        raise SEGMENTS_OF_ONE_TIME.error(rows=_ROWS)
    return cursor + _MILLISECOND
