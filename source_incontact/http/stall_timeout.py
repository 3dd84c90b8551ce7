"""How long a sync may go without a record or a state before it gives up."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from source_incontact.messages.reports import STALLED

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SILENCE_SECONDS = 4800.0
"""No request begins after so long a silence. The longest response added to it, a file's, stays
below the two hours after which the platform takes the connector for dead (metadata.yaml)."""

USUAL_JOB_MINUTES = 30


class StallTimeout:
    """The time since a sync last got ahead; one for all its streams and threads.

    Tries, passes and waits are bounded one by one, but a history has thousands of windows: with an
    API that is down for good, their bounds would add up to days of silence.

    Args:
        job_timeout_minutes: How long the user lets a job run; beyond the usual it adds to the
            silence that is allowed.
    """

    def __init__(self, job_timeout_minutes: int) -> None:
        longer = max(0, job_timeout_minutes - USUAL_JOB_MINUTES) * 60
        self._seconds = MAX_SILENCE_SECONDS + longer
        self._since = time.monotonic()
        self._paused_at: float | None = None

    @contextmanager
    def paused(self, *, renew: bool) -> Iterator[None]:
        """While a message is handed on, nobody waits for the API; a record or a state renews."""
        self._paused_at = began = time.monotonic()
        yield
        now, self._paused_at = time.monotonic(), None
        self._since = now if renew else self._since + now - began

    def require(self) -> None:
        """Pass if the sync still gets ahead.

        Raises:
            AirbyteTracedException: It does not (``transient_error``).
        """
        if (self._paused_at or time.monotonic()) - self._since > self._seconds:
            raise STALLED.error(minutes=self._seconds / 60)
