"""Asking for the columns of report files, for ``discover``."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from source_incontact.labels import form_field
from source_incontact.messages import files, log
from source_incontact.side_by_side import ask_all
from source_incontact.windows.days import to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from source_incontact.families.file_report import DataDownload
    from source_incontact.side_by_side import Probe
    from source_incontact.windows.grid import Window

LOGGER = logging.getLogger("airbyte.source_incontact.discover")

DISCOVER_SECONDS = 120.0
"""How long discover waits for a report. All of them are asked at the same time."""

MOST_DAYS = 30
"""How many days before the last chosen one a header is looked for."""

_ADVICE = (
    "A catalog without its columns would take them out of the warehouse, so nothing was "
    f"discovered. Try again later, or take the report out of {form_field('details')}."
)


def discover_columns(probes: Sequence[Probe], running: Callable[[], set[str]]) -> None:
    """Ask for all headers at once. What has no header yet keeps our own fields, with a warning.

    Args:
        probes: One for each stream; the result is whether there is a header.
        running: The streams whose report is being made right now.

    Raises:
        AirbyteTracedException: A header could not be asked for. A catalog without columns that
            exist would be worse than none.
    """
    results = ask_all(probes, time.monotonic() + DISCOVER_SECONDS)
    still_running = running()
    for probe in probes:
        result = results.get(probe.stream)
        if result is None and probe.stream not in still_running:
            raise files.COLUMNS_TOO_LATE.error(
                stream=probe.stream, seconds=DISCOVER_SECONDS, advice=_ADVICE
            )
        if result is not None and result.error is not None:
            said = str(result.error).rstrip(".")
            message = replace(files.COLUMNS_REFUSED, failure=result.error.failure_type)
            raise message.error(stream=probe.stream, reason=said, advice=_ADVICE)
        if result is None or not result.value:
            why = (
                "no file with a header was found"
                if result
                else f"its job was still running after {DISCOVER_SECONDS:.0f} seconds"
            )
            LOGGER.warning("%s: %s", probe.stream, log.COLUMNS_UNKNOWN.says(reason=why))


def newest_header(download: DataDownload, windows: Sequence[Window]) -> bool:
    """Look for a day whose file has a header, from the newest back; whether there is one."""
    return any(
        download.discover_columns({"start": to_wire(window.start), "end": to_wire(window.end)})
        for window in reversed(windows)
    )
