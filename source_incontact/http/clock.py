"""Whether the server and this machine agree on the time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from source_incontact.messages.signing_in import CLOCKS_DIFFER

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_DIFFERENCE = timedelta(minutes=15)
"""How far the server's ``Date`` may differ from this machine's clock: one quarter hour, by which
windows are cut [A 41]."""


def _moment_of(headers: Mapping[str, str]) -> datetime | None:
    """When a response was sent; ``None`` if it does not tell, or comes from a cache."""
    if "Age" in headers:
        return None
    try:
        moment = parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    # "-0000": UTC, of unknown origin
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment


class ClockCheck:
    """Compares the clock of a tenant's servers with this machine's, response by response.

    Attributes:
        is_required: Whether a wrong clock is an error, or noted only.
        difference: The largest so far, theirs minus ours; ``None`` until a response tells its time.
    """

    def __init__(self) -> None:
        self.is_required = True
        self.difference: timedelta | None = None

    def note(self, headers: Mapping[str, str]) -> None:
        """Take note of when a response was sent; without a readable ``Date`` it cannot be told.

        A response from a cache says by ``Age`` that its date is an old one.

        Raises:
            AirbyteTracedException: One of the clocks is wrong (``config_error``): by a wrong clock,
                windows that are not over would count as read.
        """
        theirs = _moment_of(headers)
        if theirs is None:
            return
        ours = datetime.now(timezone.utc)
        if self.difference is None or abs(theirs - ours) > abs(self.difference):
            self.difference = theirs - ours
        if self.is_required and abs(theirs - ours) > MAX_DIFFERENCE:
            raise CLOCKS_DIFFER.error(ours=ours, theirs=theirs.astimezone(timezone.utc))
