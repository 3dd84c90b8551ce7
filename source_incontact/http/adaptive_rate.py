"""The rate of requests: it finds the limit of a server that states none, and keeps to it."""

from __future__ import annotations

import math
from collections import deque

_SLOWEST = 0.5
"""Requests a second, however often a server refuses."""
START_RATE = 10.0
"""The rate of the first requests at most, and of those after a second pause in a row."""
_GROWTH = 4.0
"""Added by each response until the first refusal: the rate doubles several times a second."""
_BELOW_REFUSED = 0.92
"""A refused rate was too high by this at least."""
_UNPRESSED = 0.5
"""How much lower a rate may be put that was not in use."""
_DIP = 0.1
"""How far below the rate that the server was seen to allow a refusal puts the rate."""
_WAY_BACK_ANSWERS = 60
_WAY_BACK_SECONDS = 12
"""How long it takes back to it, whichever is longer: so few are refused, and few pauses made."""


class AdaptiveRate:
    """How many requests a second: the limit of a server that tells none is found, and kept.

    It begins modestly and grows with every response until the first refusal, so that a setting far
    above the server's limit costs no burst of refusals. From then on it follows a curve of third
    degree (as CUBIC does for TCP) around what the server was seen to allow: quickly back to nearly
    that, long just there, and faster and faster beyond, so that a limit that was raised is found.

    It holds no lock; the rate limiter has one.

    Args:
        fastest: The user's setting, which is never exceeded.
    """

    def __init__(self, fastest: float) -> None:
        self._fastest = float(fastest)
        self.rate = min(self._fastest, START_RATE)
        self._allowed: float | None = None
        self._answers = 0
        self._sent: deque[float] = deque(maxlen=1000)
        self._resumed = math.inf
        self._pressed = False

    def resume(self, moment: float) -> None:
        """Note when requests go on after a pause: before that moment there are none to count."""
        self._resumed = moment

    def turn(self, *, waits: bool) -> None:
        """Note whether the request whose turn it is waits for it: else the rate is not in use."""
        self._pressed = waits

    def sent(self, now: float) -> None:
        """Note a request."""
        self._resumed = min(self._resumed, now)
        self._sent.append(now)

    def served(self) -> None:
        """Grow with a response, if the rate is what holds requests back."""
        if not self._pressed:
            return
        rate = self.rate + _GROWTH
        if self._allowed is not None:
            self._answers += 1
            back = max(_WAY_BACK_ANSWERS, self._allowed * _WAY_BACK_SECONDS)
            rate = self._allowed * (1 + _DIP * (self._answers / back - 1) ** 3)
        self.rate = min(self._fastest, rate)

    def refused(self, sent: float) -> None:
        """Fall below what a server allowed in the second before a request that it refused."""
        allowed = float(sum(sent - 1 < moment < sent for moment in self._sent))
        if not self._pressed:  # then they are few because no more were asked for
            allowed = max(allowed, self.rate * _UNPRESSED)
        elif self._resumed > sent - 1:  # or because less than a second has passed
            allowed = max(allowed, min(self.rate, START_RATE) * _UNPRESSED)
        self._allowed = max(_SLOWEST, min(allowed, self.rate * _BELOW_REFUSED))
        self._answers = 0
        self.rate = max(_SLOWEST, self._allowed * (1 - _DIP))
