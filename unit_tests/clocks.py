"""A steady clock for tests of what waits, and a rate limiter that goes by it."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING

from source_incontact.http.hosts import HostGuard
from source_incontact.http.rate_limiter import RateLimiter
from source_incontact.http.stall_timeout import StallTimeout
from unit_tests.responses import answer, prepared

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Time that stands still while any thread runs, and jumps when all of them sleep."""

    def __init__(self) -> None:
        """Begin at some instant."""
        self.now = 1000.0
        self._turn = threading.Condition()
        self._sleepers: list[float] = []
        self._running = 0

    def monotonic(self) -> float:
        """As ``time.monotonic``."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """As ``time.sleep``."""
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


def limiter_of(rate: float) -> RateLimiter:
    """A rate limiter with that setting."""
    return RateLimiter(HostGuard(""), rate, StallTimeout(30))


def passes(limiter: RateLimiter, clock: Clock, count: int) -> list[float]:
    """When ``count`` requests on a thread each are let through, in seconds from now."""
    began, times = clock.now, []

    def one() -> None:
        limiter.acquire_call(prepared())
        times.append(clock.now - began)

    clock.run(*[one] * count)
    return sorted(times)


def refuse(limiter: RateLimiter, retry_after: str | None = None) -> None:
    """Let the rate limiter see a 429."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    limiter.update_from_response(prepared(), answer(429, headers=headers))


def spacing(times: list[float]) -> list[float]:
    """From each to the next."""
    return [later - earlier for earlier, later in pairwise(times)]
