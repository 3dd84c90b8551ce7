"""The gate: Retry-After in every form, even spacing, and one pause for all after a 429."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import requests
import time_machine
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.api.hosts import HostGuard
from source_incontact.api.limits import MAX_PAUSE_SECONDS, Gate, retry_after_seconds
from source_incontact.api.patience import Patience
from unit_tests.responses import answer, prepared

if TYPE_CHECKING:
    from collections.abc import Callable

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


# --- the gate ---------------------------------------------------------------------------------


class Clock:
    """Time that stands still while any thread runs, and jumps when all of them sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._turn = threading.Condition()
        self._sleepers: list[float] = []
        self._running = 0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._turn:
            wake = self.now + seconds
            self._sleepers.append(wake)
            self._running -= 1
            self._advance()
            self._turn.wait_for(lambda: self.now >= wake)

    def _advance(self) -> None:
        if self._running <= 0 and self._sleepers:
            self.now = max(self.now, min(self._sleepers))
            awake = [wake for wake in self._sleepers if wake <= self.now]
            self._sleepers = [wake for wake in self._sleepers if wake > self.now]
            self._running = len(awake)
            self._turn.notify_all()

    def run(self, *jobs: Callable[[], object]) -> None:
        """Run jobs on a thread each, until all have ended."""

        def work(job: Callable[[], object]) -> None:
            try:
                job()
            finally:
                with self._turn:
                    self._running -= 1
                    self._advance()

        self._running = len(jobs)
        threads = [threading.Thread(target=work, args=(job,), daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=10)
            assert not thread.is_alive()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("source_incontact.api.limits.time", clock)
    return clock


def gate_of(rate: float) -> Gate:
    return Gate(HostGuard(""), rate, Patience(30))


def passes(gate: Gate, clock: Clock, count: int) -> list[float]:
    """When ``count`` requests on a thread each are let through, in seconds from now."""
    began, times = clock.now, []

    def one() -> None:
        gate.acquire_call(prepared())
        times.append(clock.now - began)

    clock.run(*[one] * count)
    return sorted(times)


def refuse(gate: Gate, retry_after: str | None = None) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    gate.update_from_response(prepared(), answer(429, headers=headers))


def spacing(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def test_requests_of_all_threads_pass_evenly_spaced(clock: Clock) -> None:
    assert passes(gate_of(4), clock, 5) == pytest.approx([0, 0.25, 0.5, 0.75, 1.0])


def test_an_idle_time_saves_up_no_burst(clock: Clock) -> None:
    gate = gate_of(2)
    passes(gate, clock, 2)
    clock.now += 60
    assert passes(gate, clock, 3) == pytest.approx([0, 0.5, 1.0])


@pytest.mark.parametrize("status", [200, 204, 403, 500, 503])
def test_no_other_answer_holds_the_gate(clock: Clock, status: int) -> None:
    gate = gate_of(1000)
    gate.update_from_response(prepared(), answer(status, headers={"Retry-After": "60"}))
    assert passes(gate, clock, 2) == pytest.approx([0, 0.001])


def test_a_429_holds_every_thread_for_as_long_as_it_asks(clock: Clock) -> None:
    gate = gate_of(1000)
    refuse(gate, "30")
    times = passes(gate, clock, 4)
    assert times[0] == pytest.approx(30)
    assert times[-1] == pytest.approx(30, abs=0.1)


def test_a_429_holds_the_threads_that_wait_already(clock: Clock) -> None:
    gate, times = gate_of(1), []

    def one() -> None:
        gate.acquire_call(prepared())
        times.append(clock.now)

    def refusal() -> None:
        clock.sleep(1.5)
        refuse(gate, "60")

    began = clock.now
    clock.run(one, one, one, one, refusal)
    assert [moment - began < 1.5 for moment in sorted(times)] == [True, True, False, False]
    assert min(moment - began for moment in times if moment - began > 1.5) >= 61.5


def test_the_pace_holds_after_a_pause_that_is_shorter_than_the_queue(clock: Clock) -> None:
    gate, times = gate_of(1), []

    def one() -> None:
        gate.acquire_call(prepared())
        times.append(clock.now)

    def refusal_and_more() -> None:
        clock.sleep(0.5)
        refuse(gate, "1")
        clock.sleep(1.5)
        one()
        one()

    clock.run(*[one] * 6, refusal_and_more)
    assert min(spacing(sorted(times))) >= 0.99


def test_pauses_without_retry_after_double_with_each_burst(clock: Clock) -> None:
    gate, pauses = gate_of(1000), []
    for _ in range(10):
        refuse(gate)
        pauses.append(passes(gate, clock, 1)[0])
    assert pauses == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128, 256, 300])


def test_an_answer_that_is_no_refusal_ends_the_doubling(clock: Clock) -> None:
    gate = gate_of(1000)
    refuse(gate)
    passes(gate, clock, 1)
    gate.update_from_response(prepared(), answer(200))
    refuse(gate)
    assert passes(gate, clock, 1) == pytest.approx([1])


def test_a_burst_of_refusals_slows_down_once(clock: Clock) -> None:
    gate = gate_of(10)
    for _ in range(4):
        refuse(gate, "5")
    assert spacing(passes(gate, clock, 4)) == pytest.approx([1 / 7.5] * 3)


def test_each_further_burst_slows_down_again_but_never_to_a_stop(clock: Clock) -> None:
    gate, seen = gate_of(10), []
    for _ in range(20):
        refuse(gate, "1")
        seen.append(spacing(passes(gate, clock, 2))[0])
    assert seen[:3] == pytest.approx([1 / 7.5, 1 / 5.625, 1 / 4.21875])
    assert seen[-1] == pytest.approx(2)


@pytest.mark.parametrize("rate", [1, 10])
def test_the_pace_recovers_slowly_and_never_above_the_setting(clock: Clock, rate: int) -> None:
    gate = gate_of(rate)
    refuse(gate, "1")
    clock.now += 10
    seen = []
    for _ in range(3):
        seen.append(spacing(passes(gate, clock, 2))[0])
        for _ in range(250):
            gate.update_from_response(prepared(), answer(200))
    assert seen[0] == pytest.approx(1 / rate / 0.75)
    assert seen[0] > seen[1] > seen[2]
    for _ in range(2000):
        gate.update_from_response(prepared(), answer(200))
    assert spacing(passes(gate, clock, 3)) == pytest.approx([1 / rate] * 2)


def test_the_limit_of_a_server_is_found_and_kept(clock: Clock) -> None:
    """Five a second, whatever the form says: few are refused, and little time is lost."""
    gate, refused = gate_of(50), 0
    served: list[float] = []
    began = clock.now
    while len(served) < 500:
        passes(gate, clock, 1)
        if sum(moment > clock.now - 1 for moment in served[-5:]) == 5:
            refused += 1
            refuse(gate)
        else:
            served.append(clock.now)
            gate.update_from_response(prepared(), answer(200))
    assert refused / (refused + len(served)) < 0.03
    assert clock.now - began < 1.25 * len(served) / 5


def test_answers_of_requests_sent_before_the_pause_do_not_end_it(clock: Clock) -> None:
    gate = gate_of(10)
    refuse(gate, "60")
    for _ in range(50):
        gate.update_from_response(prepared(), answer(200))
    times = passes(gate, clock, 2)
    assert times[0] == pytest.approx(60)
    assert spacing(times) == pytest.approx([1 / 7.5])


def test_a_network_error_teaches_the_gate_nothing(clock: Clock) -> None:
    gate = gate_of(10)
    gate.update_from_response(prepared(), requests.ConnectionError())
    assert passes(gate, clock, 1) == [0]


def test_a_host_that_is_not_allowed_is_refused_before_anything_else(clock: Clock) -> None:
    gate = gate_of(1)
    elsewhere = requests.Request("GET", "https://evil.example/x").prepare()
    with pytest.raises(AirbyteTracedException, match="no token was sent"):
        gate.acquire_call(elsewhere)
    assert passes(gate, clock, 1) == [0]


def test_a_fraction_of_a_second_passes_without_crash_at_an_absurd_setting(clock: Clock) -> None:
    assert passes(gate_of(10**30), clock, 2) == pytest.approx([0, 0])
