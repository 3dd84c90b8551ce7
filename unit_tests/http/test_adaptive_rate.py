"""The rate: how it begins, what a refusal teaches it, and how it finds limits of several kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox.limiter import LIMITS, Limit
from source_incontact.http.adaptive_rate import AdaptiveRate
from unit_tests.clocks import Clock, limiter_of, passes, refuse, spacing
from unit_tests.responses import answer, prepared

if TYPE_CHECKING:
    from pytest_mock import MockerFixture

    from source_incontact.http.rate_limiter import RateLimiter


@pytest.fixture
def clock(mocker: MockerFixture) -> Clock:
    clock = Clock()
    mocker.patch("source_incontact.http.rate_limiter.time", clock)
    return clock


def pressed(fastest: float, *, answers: int = 0) -> AdaptiveRate:
    """A rate that requests wait for, after some answers."""
    rate = AdaptiveRate(fastest)
    rate.turn(waits=True)
    serve(rate, answers)
    return rate


def serve(rate: AdaptiveRate, answers: int) -> float:
    for _ in range(answers):
        rate.served()
    return rate.rate


def refuse_after(rate: AdaptiveRate, requests: int) -> float:
    """Refuse a request before which so many were sent within a second."""
    for number in range(requests):
        rate.sent(100 + number / 1000)
    rate.refused(100.9)
    return rate.rate


@pytest.mark.parametrize(("setting", "begins"), [(1, 1), (10, 10), (50, 10), (10**30, 10)])
def test_the_first_requests_come_at_a_modest_rate(setting: float, begins: float) -> None:
    assert AdaptiveRate(setting).rate == begins


def test_without_refusals_a_high_setting_is_reached_within_two_seconds() -> None:
    rate, seconds = pressed(1000), 0.0
    while rate.rate < 1000:
        seconds += 1 / rate.rate
        rate.served()
    assert seconds < 2


def test_a_rate_that_nobody_waits_for_does_not_grow() -> None:
    rate = pressed(1000, answers=5)
    reached = rate.rate
    rate.turn(waits=False)
    assert serve(rate, 500) == reached


@pytest.mark.parametrize("setting", [1, 10, 64])
def test_the_setting_is_never_exceeded(setting: int) -> None:
    rate = pressed(setting)
    for requests in (0, 5, 50):
        assert max(serve(rate, 1) for _ in range(3000)) == setting
        assert refuse_after(rate, requests) < setting


def test_a_refusal_puts_the_rate_below_what_was_sent_in_the_second_before() -> None:
    assert refuse_after(pressed(1000, answers=50), 30) == pytest.approx(27)


def test_a_refused_rate_was_too_high_whatever_was_sent() -> None:
    assert refuse_after(pressed(10), 30) == pytest.approx(10 * 0.92 * 0.9)


def test_where_little_was_asked_for_a_refusal_tells_little() -> None:
    rate = AdaptiveRate(10)
    rate.turn(waits=False)
    assert refuse_after(rate, 1) == pytest.approx(10 * 0.5 * 0.9)


def test_no_number_of_refusals_brings_requests_to_a_stop() -> None:
    rate = pressed(10)
    for _ in range(50):
        rate.refused(1000.0)
    assert rate.rate == 0.5


def test_after_a_refusal_the_rate_nears_what_was_allowed_rests_and_then_goes_beyond() -> None:
    rate = pressed(100, answers=50)
    refuse_after(rate, 5)
    seen = [serve(rate, 30) for _ in range(10)]
    assert seen == sorted(seen)
    assert seen[1:3] == pytest.approx([5, 5.06], abs=0.01)
    assert seen[3] < 5.6
    assert seen[-1] > 25


def test_a_burst_of_refusals_slows_down_once(clock: Clock) -> None:
    limiter = limiter_of(10)
    passes(limiter, clock, 6)
    for _ in range(4):
        refuse(limiter, "5")
    assert spacing(passes(limiter, clock, 4)) == pytest.approx([1 / (5 * 0.9)] * 3)


def test_a_refusal_right_after_a_pause_lengthens_the_pause_but_leaves_the_rate(
    clock: Clock,
) -> None:
    limiter = limiter_of(10)
    passes(limiter, clock, 6)
    refuse(limiter)
    spaced = [passes(limiter, clock, 3)]
    refuse(limiter)
    spaced.append(passes(limiter, clock, 3))
    assert [times[0] for times in spaced] == pytest.approx([1, 2])
    assert spacing(spaced[0]) == pytest.approx(spacing(spaced[1]))


# --- limits of several kinds ----------------------------------------------------------------------

WORKERS, ALLOWED = 8, 5
LATENCY, BACKOFF = 0.02, 1.01
"""Seconds until an answer, and what the CDK waits before it tries again."""


def read(
    limiter: RateLimiter, clock: Clock, limit: Limit | Whim | None, windows: int
) -> tuple[float, float]:
    """Read so many windows with all workers: the seconds it took, the share that was refused."""
    began, refusals = clock.now, [0]
    left = list(range(windows))

    def answer_now() -> bool:
        if limit is None:
            return True
        wait = limit.wait(clock.now)
        if wait > 0:
            refusals[0] += 1
            return False
        limit.take(clock.now)
        return True

    def work() -> None:
        while left:
            left.pop()
            while not ask():
                clock.sleep(BACKOFF)

    def ask() -> bool:
        limiter.acquire_call(prepared())
        good = answer_now()
        clock.sleep(LATENCY)
        limiter.update_from_response(prepared(), answer(200 if good else 429))
        return good

    clock.run(*[work] * WORKERS)
    return clock.now - began, refusals[0] / (refusals[0] + windows)


@pytest.mark.parametrize("asked", [5, 10, 50, 1000])
@pytest.mark.parametrize("kind", ["moving", "fixed", "bucket"])
def test_a_limit_that_is_not_told_is_found_at_little_cost(
    clock: Clock, kind: str, asked: int
) -> None:
    limit = LIMITS[kind](ALLOWED, 1)
    seconds, refused = read(limiter_of(asked), clock, limit, 122)
    assert seconds < 1.25 * 122 / ALLOWED
    assert refused < 0.05


@pytest.mark.parametrize("asked", [10, 1000])
def test_a_limit_by_the_minute_is_kept_without_a_word_about_its_end(
    clock: Clock, asked: int
) -> None:
    seconds, refused = read(limiter_of(asked), clock, LIMITS["fixed"](ALLOWED, 60), 420)
    assert seconds < 1.25 * 420 / ALLOWED
    assert refused < 0.05


def test_a_limit_that_is_raised_is_followed(clock: Clock) -> None:
    limiter = limiter_of(1000)
    read(limiter, clock, LIMITS["moving"](ALLOWED, 1), 100)
    seconds, _ = read(limiter, clock, LIMITS["moving"](100, 1), 1000)
    assert seconds < 60


class Whim:
    """Refuses without a limit: whatever comes in the first instants of each period.

    Args:
        period: Seconds from one refusal to the next.
        lasts: Seconds that it lasts.
    """

    def __init__(self, period: float, lasts: float) -> None:
        self._period, self._lasts = period, lasts
        self._began: float | None = None

    def wait(self, now: float) -> float:
        """How long to wait; more than 0 refuses."""
        if self._began is None:
            self._began = now
        return max(0.0, self._lasts - (now - self._began) % self._period)

    def take(self, now: float) -> None:
        """Nothing is counted."""


@pytest.mark.parametrize(
    ("period", "lasts", "windows"),
    [
        pytest.param(10**9, 0.01, 1000, id="the first request of all"),
        pytest.param(60, 0.5, 3000, id="half a second of each minute"),
    ],
)
def test_a_refusal_before_anything_was_sent_tells_little(
    clock: Clock, period: float, lasts: float, windows: int
) -> None:
    seconds, _ = read(limiter_of(10), clock, Whim(period, lasts), windows)
    assert seconds < 1.25 * windows / 10


def test_without_a_limit_a_high_setting_costs_no_more_than_two_seconds(clock: Clock) -> None:
    seconds, refused = read(limiter_of(1000), clock, None, 2000)
    assert refused == 0
    assert seconds < 2000 * LATENCY / WORKERS + 2
