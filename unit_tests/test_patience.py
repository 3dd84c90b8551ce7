"""The silence that a sync is allowed, against the one that the platform allows."""

from __future__ import annotations

import time
from datetime import date, datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import pytest
import yaml
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api import transport
from source_incontact.api.patience import MAX_SILENCE_SECONDS, USUAL_JOB_MINUTES, Patience
from source_incontact.dates import DaySpan
from source_incontact.reports.streams import ReportPartition
from source_incontact.slicer import WindowCursor
from source_incontact.state import StreamState, make_plan
from source_incontact.windows import Interval

if TYPE_CHECKING:
    from airbyte_cdk.sources.message import MessageRepository
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_incontact.reports.streams import Report

METADATA = Path(__file__).resolve().parents[1] / "metadata.yaml"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The steady clock's reading, in a list to be changed."""
    reading = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: reading[0])
    return reading


def test_patience_ends_and_is_renewed(clock: list[float]) -> None:
    patience = Patience(USUAL_JOB_MINUTES)
    clock[0] += MAX_SILENCE_SECONDS - 1
    patience.require()
    patience.renew()
    clock[0] += MAX_SILENCE_SECONDS
    patience.require()
    clock[0] += 1
    with pytest.raises(AirbyteTracedException, match="Nothing could be read for 80 minutes"):
        patience.require()


@pytest.mark.parametrize(("minutes", "more"), [(1, 0), (30, 0), (31, 60), (600, 34_200)])
def test_a_job_that_may_run_longer_adds_to_it(
    clock: list[float], minutes: int, more: float
) -> None:
    patience = Patience(minutes)
    clock[0] += MAX_SILENCE_SECONDS + more
    patience.require()
    clock[0] += 1
    with pytest.raises(AirbyteTracedException):
        patience.require()


def test_a_destination_that_lets_a_row_wait_is_no_silence_of_the_api(clock: list[float]) -> None:
    patience = Patience(USUAL_JOB_MINUTES)
    report = SimpleNamespace(
        name="contacts",
        api=SimpleNamespace(patience=patience),
        read_window=lambda _: iter([{"contactId": 1}]),
    )
    for _ in ReportPartition(
        cast("Report", report), StreamSlice(partition={}, cursor_slice={})
    ).read():
        clock[0] += 2 * MAX_SILENCE_SECONDS
    patience.require()


def test_nor_is_one_that_lets_a_state_wait(clock: list[float]) -> None:
    def wait(_: object) -> None:
        clock[0] += 2 * MAX_SILENCE_SECONDS

    patience = Patience(USUAL_JOB_MINUTES)
    now = datetime(2026, 11, 16, tzinfo=timezone.utc)
    cursor = WindowCursor(
        stream_name="contacts",
        cursor_field="contactStartDate",
        plan=make_plan(
            days=DaySpan(date(2026, 11, 15), date(2026, 11, 15), moving=False),
            interval=Interval.DAY,
            zone=ZoneInfo("UTC"),
            began=now,
            saved=StreamState(),
            lookback_days=1,
            incremental=True,
        ),
        message_repository=cast("MessageRepository", SimpleNamespace(emit_message=wait)),
        state_manager=ConnectorStateManager(),
        ahead=patience.renew,
    )
    [window] = cursor.stream_slices()
    cursor.close_partition(cast("Partition", SimpleNamespace(to_slice=lambda: window)))
    patience.require()


def test_the_longest_silence_is_shorter_than_the_platforms_patience() -> None:
    """The last request that is let through, and the longest answer to it."""
    longest = (
        MAX_SILENCE_SECONDS
        + transport.CONNECT_TIMEOUT_SECONDS
        + transport.MAX_FILE_SECONDS
        + transport.READ_TIMEOUT_SECONDS
    )
    allowed = yaml.safe_load(METADATA.read_text("utf-8"))["data"]["maxSecondsBetweenMessages"]
    assert longest <= allowed - 300
