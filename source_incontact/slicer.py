"""The custom slicer: turns a stream's plan into request slices, and finished slices into state."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import (
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteTraceMessage,
    EstimateType,
    TraceType,
    Type,
)
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils.datetime_helpers import ab_datetime_now

from source_incontact.engine import ReportPartition
from source_incontact.error_context import error_context
from source_incontact.families.report import is_cut_off
from source_incontact.messages import log
from source_incontact.messages.form import STATE_UNUSABLE
from source_incontact.windows.days import from_wire, to_wire
from source_incontact.windows.grid import Window
from source_incontact.windows.plan import OPEN_TIME
from source_incontact.windows.state import StreamState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
    from datetime import datetime

    from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
    from airbyte_cdk.sources.message import MessageRepository
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_incontact.account import Account
    from source_incontact.families.report import Report
    from source_incontact.windows.plan import Plan

LOGGER = logging.getLogger("airbyte.source_incontact.progress")

_LINES_PER_STREAM = 100
"""About how many progress lines a stream writes, however many windows it has."""


@dataclass(frozen=True)
class WindowSource:
    """Where a stream's windows come from, and how they are remembered.

    Attributes:
        report: The report.
        make_plan: What to read after a saved state, and how to remember it.
        account: Whose data is read.
        is_incremental: Whether the state of earlier syncs counts; if not, one that cannot be used
            is left aside.
    """

    report: Report
    make_plan: Callable[[StreamState], Plan]
    account: Account
    is_incremental: bool

    def plan_after(self, saved: Mapping[str, Any]) -> Plan:
        """The plan of a sync.

        Raises:
            AirbyteTracedException: The saved state cannot be used, or is another account's
                (``config_error``).
        """
        name = self.report.name
        state = self._parse(saved)
        plan = self.make_plan(state)
        reads = next(iter(plan.windows), None) is not None
        if not self.account.owns(state.account, name, reads=reads):
            LOGGER.warning("%s: %s", name, log.ANOTHER_HOST.says())
            plan = self.make_plan(StreamState())
            reads = True
        if state.set_back_to is not None:
            note = log.SET_BACK.says(
                field_name=self.report.cursor_field, instant=to_wire(state.set_back_to)
            )
            LOGGER.warning("%s: %s", name, note)
        claim = self.account.claim(plan.state.account, signed_in=reads)
        return replace(plan, state=replace(plan.state, account=claim))

    def _parse(self, saved: Mapping[str, Any]) -> StreamState:
        try:
            return StreamState.parse(saved, str(self.report.cursor_field))
        except ValueError as error:
            if not self.is_incremental:
                return StreamState()
            raise STATE_UNUSABLE.error(stream=self.report.name, reason=error) from None


class WindowCursor(Cursor):
    """Hands out a stream's windows and remembers those whose records were all emitted.

    A slice is ``{"start": ..., "end": ...}`` in the wire form. The CDK reads slices on several
    threads and calls `close_partition` after a slice's last record entered the output queue; the
    state made there enters the same queue behind it, and so never runs ahead of its records.

    Args:
        source: Where the windows come from.
        message_repository: The CDK source's own, which shares the output queue with the records.
        state_manager: Holds the state of all streams.
    """

    def __init__(
        self,
        source: WindowSource,
        message_repository: MessageRepository,
        state_manager: ConnectorStateManager,
    ) -> None:
        self._source = source
        self._name = source.report.name
        self._messages = message_repository
        self._state_manager = state_manager
        self._saved = state_manager.get_stream_state(self._name, None)
        self._plan: Plan | None = None  # made at first use: there may be 200,000 windows to look at
        self._state = StreamState()
        self._total = self._done = self._rows = 0
        self._owed_from: datetime | None = None
        self._given_up = 0
        self._lock = threading.Lock()

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The state in its saved form."""
        if self._plan is None:
            return dict(self._saved)
        return self._state.dump(str(self._source.report.cursor_field), self._plan.origin)

    def stream_slices(self) -> Iterable[StreamSlice]:
        """The windows to read, oldest first.

        Raises:
            AirbyteTracedException: The saved state cannot be used; it stays as it is.
        """
        with error_context(self._name):
            plan = self._source.plan_after(self._saved)
        self._plan, self._state = plan, plan.state
        first = last = None
        for last in self._wanted(plan):
            first = first or last
            self._total += 1
        for note in plan.notes:
            LOGGER.warning("%s: %s", self._name, note)
        if first is None or last is None:
            LOGGER.info("%s: %s", self._name, log.NOTHING_TO_READ.says())
            return
        LOGGER.info(
            "%s: %d windows to read, from %s to %s.",
            self._name,
            self._total,
            first["start"],
            last["end"],
        )
        yield from self._wanted(plan)

    def _wanted(self, plan: Plan) -> Iterator[StreamSlice]:
        """The slices to read, oldest first; made anew at each call."""
        return map(slice_of, plan.windows)

    def observe(self, record: Record) -> None:
        """Nothing: a window counts its rows."""

    def close_partition(self, partition: Partition) -> None:
        """Remember a window that was read to its end, and checkpoint."""
        if not isinstance(partition, ReportPartition) or not partition.is_read:
            return
        slice_ = partition.to_slice()
        with self._lock:
            self._remember(slice_, partition.open_rows)
            self._rows += partition.rows
            self._done += 1
            if _is_milestone(self._done, self._total):
                LOGGER.info(
                    "%s: window %d of %d done (%s to %s), %d rows so far.",
                    self._name,
                    self._done,
                    self._total,
                    slice_["start"],
                    slice_["end"],
                    self._rows,
                )
                rows = round(self._rows / self._done * self._total)
                self._messages.emit_message(_estimate(self._name, rows))
            self._emit_state()

    def _remember(self, slice_: Mapping[str, Any], open_rows: int) -> None:
        """Count a slice as read, if it is settled."""
        plan = self._require_plan()
        window = Window(
            from_wire(slice_["start"]), from_wire(slice_["end"]), cut_off=is_cut_off(slice_)
        )
        self._state = plan.remember(self._state, window, is_open=bool(open_rows))
        if not open_rows:
            return
        if plan.counts(window, is_open=True):
            self._given_up += open_rows
        elif self._owed_from is None or window.start < self._owed_from:
            self._owed_from = window.start

    def _require_plan(self) -> Plan:
        if self._plan is None:
            raise RuntimeError("a window was read before there was a plan")
        return self._plan

    def ensure_at_least_one_state_emitted(self) -> None:
        """The stream has ended: if every window was read, the sync of this stream is complete."""
        with self._lock:
            if self._plan is None:
                return  # the saved state could not be used, and stays
            if self._given_up:
                note = log.STILL_OPEN.says(count=self._given_up, days=OPEN_TIME.days)
                LOGGER.warning("%s: %s", self._name, note)
            if self._done == self._total:
                self._complete(self._plan)
            self._emit_state()

    def _complete(self, plan: Plan) -> None:
        """Every slice was read."""
        self._state = plan.complete(self._state, self._owed_from)

    def should_be_synced(self, record: Record) -> bool:  # noqa: ARG002 - the CDK's signature
        """Every record of a window belongs to it."""
        return True

    def _emit_state(self) -> None:
        self._state_manager.update_state_for_stream(self._name, None, self.state)
        self._messages.emit_message(self._state_manager.create_state_message(self._name, None))


def slice_of(window: Window) -> StreamSlice:
    """A window as the CDK's slice."""
    return StreamSlice(
        partition={},
        cursor_slice={"start": to_wire(window.start), "end": to_wire(window.end)},
        extra_fields={"cut_off": window.cut_off},
    )


def _is_milestone(done: int, total: int) -> bool:
    step = max(1, total // _LINES_PER_STREAM)
    return done == total or done % step == 0


def _estimate(stream_name: str, rows: int) -> AirbyteMessage:
    return AirbyteMessage(
        type=Type.TRACE,
        trace=AirbyteTraceMessage(
            type=TraceType.ESTIMATE,
            emitted_at=ab_datetime_now().timestamp() * 1000,
            estimate=AirbyteEstimateTraceMessage(
                name=stream_name, type=EstimateType.STREAM, row_estimate=rows
            ),
        ),
    )
