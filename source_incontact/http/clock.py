"""Whether the server and this machine agree on the time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from source_incontact.errors import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_DIFFERENCE = timedelta(minutes=15)
"""How far the server's ``Date`` may differ from this machine's clock: one quarter hour, by which
windows are cut [A 41]."""


def moment_of(headers: Mapping[str, str]) -> datetime | None:
    """When a response was sent; ``None`` if it does not tell, or comes from a cache."""
    if "Age" in headers:
        return None
    try:
        moment = parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    # "-0000": UTC, of unknown origin
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment


def require_same_time(headers: Mapping[str, str]) -> None:
    """Pass if a response was sent about now; without a readable ``Date`` it cannot be told.

    A response from a cache says by ``Age`` that its date is an old one.

    Raises:
        AirbyteTracedException: One of the clocks is wrong (``config_error``): by a wrong clock,
            windows that are not over would count as read.
    """
    theirs = moment_of(headers)
    ours = datetime.now(timezone.utc)
    if theirs is not None and abs(ours - theirs) > MAX_DIFFERENCE:
        raise refusal(
            f"The clock of this machine says {ours:%Y-%m-%d %H:%M:%S} UTC, but the server's says "
            f"{theirs.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC. Nothing is counted as read. "
            "Set the clock of the machine that runs Airbyte (NTP), and run the sync again."
        )
