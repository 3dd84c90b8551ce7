"""One rate limiter for every request of every worker, and the pause of all after a 429."""

from __future__ import annotations

import logging
import math
import threading
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from airbyte_cdk.sources.streams.call_rate import APIBudget

from source_incontact.http.adaptive_rate import START_RATE, AdaptiveRate
from source_incontact.messages.log import ALL_WAIT

if TYPE_CHECKING:
    from source_incontact.http.hosts import HostGuard
    from source_incontact.http.stall_timeout import StallTimeout

LOGGER = logging.getLogger("airbyte.source_incontact.limits")

MAX_PAUSE_SECONDS = 300.0
"""Longest pause a single response may impose: five minutes, whatever its Retry-After says."""

_FIRST_PAUSE_SECONDS = 1.0
"""Pause after a 429 without Retry-After; it doubles with every further burst [A 14]."""


def retry_after_seconds(response: requests.Response) -> float | None:
    """The pause a response asks for, between 0 and `MAX_PAUSE_SECONDS`; ``None`` if it asks none.

    The vendor writes seconds where it writes anything [L]; a date is the standard's other form.
    """
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        seconds = (moment - datetime.now(timezone.utc)).total_seconds()
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), MAX_PAUSE_SECONDS)


class RateLimiter(APIBudget):
    """Lets requests through one after the other, evenly spaced, and holds all of them after a 429.

    The CDK calls it for every send, retries included. A burst of refusals lowers the rate once; a
    refusal right after a pause says that the pause was too short, and lengthens the next.

    Args:
        guard: Which hosts may be called.
        requests_per_second: The rate that is never exceeded.
        stall_timeout: How long the sync may stand still.

    Attributes:
        sent: How many requests were let through.
    """

    def __init__(
        self, guard: HostGuard, requests_per_second: float, stall_timeout: StallTimeout
    ) -> None:
        super().__init__(policies=[])
        self._guard = guard
        self._stall_timeout = stall_timeout
        self._rate = AdaptiveRate(requests_per_second)
        self._lock = threading.Lock()
        self.sent = 0
        self._next_slot = 0.0
        self._held_until = 0.0
        self._bursts = 0
        self._holds = 0

    def acquire_call(
        self,
        request: Any,
        block: bool = True,  # noqa: ARG002, FBT001, FBT002 - the CDK's signature
        timeout: float | None = None,  # noqa: ARG002 - the CDK's signature
    ) -> None:
        """Wait for the request's turn.

        Raises:
            AirbyteTracedException: Its host is not allowed, or the sync has stood still for too
                long; nothing is sent.
        """
        self.require_host(request.url)
        while True:
            wait, holds = self._take_turn()
            if wait > 0:
                time.sleep(wait)
            self._stall_timeout.require()
            if self._passes(holds):
                return

    def require_host(self, url: object) -> None:
        """Pass if the address may be called.

        Raises:
            AirbyteTracedException: It may not.
        """
        self._guard.require(str(url), "A request")

    def _take_turn(self) -> tuple[float, int]:
        """Keep the next free slot: how far away it is in seconds, and the holds so far."""
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._next_slot)
            # A pause was too short already, and the next may be: few are to find it out.
            rate = min(self._rate.rate, START_RATE) if self._bursts > 1 else self._rate.rate
            self._next_slot = slot + 1 / rate
            self._rate.turn(waits=slot > now)
            return slot - now, self._holds

    def _passes(self, holds: int) -> bool:
        """Whether no refusal came in while a request slept towards its slot."""
        with self._lock:
            if holds != self._holds:
                return False
            self._rate.sent(time.monotonic())
            self.sent += 1
            return True

    def update_from_response(self, request: Any, response: Any) -> None:  # noqa: ARG002 - CDK's
        """Learn from a response: a 429 holds everyone, anything else lets the rate recover."""
        if not isinstance(response, requests.Response):
            return
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self._hold(retry_after_seconds(response), response.elapsed.total_seconds())
            return
        with self._lock:
            if time.monotonic() >= self._held_until:
                self._bursts = 0
                self._rate.served()

    def _hold(self, asked: float | None, took: float) -> None:
        with self._lock:
            now = time.monotonic()
            if now >= self._held_until:  # the first refusal of a burst, not its echo
                if not self._bursts:
                    self._rate.refused(now - took)
                self._bursts += 1
            pause = asked
            if pause is None:
                doubled = _FIRST_PAUSE_SECONDS * 2.0 ** min(self._bursts - 1, 10)
                pause = min(doubled, MAX_PAUSE_SECONDS)
            if now + pause > self._held_until:
                self._held_until = self._next_slot = now + pause
                self._rate.resume(now + pause)
                self._holds += 1  # slots that were kept before are void
        LOGGER.info(ALL_WAIT.says(seconds=pause))
