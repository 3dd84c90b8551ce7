"""How many requests a tenant allows: three kinds of limit, as public APIs have them."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Limit(Protocol):
    """A limit; the caller says what time it is, in seconds of a clock that never goes back."""

    def wait(self, now: float) -> float:
        """Seconds until the next request may pass; 0 if it may at once."""

    def take(self, now: float) -> None:
        """Let a request pass that need not wait."""


class MovingWindow:
    """So many requests in any span of so many seconds."""

    def __init__(self, rate: float, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=max(1, math.ceil(rate * seconds)))

    def wait(self, now: float) -> float:
        """As long as all of the last requests that it may hold lie within it."""
        full = len(self._times) == self._times.maxlen
        return max(0.0, self._times[0] + self._seconds - now) if full else 0.0

    def take(self, now: float) -> None:
        """Note it; the oldest one drops out."""
        self._times.append(now)


class FixedWindow:
    """So many requests in each span of so many seconds; the first begins with a request."""

    def __init__(self, rate: float, seconds: float) -> None:
        self._seconds = seconds
        self._most = max(1, math.ceil(rate * seconds))
        self._began = -math.inf
        self._count = 0

    def wait(self, now: float) -> float:
        """Until the span ends, once it is full."""
        full = self._count >= self._most
        return max(0.0, self._began + self._seconds - now) if full else 0.0

    def take(self, now: float) -> None:
        """Count it, in a new span if the last one has ended."""
        if now >= self._began + self._seconds:
            whole = (now - self._began) // self._seconds if self._count else 0.0
            self._began = self._began + whole * self._seconds if self._count else now
            self._count = 0
        self._count += 1


class Bucket:
    """A bucket of tokens that holds what so many seconds refill; each request takes one."""

    def __init__(self, rate: float, seconds: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate * seconds)
        self._tokens = self._most
        self._seen = 0.0

    def wait(self, now: float) -> float:
        """Until there is a token."""
        self._refill(now)
        return max(0.0, (1 - self._tokens) / self._rate)

    def take(self, now: float) -> None:
        """Take one."""
        self._refill(now)
        self._tokens -= 1

    def _refill(self, now: float) -> None:
        self._tokens = min(self._most, self._tokens + (now - self._seen) * self._rate)
        self._seen = now


LIMITS: dict[str, Callable[[float, float], Limit]] = {
    "moving": MovingWindow,
    "fixed": FixedWindow,
    "bucket": Bucket,
}
"""Each kind by name; made of requests a second, and seconds."""


class Limiter:
    """One limit over the requests of all clients.

    Args:
        limit: ``None`` lets all pass.
    """

    def __init__(self, limit: Limit | None) -> None:
        self._limit = limit
        self._refused = 0
        self._lock = threading.Lock()

    def admit(self) -> dict[str, str] | None:
        """``None`` if a request may pass; else the headers of its refusal.

        Every second one says how long to wait (A).
        """
        if self._limit is None:
            return None
        with self._lock:
            now = time.monotonic()
            wait = self._limit.wait(now)
            if wait <= 0:
                self._limit.take(now)
                return None
            self._refused += 1
            return {} if self._refused % 2 else {"Retry-After": str(math.ceil(wait))}
