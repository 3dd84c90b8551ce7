"""One gate for every request of every worker: host check, pace, and the pause after a 429."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from airbyte_cdk.sources.streams.call_rate import APIBudget

if TYPE_CHECKING:
    from source_incontact.api.hosts import HostGuard
    from source_incontact.api.patience import Patience

LOGGER = logging.getLogger("airbyte.source_incontact.limits")

MAX_PAUSE_SECONDS = 300.0
"""Longest pause a single answer may impose: five minutes, whatever its Retry-After says."""

_FIRST_PAUSE_SECONDS = 1.0
"""Pause after a 429 without Retry-After; it doubles with every further burst [A 14]."""

_SLOWEST_RATE = 0.5
_SLOW_DOWN = 0.75
_BELOW_SERVED = 0.9
"""The pace after a refusal, beside what the server had served in the second before."""
_BELOW_REFUSED = 0.95
"""The pace that is aimed at, beside the one that was refused."""
_APPROACH = 0.02
"""The part of the way to the aim that each answer brings."""
_PROBE = 1.0002
"""How much each answer raises the aim: a limit is tried again after some hundred requests."""
_FEWEST_SERVED = 2


def retry_after_seconds(response: requests.Response) -> float | None:
    """The pause an answer asks for, between 0 and `MAX_PAUSE_SECONDS`; ``None`` if it asks none.

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


class Gate(APIBudget):
    """Lets requests through one after the other, evenly spaced, and holds all of them after a 429.

    The CDK calls it for every send, retries included. The pace begins at the user's setting. A
    burst of refusals lowers it once, to a little less than what the server had just served; then it
    nears the pace that was refused from below, and tries more than that only after long. So the
    vendor's limit, which is not public, is found, kept, and followed if it is raised.

    Args:
        guard: Which hosts may be called.
        requests_per_second: The pace that is never exceeded.
        patience: How long the sync may stand still.
    """

    def __init__(self, guard: HostGuard, requests_per_second: float, patience: Patience) -> None:
        super().__init__(policies=[])
        self._guard = guard
        self._patience = patience
        self._fastest = requests_per_second
        self._rate = self._aim = float(requests_per_second)
        self._served: deque[float] = deque(maxlen=1000)
        self._lock = threading.Lock()
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
            self._patience.require()
            if holds == self._holds:
                return  # no refusal came in while this request slept towards its slot

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
            self._next_slot = slot + 1 / self._rate
            return slot - now, self._holds

    def update_from_response(self, request: Any, response: Any) -> None:  # noqa: ARG002 - CDK's
        """Learn from an answer: a 429 holds everyone, anything else lets the pace recover."""
        if not isinstance(response, requests.Response):
            return
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self._hold(retry_after_seconds(response))
            return
        with self._lock:
            now = time.monotonic()
            self._served.append(now)
            if now >= self._held_until:
                self._bursts = 0
                self._aim = min(self._fastest, self._aim * _PROBE)
                self._rate += (self._aim - self._rate) * _APPROACH

    def _hold(self, asked: float | None) -> None:
        with self._lock:
            now = time.monotonic()
            if now >= self._held_until:  # the first refusal of a burst, not its echo
                self._bursts += 1
                self._slow_down(now)
            pause = asked
            if pause is None:
                doubled = _FIRST_PAUSE_SECONDS * 2.0 ** min(self._bursts - 1, 10)
                pause = min(doubled, MAX_PAUSE_SECONDS)
            if now + pause > self._held_until:
                self._held_until = self._next_slot = now + pause
                self._holds += 1  # slots that were kept before are void
        LOGGER.info("The API refused a request (429): all workers wait %.0f s.", pause)

    def _slow_down(self, now: float) -> None:
        served = sum(moment > now - 1 for moment in self._served)
        slower = self._rate * _SLOW_DOWN
        if served >= _FEWEST_SERVED:
            slower = min(served * _BELOW_SERVED, self._rate * _BELOW_REFUSED)
        self._aim = max(_SLOWEST_RATE, self._rate * _BELOW_REFUSED)
        self._rate = max(_SLOWEST_RATE, slower)
