"""Records by the block: many messages as one item of the CDK's queue, serialised by the worker.

What the engine does for an item costs as much as a record's way from the response to its line, so
the command takes blocks. A caller in Python takes records, one by one.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type
from airbyte_cdk.sources.types import Record, StreamSlice

from source_incontact.typed_rows import as_dict, as_json_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from source_incontact.typed_rows import Row

    Rows = Sequence[Row]
    Packer = Callable[[str, Iterable[Rows], StreamSlice | None], Iterator[Record]]

ROWS = 500
"""Most records of a block: the engine's share is small by then, and the text under a megabyte."""
MOST_BYTES_WAITING = 16 << 20
"""Most text that waits to be written, of all workers together; a block may exceed it alone."""

_BLOCK: Any = object()
"""The key of a block in the data of its message: no column can be called so."""


@dataclass(frozen=True)
class Block:
    """Records of one stream as lines of output; for the engine, one record.

    Attributes:
        stream: Name of the stream.
        count: How many records there are.
        lines: Their messages, each on a line, as bytes.
    """

    stream: str
    count: int
    lines: bytes | memoryview


def lines_of(stream: str, rows: Rows) -> bytes | memoryview:
    """The messages that the CDK would make of the records."""
    now = time.time_ns() // 1_000_000
    head = b'{"type":"RECORD","record":{"stream":%b,"data":' % msgspec.json.encode(stream)
    tail = b',"emitted_at":%d}}\n' % now
    try:
        dumped = as_json_lines(rows)
    except ValueError:  # half a character
        return "".join(_line(stream, row, now) for row in rows).encode()
    # Within JSON there is no line end. Before the first is nothing, and behind the last.
    return memoryview(dumped.replace(b"\n", tail + head))[len(tail) : -len(head)]


def _line(stream: str, row: Row, now: int) -> str:
    record = AirbyteRecordMessage(stream=stream, data=as_dict(row), emitted_at=now)
    message = AirbyteMessage(type=Type.RECORD, record=record)
    return f"{AirbyteEntrypoint.airbyte_message_to_string(message)}\n"


def block_of(message: AirbyteMessage) -> Block | None:
    """The block that a message stands for; ``None`` for a message that is itself."""
    block: Block | None = message.record.data.get(_BLOCK) if message.record else None
    return block


def as_records(
    stream: str, pages: Iterable[Rows], window: StreamSlice | None = None
) -> Iterator[Record]:
    """The rows of a stream as records of the CDK."""
    for row in chain.from_iterable(pages):
        yield Record(data=as_dict(row), stream_name=stream, associated_slice=window)


class Backlog:
    """Packs rows into blocks, and lets workers wait while too much text is not yet written.

    Attributes:
        counts: How many records of each stream were written by the block.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._waiting = 0
        self._changed = threading.Condition()

    def as_blocks(
        self, stream: str, pages: Iterable[Rows], window: StreamSlice | None = None
    ) -> Iterator[Record]:
        """The rows of a stream as blocks; none waits for rows of the next page."""
        for page in pages:
            for start in range(0, len(page), ROWS):
                rows = page[start : start + ROWS]
                block = Block(stream, len(rows), lines_of(stream, rows))
                self._add(len(block.lines))
                yield Record({_BLOCK: block}, stream, window)

    def written(self, block: Block) -> None:
        """A block was written."""
        self.counts[block.stream] += block.count
        with self._changed:
            self._waiting -= len(block.lines)
            self._changed.notify_all()

    def _add(self, size: int) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: not self._waiting or self._waiting + size <= MOST_BYTES_WAITING
            )
            self._waiting += size
