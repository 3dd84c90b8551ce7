"""Segments of Interaction Analytics: a walk along a cursor that is a time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, ClassVar

from source_incontact.api.reading_pass import may_be_a_cap
from source_incontact.api.response_handler import ResponseHandler
from source_incontact.api.rules import Action, Rule
from source_incontact.families.json_report import JsonReport
from source_incontact.messages.reports import (
    NO_LICENCE,
    SEGMENT_WITHOUT_TIME,
    SEGMENTS_GONE,
    SEGMENTS_OF_ONE_TIME,
    SEGMENTS_UNORDERED,
)
from source_incontact.windows.days import from_wire, to_moment

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from source_incontact.families.json_rows import Record

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
_ROWS = 100
"""Rows asked for at once; what public clients ask for [L]."""
EMPTY_TRIES = 3
"""How often rows that were there may be missing before the walk fails."""


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

        A page begins just before the last row of the one before, because others may share its
        millisecond; rows that were seen are dropped. So an empty page is the end only behind one
        that brought nothing new. The dates that are sent save requests where the service heeds
        them [A 57]; the cursor alone makes the walk complete.

        Raises:
            AirbyteTracedException: The walk cannot go on without skipping rows
                (``transient_error``).
        """
        start, end = from_wire(window["start"]), from_wire(window["end"])
        seen: set[Hashable] = set()
        cursor, is_quiet, largest = start - _MILLISECOND, True, 0
        while True:
            rows = self._page(window, cursor, may_be_empty=is_quiet)
            moments = [self._moment(row) for row in rows]
            if not rows or min(moments) >= end:
                return
            _require_order(moments, cursor)
            known = zip(self._rows.identity(rows), rows, moments, strict=True)
            fresh = [one for one in known if one[0] not in seen]
            seen.update(identity for identity, _, _ in fresh)
            yield [row for _, row, moment in fresh if start <= moment < end]
            is_quiet = not fresh
            largest = max(largest, len(rows))
            is_capped = len(rows) == largest and may_be_a_cap(largest)
            is_full = len(rows) >= _ROWS or is_capped
            cursor = _behind(cursor, moments, is_quiet=is_quiet, is_full=is_full)

    def _page(
        self, window: Mapping[str, Any], cursor: datetime, *, may_be_empty: bool
    ) -> list[Record]:
        params = segment_query(str(self.cursor_field), window["start"], window["end"], cursor)
        for _ in range(EMPTY_TRIES):
            _, rows = self._rows.ask(f"{self.api.origin}{self.endpoint}", params)
            if rows or may_be_empty:
                return rows
        raise SEGMENTS_GONE.error(times=EMPTY_TRIES)

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


def _behind(
    cursor: datetime, moments: list[datetime], *, is_quiet: bool, is_full: bool
) -> datetime:
    """Where the next page begins.

    Whether the cursor itself is included is not known [A 57]: the millisecond before the last row
    includes that row in any case.

    Args:
        cursor: Where this page began.
        moments: The times of its rows.
        is_quiet: Whether it brought nothing new.
        is_full: Whether it may have as many rows as a page can have.

    Raises:
        AirbyteTracedException: All of a full page lies in one millisecond, so that more rows of it
            may exist (``transient_error``).
    """
    first, last = _whole_milliseconds(moments[0]), _whole_milliseconds(moments[-1])
    if not is_full:
        return max(cursor, last) + _MILLISECOND if is_quiet else max(cursor, last - _MILLISECOND)
    ahead = last if cursor >= last - _MILLISECOND else last - _MILLISECOND
    if first == last or ahead <= cursor:
        raise SEGMENTS_OF_ONE_TIME.error(rows=len(moments))
    return ahead


def _whole_milliseconds(moment: datetime) -> datetime:
    return moment - (moment - _EPOCH) % _MILLISECOND
