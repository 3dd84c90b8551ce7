"""The rate limiter: Retry-After in every form, even spacing, and one pause for all after a 429."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
import requests
import time_machine
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.http.rate_limiter import MAX_PAUSE_SECONDS, retry_after_seconds
from unit_tests.clocks import Clock, limiter_of, passes, refuse, spacing
from unit_tests.responses import answer, prepared

if TYPE_CHECKING:
    from pytest_mock import MockerFixture

NOW = datetime(2026, 11, 16, 12, tzinfo=timezone.utc)


def http_date(seconds_from_now: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds_from_now), usegmt=True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param(" 7 ", 7.0, id="with spaces"),
        pytest.param("0", 0.0, id="zero"),
        pytest.param("1.5", 1.5, id="float"),
        pytest.param("-3", 0.0, id="negative"),
        pytest.param("86400", MAX_PAUSE_SECONDS, id="a day"),
        pytest.param("1e999", MAX_PAUSE_SECONDS, id="too big for a float"),
        pytest.param("inf", MAX_PAUSE_SECONDS, id="inf"),
        pytest.param("-inf", 0.0, id="-inf"),
        pytest.param("NaN", None, id="NaN"),
        pytest.param("soon", None, id="text"),
        pytest.param("7 seconds", None, id="with a unit"),
        pytest.param("", None, id="empty"),
        pytest.param("  ", None, id="blank"),
        pytest.param(None, None, id="absent"),
        pytest.param(http_date(42), 42.0, id="date ahead"),
        pytest.param(http_date(-42), 0.0, id="date past"),
        pytest.param(http_date(10**6), MAX_PAUSE_SECONDS, id="date far ahead"),
        pytest.param("Mon, 16 Nov 2026 12:00:42", 42.0, id="naive date"),
        pytest.param("Mon, 16 Nov 2026 12:00:42 -0000", 42.0, id="date without a zone"),
        pytest.param("Mon, 16 Nov 2026 13:00:42 +0100", 42.0, id="date in another zone"),
        pytest.param("Mon, 99 Nov 2026 12:00:42 GMT", None, id="impossible date"),
        pytest.param("2026-11-16T12:00:42Z", None, id="ISO date"),
        pytest.param("Mon, 16 Nov 2026 12:00:42 +99999999999999", None, id="absurd zone"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_retry_after_is_read_in_every_form_and_bounded(
    text: str | None, seconds: float | None
) -> None:
    response = answer(429, headers={} if text is None else {"Retry-After": text})
    assert retry_after_seconds(response) == seconds


@given(
    st.text(st.characters(codec="latin-1"), max_size=40) | st.from_regex(r"\A\w+, \d+ Nov \d+ .*")
)
def test_no_retry_after_crashes_or_leaves_the_bounds(text: str) -> None:
    seconds = retry_after_seconds(answer(503, headers={"Retry-After": text}))
    assert seconds is None or 0 <= seconds <= MAX_PAUSE_SECONDS


# --- the rate limiter ------------------------------------------------------------------------


@pytest.fixture
def clock(mocker: MockerFixture) -> Clock:
    clock = Clock()
    mocker.patch("source_incontact.http.rate_limiter.time", clock)
    return clock


def test_requests_of_all_threads_pass_evenly_spaced(clock: Clock) -> None:
    assert passes(limiter_of(4), clock, 5) == pytest.approx([0, 0.25, 0.5, 0.75, 1.0])


def test_an_idle_time_saves_up_no_burst(clock: Clock) -> None:
    limiter = limiter_of(2)
    passes(limiter, clock, 2)
    clock.now += 60
    assert passes(limiter, clock, 3) == pytest.approx([0, 0.5, 1.0])


@pytest.mark.parametrize("status", [200, 204, 403, 500, 503])
def test_no_other_answer_holds_the_gate(clock: Clock, status: int) -> None:
    limiter = limiter_of(10)
    limiter.update_from_response(prepared(), answer(status, headers={"Retry-After": "60"}))
    assert passes(limiter, clock, 2) == pytest.approx([0, 0.1])


def test_a_429_holds_every_thread_for_as_long_as_it_asks(clock: Clock) -> None:
    limiter = limiter_of(1000)
    refuse(limiter, "30")
    times = passes(limiter, clock, 4)
    assert times[0] == pytest.approx(30)
    assert times[-1] == pytest.approx(30, abs=1)


def test_a_429_holds_the_threads_that_wait_already(clock: Clock) -> None:
    limiter, times = limiter_of(1), []

    def one() -> None:
        limiter.acquire_call(prepared())
        times.append(clock.now)

    def refusal() -> None:
        clock.sleep(1.5)
        refuse(limiter, "60")

    began = clock.now
    clock.run(one, one, one, one, refusal)
    assert [moment - began < 1.5 for moment in sorted(times)] == [True, True, False, False]
    assert min(moment - began for moment in times if moment - began > 1.5) >= 61.5


def test_the_rate_holds_after_a_pause_that_is_shorter_than_the_queue(clock: Clock) -> None:
    limiter, times = limiter_of(1), []

    def one() -> None:
        limiter.acquire_call(prepared())
        times.append(clock.now)

    def refusal_and_more() -> None:
        clock.sleep(0.5)
        refuse(limiter, "1")
        clock.sleep(1.5)
        one()
        one()

    clock.run(*[one] * 6, refusal_and_more)
    assert min(spacing(sorted(times))) >= 0.99


def test_pauses_without_retry_after_double_with_each_burst(clock: Clock) -> None:
    limiter, pauses = limiter_of(1000), []
    for _ in range(10):
        refuse(limiter)
        pauses.append(passes(limiter, clock, 1)[0])
    assert pauses == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128, 256, 300])


def test_an_answer_that_is_no_refusal_ends_the_doubling(clock: Clock) -> None:
    limiter = limiter_of(1000)
    refuse(limiter)
    passes(limiter, clock, 1)
    limiter.update_from_response(prepared(), answer(200))
    refuse(limiter)
    assert passes(limiter, clock, 1) == pytest.approx([1])


def test_answers_of_requests_sent_before_the_pause_do_not_end_it(clock: Clock) -> None:
    limiter = limiter_of(1)
    refuse(limiter, "60")
    for _ in range(50):
        limiter.update_from_response(prepared(), answer(200))
    times = passes(limiter, clock, 2)
    assert times[0] == pytest.approx(60)
    assert spacing(times) == pytest.approx([2])


def test_a_network_error_teaches_the_gate_nothing(clock: Clock) -> None:
    limiter = limiter_of(10)
    limiter.update_from_response(prepared(), requests.ConnectionError())
    assert passes(limiter, clock, 1) == [0]


def test_a_host_that_is_not_allowed_is_refused_before_anything_else(clock: Clock) -> None:
    limiter = limiter_of(1)
    elsewhere = requests.Request("GET", "https://evil.example/x").prepare()
    with pytest.raises(AirbyteTracedException, match="no token was sent"):
        limiter.acquire_call(elsewhere)
    assert passes(limiter, clock, 1) == [0]
