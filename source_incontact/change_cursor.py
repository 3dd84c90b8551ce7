"""The memory of a report by change: days at first, then what has changed since a bookmark."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.types import StreamSlice

from source_incontact.families.change_report import CHANGES, ChangeReport
from source_incontact.slicer import WindowCursor, slice_of
from source_incontact.windows.days import from_wire, local_day, to_wire
from source_incontact.windows.grid import Interval, cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping
    from datetime import datetime

    from source_incontact.windows.plan import Plan

LOGGER = logging.getLogger("airbyte.source_incontact.change_cursor")

LONGEST_GAP = timedelta(days=29)
"""The API takes an ``updatedSince`` of the last 30 days [L]; what is older is read by days."""
_BEFORE_A_GAP = timedelta(days=30)
"""How long before an old bookmark the days begin: a contact that ended later began before."""


class ChangeCursor(WindowCursor):
    """Hands out days until all of the choice have been read, and then one slice of changes.

    The cursor field of the saved state is the bookmark: the API's time when the last complete sync
    began. Choices that do not move with today, and full refresh, are read by days alone.
    """

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The state in its saved form, with the bookmark once there is one."""
        state = super().state
        if self._plan is not None and self._state.completed_at is not None and self._bookmark:
            state[str(self._source.report.cursor_field)] = self._bookmark
        return state

    @property
    def _report(self) -> ChangeReport:
        report = self._source.report
        if not isinstance(report, ChangeReport):
            raise TypeError("a report by days has no changes")
        return report

    @property
    def _bookmark(self) -> str:
        return self._new_bookmark or self._saved_bookmark()

    _new_bookmark: str = ""

    def _saved_bookmark(self) -> str:
        is_complete = bool(self._saved.get("completed_at"))
        return str(self._saved.get(str(self._report.cursor_field)) or "") if is_complete else ""

    def _wanted(self, plan: Plan) -> Iterator[StreamSlice]:
        bookmark = self._saved_bookmark()
        follows = self._source.is_incremental and plan.days.moving and plan.state.completed_at
        if not bookmark or not follows:
            yield from super()._wanted(plan)
            return
        since = from_wire(bookmark)
        if plan.began - since > LONGEST_GAP:
            first = local_day(since - _BEFORE_A_GAP, plan.zone)
            windows = cut(first, plan.days.last, Interval.DAY, plan.zone, plan.began)
            yield from map(slice_of, windows)
            return
        yield from map(slice_of, _gaps(plan, since))
        yield StreamSlice(
            partition={},
            cursor_slice={"start": to_wire(since - plan.lookback), "end": to_wire(plan.began)},
            extra_fields={CHANGES: True},
        )

    def _remember(self, slice_: Mapping[str, Any], open_rows: int) -> None:
        if not (isinstance(slice_, StreamSlice) and slice_.extra_fields.get(CHANGES)):
            super()._remember(slice_, open_rows)
            return
        plan = self._require_plan()
        for window in plan.windows:  # what changed is known, so the days behind count as read
            self._state = plan.remember(self._state, window)

    def _complete(self, plan: Plan) -> None:
        super()._complete(plan)
        # A sync that took several attempts began with the first: what changed since is owed.
        moments = [plan.sync_began, self._report.polled_at or plan.began]
        self._new_bookmark = to_wire(min(moments))


def _gaps(plan: Plan, bookmark: datetime) -> Iterator[Any]:
    """The days before the bookmark that no sync has read: the form's start was set back."""
    unread = replace(plan, reread_after=plan.began)
    return (window for window in unread.windows if window.end <= bookmark)
