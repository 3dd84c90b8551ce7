"""The form's date choice on the day of the sync, its mistakes named by field."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from source_incontact.labels import form_field
from source_incontact.messages import log
from source_incontact.messages.form import WRONG_DAY
from source_incontact.windows.days import (
    EARLIEST_DAY,
    DayOutOfRangeError,
    DaySpan,
    day_span,
    local_day,
)

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from source_incontact.form.config import Details


RETENTION_DAYS = 760
"""The vendor keeps contact summaries for 25 months, by a page of 2019 [S]. Never clamped to."""

LOGGER = logging.getLogger("airbyte.source_incontact.form.date_selection")


def warn_beyond_retention(days: DaySpan, now: datetime) -> None:
    """Say that the vendor may no longer hold what is asked for; it is asked for all the same."""
    if (now.date() - days.first).days > RETENTION_DAYS:
        LOGGER.warning(log.OLD_DAYS.says(first=days.first))


def chosen_days(details: Details, now: datetime, zone: ZoneInfo | None = None) -> DaySpan:
    """The local days to read, as seen at ``now``.

    Args:
        details: The form's choice.
        now: The instant of the sync.
        zone: Whose midnight begins a day, if not that of the form.

    Raises:
        AirbyteTracedException: The choice holds a day that cannot be read (``config_error``).
    """
    today = local_day(now, zone or details.time_zone)
    choice = details.date
    try:
        return day_span(*choice.bounds(), today)
    except DayOutOfRangeError as error:
        field = choice.START_FIELD if error.bound == "start" else choice.END_FIELD
        side = getattr(choice, field)
        entered = getattr(side, "entered", side)
        raise WRONG_DAY.error(
            where=form_field(f"details.date.{field}"),
            entered=entered,
            reason=error.reason,
            earliest=EARLIEST_DAY,
            zone=details.time_zone.key,
        ) from None
