"""A dated report as a stream of the CDK's concurrent engine."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import (
    PartitionGenerator,
)
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils.slice_hasher import SliceHasher

from source_incontact.errors import error_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airbyte_cdk.sources.types import StreamSlice

    from source_incontact.families.report import Report

LOGGER = logging.getLogger("airbyte.source_incontact")


class ReportPartition(Partition):
    """One window of one report.

    Args:
        report: The report; shared by all its windows.
        window: The slice, ``{"start": ..., "end": ...}``; empty for a report without dates.
    """

    def __init__(self, report: Report, window: StreamSlice) -> None:
        self._report = report
        self._window = window

    def read(self) -> Iterable[Record]:
        """The records of the window.

        Raises:
            AirbyteTracedException: It could not be read whole; the message names it.
        """
        name = self._report.name
        with error_context(_window_of(name, self._window)):
            for row in self._report.read_window(self._window):
                yield Record(data=row, stream_name=name, associated_slice=self._window)

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

    def __init__(self, report: Report, cursor: Cursor) -> None:
        self._report = report
        self._cursor = cursor

    def generate(self) -> Iterable[Partition]:
        """One partition for each slice of the cursor."""
        for window in self._cursor.stream_slices():
            yield ReportPartition(self._report, window)


def _window_of(name: str, window: Mapping[str, Any]) -> str:
    return f"{name}, window {window['start']} to {window['end']}" if window else name


def as_stream(report: Report, cursor: Cursor, cursor_field: str | None = None) -> DefaultStream:
    """The report as what ``streams()`` of a CDK source returns.

    Args:
        report: The report.
        cursor: Hands out its slices and keeps its state.
        cursor_field: The field that makes it incremental; ``None`` for full refresh only.
    """
    return DefaultStream(
        partition_generator=ReportPartitions(report, cursor),
        name=report.name,
        json_schema=report.get_json_schema,
        primary_key=report.primary_key,
        cursor_field=CursorField(cursor_field) if cursor_field else None,
        logger=LOGGER,
        cursor=cursor,
    )
