"""The custom slicer: turns a stream's plan into request slices, and finished slices into state."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import (
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteTraceMessage,
    EstimateType,
    TraceType,
    Type,
)
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, FinalStateCursor
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils.datetime_helpers import ab_datetime_now

from source_incontact.windows.days import to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
    from airbyte_cdk.sources.message import MessageRepository
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
    from airbyte_cdk.utils.traced_exception import AirbyteTracedException

    from source_incontact.windows.plan import Plan
    from source_incontact.windows.state import StreamState

LOGGER = logging.getLogger("airbyte.source_incontact.progress")

_LINES_PER_STREAM = 100
"""About how many progress lines a stream writes, however many windows it has."""


class WindowCursor(Cursor):
    """Hands out a stream's windows and remembers those whose records were all emitted.

    A slice is ``{"start": ..., "end": ...}`` in the wire form. The CDK reads slices on several
    threads and calls `close_partition` after a slice's last record entered the output queue; the
    state made there enters the same queue behind it, and so never runs ahead of its records.

    Args:
        stream_name: Name of the stream.
        cursor_field: The record field that the state's low-water mark is filed under.
        plan: What to read and how to remember it.
        message_repository: The source's own, which shares the output queue with the records.
        state_manager: Holds the state of all streams.
    """

    def __init__(
        self,
        *,
        stream_name: str,
        cursor_field: str,
        plan: Plan,
        message_repository: MessageRepository,
        state_manager: ConnectorStateManager,
    ) -> None:
        self._stream_name = stream_name
        self._cursor_field = cursor_field
        self._plan = plan
        self._messages = message_repository
        self._state_manager = state_manager
        self._state: StreamState = plan.state
        self._open = {to_wire(window.start): window for window in plan.windows}
        self._rows = 0
        self._lock = threading.Lock()

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The state in its saved form."""
        return self._state.dump(self._cursor_field, self._plan.origin)

    def stream_slices(self) -> Iterable[StreamSlice]:
        """The windows to read, oldest first."""
        windows = self._plan.windows
        if self._plan.new_grid:
            LOGGER.warning(
                "%s: the report interval, the time zone or the report of this name has changed "
                "since the last sync, so the chosen days are read anew. Rows of the earlier "
                "windows stay in the destination.",
                self._stream_name,
            )
        if windows:
            LOGGER.info(
                "%s: %d windows to read, from %s to %s.",
                self._stream_name,
                len(windows),
                to_wire(windows[0].start),
                to_wire(windows[-1].end),
            )
        else:
            LOGGER.info(
                "%s: nothing to read. The chosen days have been read already and are older than "
                "the lookback, or have no full quarter hour yet.",
                self._stream_name,
            )
        for window in windows:
            yield StreamSlice(
                partition={},
                cursor_slice={"start": to_wire(window.start), "end": to_wire(window.end)},
            )

    def observe(self, record: Record) -> None:  # noqa: ARG002 - the CDK's signature
        """Count a record that was emitted."""
        with self._lock:
            self._rows += 1

    def close_partition(self, partition: Partition) -> None:
        """Remember a window that was read to its end, and checkpoint."""
        slice_ = partition.to_slice() or {}
        with self._lock:
            window = self._open.pop(slice_["start"])
            self._state = self._plan.remember(self._state, window)
            total = len(self._plan.windows)
            done = total - len(self._open)
            if _is_milestone(done, total):
                LOGGER.info(
                    "%s: window %d of %d done (%s), %d rows so far.",
                    self._stream_name,
                    done,
                    total,
                    window,
                    self._rows,
                )
                self._messages.emit_message(
                    _estimate(self._stream_name, round(self._rows / done * total))
                )
            self._emit_state()

    def ensure_at_least_one_state_emitted(self) -> None:
        """The stream has ended: if no window is left open, the sync of this stream is complete."""
        with self._lock:
            if not self._open:
                self._state = self._plan.complete(self._state)
            self._emit_state()

    def should_be_synced(self, record: Record) -> bool:  # noqa: ARG002 - the CDK's signature
        """Every record of a window belongs to it."""
        return True

    def _emit_state(self) -> None:
        self._state_manager.update_state_for_stream(self._stream_name, None, self.state)
        self._messages.emit_message(
            self._state_manager.create_state_message(self._stream_name, None)
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


class FailedCursor(FinalStateCursor):
    """Stands in for a stream whose saved state cannot be used: it fails alone, its state is kept.

    Args:
        stream_name: Name of the stream.
        error: Why it cannot be read.
        message_repository: The source's own.
    """

    def __init__(
        self, stream_name: str, error: AirbyteTracedException, message_repository: MessageRepository
    ) -> None:
        super().__init__(stream_name, None, message_repository)
        self._error = error

    def stream_slices(self) -> Iterable[StreamSlice]:
        """None, but the error.

        Raises:
            AirbyteTracedException: Always.
        """
        raise self._error

    def ensure_at_least_one_state_emitted(self) -> None:
        """Leave the saved state as it is."""
