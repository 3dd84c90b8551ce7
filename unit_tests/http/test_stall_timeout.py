"""The silence that a sync is allowed, against the one that the platform allows."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.http import session
from source_incontact.http.stall_timeout import MAX_SILENCE_SECONDS, USUAL_JOB_MINUTES, StallTimeout

if TYPE_CHECKING:
    from pytest_mock import MockerFixture

METADATA = Path(__file__).resolve().parents[2] / "metadata.yaml"


@pytest.fixture
def clock(mocker: MockerFixture) -> list[float]:
    """The steady clock's reading, in a list to be changed."""
    reading = [1000.0]
    mocker.patch.object(time, "monotonic", side_effect=lambda: reading[0])
    return reading


def test_a_sync_that_stands_still_ends_and_any_record_renews_it(clock: list[float]) -> None:
    stall_timeout = StallTimeout(USUAL_JOB_MINUTES)
    clock[0] += MAX_SILENCE_SECONDS - 1
    stall_timeout.require()
    with stall_timeout.paused(renew=True):
        pass
    clock[0] += MAX_SILENCE_SECONDS
    stall_timeout.require()
    clock[0] += 1
    with pytest.raises(AirbyteTracedException, match="Nothing could be read for 80 minutes"):
        stall_timeout.require()


@pytest.mark.parametrize(("minutes", "more"), [(1, 0), (30, 0), (31, 60), (600, 34_200)])
def test_a_job_that_may_run_longer_adds_to_it(
    clock: list[float], minutes: int, more: float
) -> None:
    stall_timeout = StallTimeout(minutes)
    clock[0] += MAX_SILENCE_SECONDS + more
    stall_timeout.require()
    clock[0] += 1
    with pytest.raises(AirbyteTracedException):
        stall_timeout.require()


def test_a_destination_that_lets_a_message_wait_is_no_silence_of_the_api(
    clock: list[float],
) -> None:
    stall_timeout = StallTimeout(USUAL_JOB_MINUTES)
    for renew in (False, True):
        with stall_timeout.paused(renew=renew):
            clock[0] += 2 * MAX_SILENCE_SECONDS
            stall_timeout.require()
        stall_timeout.require()
    clock[0] += MAX_SILENCE_SECONDS + 1
    with pytest.raises(AirbyteTracedException):
        stall_timeout.require()


def test_the_longest_silence_is_shorter_than_the_platforms_patience() -> None:
    """The last request that is let through, and the longest answer to it."""
    longest = (
        MAX_SILENCE_SECONDS
        + session.CONNECT_TIMEOUT_SECONDS
        + session.MAX_FILE_SECONDS
        + session.READ_TIMEOUT_SECONDS
    )
    allowed = yaml.safe_load(METADATA.read_text("utf-8"))["data"]["maxSecondsBetweenMessages"]
    assert longest <= allowed - 300
