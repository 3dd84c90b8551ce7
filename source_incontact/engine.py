"""A dated report as a stream of the CDK's concurrent engine."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import (
    PartitionGenerator,
)
from airbyte_cdk.utils.slice_hasher import SliceHasher
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.error_context import error_context
from source_incontact.errors import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from airbyte_cdk.sources.types import Record, StreamSlice

    from source_incontact.blocks import Packer
    from source_incontact.families.report import Report
    from source_incontact.typed_rows import Row

LOGGER = logging.getLogger("airbyte.source_incontact")

MOST_FAILURES_TOLD = 10
"""How many failing windows of a stream are reported one by one; the others are counted."""


class Failures:
    """What went wrong in the windows of one stream. Safe to share between threads.

    Attributes:
        is_refused: Whether the API refuses the stream, so that no further window is asked for.
        untold: How many windows failed without an error of their own.
    """

    def __init__(self) -> None:
        self.is_refused = False
        self.untold = 0
        self._told = 0
        self._lock = threading.Lock()

    def is_to_be_told(self, error: AirbyteTracedException) -> bool:
        """Note a failing window; whether its error is to be reported."""
        with self._lock:
            if self.is_refused:
                return False  # a window that was under way when the refusal came
            self.is_refused = isinstance(error, RefusalError)
            if self.is_refused or self._told < MOST_FAILURES_TOLD:
                self._told += 1
                return True
            self.untold += 1
            return False


class ReportPartition(Partition):
    """One window of one report.

    Args:
        report: The report; shared by all its windows.
        window: The slice, ``{"start": ..., "end": ...}``; empty for a report without dates.
        failures: Those of the report's windows.
        pack: Makes records of its rows.

    Attributes:
        is_read: Whether all its records were handed on.
        rows: How many they are so far.
        open_rows: How many of them are not final yet.
    """

    def __init__(
        self, report: Report, window: StreamSlice, failures: Failures, pack: Packer
    ) -> None:
        self._report = report
        self._window = window
        self._failures = failures
        self._pack = pack
        self.is_read = False
        self.rows = self.open_rows = 0

    def read(self) -> Iterable[Record]:
        """The records of the window. After a refusal of the stream none, and none is asked for.

        Raises:
            AirbyteTracedException: It could not be read whole; the message names it.
        """
        if self._failures.is_refused:
            return
        name = self._report.name
        try:
            with error_context(_window_of(name, self._window)):
                yield from self._pack(name, self._pages(), self._window)
        except AirbyteTracedException as error:
            if self._failures.is_to_be_told(error):
                raise
        else:
            self.is_read = True

    def _pages(self) -> Iterator[Sequence[Row]]:
        for page in self._report.read_pages(self._window):
            self.rows += len(page)
            self.open_rows += sum(map(self._report.is_open, page))
            yield page

    def to_slice(self) -> Mapping[str, Any]:
        """The window."""
        return self._window

    def stream_name(self) -> str:
        """Name of the report's stream."""
        return self._report.name

    def __hash__(self) -> int:
        """The CDK keeps running partitions in a set."""
        return SliceHasher.hash(self._report.name, self._window)


class ReportPartitions(PartitionGenerator):
    """All windows that a sync has to read of one report."""

    def __init__(self, report: Report, cursor: Cursor, failures: Failures, pack: Packer) -> None:
        self._report = report
        self._cursor = cursor
        self._failures = failures
        self._pack = pack

    def generate(self) -> Iterable[Partition]:
        """One partition for each slice of the cursor, until the stream is refused."""
        for window in self._cursor.stream_slices():
            if self._failures.is_refused:
                return
            yield ReportPartition(self._report, window, self._failures, self._pack)


def _window_of(name: str, window: Mapping[str, Any]) -> str:
    return f"{name}, window {window['start']} to {window['end']}" if window else name


def as_stream(
    report: Report,
    cursor: Cursor,
    failures: Failures,
    pack: Packer,
    cursor_field: str | None = None,
) -> DefaultStream:
    """The report as what ``streams()`` of a CDK source returns.

    Args:
        report: The report.
        cursor: Hands out its slices and keeps its state.
        failures: Those of its windows.
        pack: Makes records of its rows.
        cursor_field: The field that makes it incremental; ``None`` for full refresh only.
    """
    return DefaultStream(
        partition_generator=ReportPartitions(report, cursor, failures, pack),
        name=report.name,
        json_schema=report.get_json_schema,
        primary_key=report.primary_key,
        cursor_field=CursorField(cursor_field) if cursor_field else None,
        logger=LOGGER,
        cursor=cursor,
    )
