"""How long the response handler waits before a further try, and when and how it gives up."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.files import FileResponseHandler
from source_incontact.api.jobs import JobResponseHandler
from source_incontact.api.report_label import ReportLabel
from source_incontact.api.response_handler import (
    MAX_TRIES,
    MAX_TRIES_WHEN_BUSY,
    MAX_TRIES_WHILE_RUNNING,
    NoToken,
    ResponseHandler,
)
from unit_tests.responses import answer


def handler() -> ResponseHandler:
    return ResponseHandler(ReportLabel("agents", "Admin API, view of users", "agents"), NoToken())


def pause_after(trouble: Any, attempt: int, by: ResponseHandler | None = None) -> float:
    """What the CDK is told after a try that failed: repeat it, and wait so long."""
    by = by or handler()
    assert by.interpret_response(trouble).response_action is ResponseAction.RETRY
    return by.backoff_time(trouble, attempt)


TROUBLES = [
    pytest.param(answer(503, {"message": "Busy"}), "503, Busy", id="503"),
    pytest.param(answer(408), "timed out", id="408"),
    pytest.param(answer(200, b"{"), "cut off", id="truncated"),
    pytest.param(answer(200, {}), "lacks its list 'agents'", id="no envelope"),
    pytest.param(requests.exceptions.ReadTimeout("QZX73"), "did not answer in time", id="time-out"),
    pytest.param(requests.exceptions.ConnectionError("QZX73"), "connection", id="reset"),
    pytest.param(requests.exceptions.ChunkedEncodingError("QZX73"), "broke off", id="broken off"),
]


@pytest.mark.parametrize(("trouble", "_"), TROUBLES)
def test_pauses_grow_with_jitter_within_bounds(trouble: Any, _: str) -> None:
    for attempt in range(1, MAX_TRIES):
        full = min(2.0 ** (attempt - 1), 60)
        pauses = {pause_after(trouble, attempt) for _ in range(50)}
        assert all(full / 2 <= pause <= full for pause in pauses)
        assert len(pauses) > 10


@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
def test_tries_end_with_a_message_that_names_the_report_and_the_trouble(
    trouble: Any, words: str
) -> None:
    with pytest.raises(AirbyteTracedException) as caught:
        pause_after(trouble, MAX_TRIES)
    assert caught.value.failure_type is FailureType.transient_error
    assert str(caught.value).startswith(f"Gave up on agents after {MAX_TRIES} tries")
    assert words in str(caught.value)
    assert "QZX73" not in f"{caught.value} {caught.value.internal_message}"


@pytest.mark.parametrize(("text", "pause"), [("7", 7.0), ("0.25", 0.25), ("86400", 300.0)])
def test_a_retry_after_is_honoured_and_bounded(text: str, pause: float) -> None:
    assert pause_after(answer(503, headers={"Retry-After": text}), 1) == pause


@pytest.mark.parametrize("text", ["0", "-5", "soon", "NaN"])
def test_a_retry_after_that_asks_nothing_leaves_the_usual_pause(text: str) -> None:
    assert 2 <= pause_after(answer(503, headers={"Retry-After": text}), 3) <= 4


@pytest.mark.parametrize("attempt", [1, MAX_TRIES, MAX_TRIES_WHEN_BUSY - 1])
def test_a_429_is_repeated_longer_and_leaves_the_pause_to_the_rate_limiter(attempt: int) -> None:
    assert pause_after(answer(429, headers={"Retry-After": "60"}), attempt) < 0.1


def test_a_429_is_given_up_in_the_end() -> None:
    with pytest.raises(AirbyteTracedException, match=r"Gave up on agents after 12 tries.*429"):
        pause_after(answer(429), MAX_TRIES_WHEN_BUSY)


@pytest.mark.parametrize("kind", [JobResponseHandler, FileResponseHandler])
def test_a_report_that_somebody_else_runs_is_waited_for(kind: type[ResponseHandler]) -> None:
    waiting = kind(ReportLabel("the report", "any"), NoToken())
    pauses = sum(
        pause_after(answer(409), tries, waiting) + 1 for tries in range(1, MAX_TRIES_WHILE_RUNNING)
    )
    assert 450 < pauses < 900
    with pytest.raises(AirbyteTracedException, match="somebody else is running this report"):
        pause_after(answer(409), MAX_TRIES_WHILE_RUNNING, waiting)


def test_a_renewed_sign_in_needs_no_pause() -> None:
    assert pause_after(answer(401), 1) < 0.1


def test_the_cdk_never_ends_the_tries_before_the_handler_does() -> None:
    assert int(handler().max_retries) > MAX_TRIES_WHILE_RUNNING
    assert int(handler().max_time) >= 3600
