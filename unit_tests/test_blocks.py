"""Blocks: the text that the CDK would write, and a bound on what waits to be written."""

from __future__ import annotations

import gc
import json
import weakref
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type
from hypothesis import given, settings
from hypothesis import strategies as st

from source_incontact import blocks
from source_incontact.blocks import Backlog, Block, as_records, lines_of

if TYPE_CHECKING:
    from airbyte_cdk.sources.types import Record
    from pytest_mock import MockerFixture

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**70), max_value=2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)
ROWS = st.lists(st.dictionaries(st.text(), VALUES, max_size=5), min_size=1, max_size=4)


def block_in(record: Record) -> Block:
    [block] = record.data.values()
    assert isinstance(block, Block)
    return block


def written_by_cdk(stream: str, row: dict[str, Any], emitted_at: int) -> str:
    record = AirbyteRecordMessage(stream=stream, data=row, emitted_at=emitted_at)
    return AirbyteEntrypoint.airbyte_message_to_string(
        AirbyteMessage(type=Type.RECORD, record=record)
    )


@settings(max_examples=50)
@given(stream=st.text(min_size=1), rows=ROWS)
def test_a_block_writes_what_the_cdk_would_write(stream: str, rows: list[dict[str, Any]]) -> None:
    lines = bytes(lines_of(stream, rows)).split(b"\n")
    assert lines.pop() == b""
    for line, row in zip(lines, rows, strict=True):
        emitted_at = json.loads(line)["record"]["emitted_at"]
        assert json.loads(line) == json.loads(written_by_cdk(stream, row, emitted_at))


def test_half_a_character_does_not_break_a_block() -> None:
    rows: list[dict[str, Any]] = [{"a": "\ud83d"}, {"a": 2**70}, {"a": "ü"}]
    found = [json.loads(line) for line in bytes(lines_of("s", rows)).splitlines()]
    assert [line["record"]["data"] for line in found] == rows


@pytest.mark.parametrize("most", [1, 1000, 10_000])
def test_text_that_waits_is_bounded_and_one_block_always_passes(
    mocker: MockerFixture, most: int
) -> None:
    mocker.patch.object(blocks, "MOST_BYTES_WAITING", most)
    backlog = Backlog()
    queue: Queue[Record | None] = Queue()
    pages = [[{"text": "x" * size}] * 3 for size in range(0, 3000, 100)]

    def work() -> None:
        for record in backlog.as_blocks("s", pages):
            queue.put(record)
        queue.put(None)

    workers = [Thread(target=work, daemon=True) for _ in range(3)]
    for worker in workers:
        worker.start()
    counted = ended = 0
    while ended < len(workers):
        record = queue.get()
        if record is None:
            ended += 1
            continue
        block = block_in(record)
        counted += block.count
        waiting = len(block.lines) + sum(
            len(block_in(one).lines) for one in list(queue.queue) if one is not None
        )
        assert waiting <= max(most, len(block.lines))
        backlog.written(block)
    assert counted == backlog.counts["s"] == len(workers) * 3 * len(pages)


def test_a_page_is_cut_and_no_row_waits_for_the_next(mocker: MockerFixture) -> None:
    mocker.patch.object(blocks, "ROWS", 2)
    pages = iter([[{"n": 1}, {"n": 2}, {"n": 3}], [], [{"n": 4}]])
    counts = [block_in(record).count for record in Backlog().as_blocks("s", pages)]
    assert counts == [2, 1, 1]


def test_a_caller_in_python_gets_records() -> None:
    records = list(as_records("s", [[{"n": 1}, {"n": None}], [{"n": 3}]]))
    assert [record.data for record in records] == [{"n": 1}, {"n": None}, {"n": 3}]


def test_a_block_is_freed_without_the_garbage_collector() -> None:
    gc.disable()
    try:
        [record] = Backlog().as_blocks("s", [[{"a": 1}]])
        held = weakref.ref(block_in(record))
        assert held() is not None
        del record
        assert held() is None
    finally:
        gc.enable()
