"""Learning the columns of report files for ``discover``, without waiting too long for any."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.errors import error_context
from source_incontact.windows.days import to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from source_incontact.families.file_report import DataDownload
    from source_incontact.windows.grid import Window

LOGGER = logging.getLogger("airbyte.source_incontact.discover")

PATIENCE_SECONDS = 120.0
"""How long discover waits for a report. All of them are asked at the same time."""

_MOST_DAYS = 31
_GLANCE_SECONDS = 0.2


@dataclass(frozen=True)
class HeaderProbe:
    """How to learn the columns of one stream.

    Attributes:
        stream: Name of the stream.
        learn: Asks the API; whether there is a header.
    """

    stream: str
    learn: Callable[[], bool]


def discover_columns(lessons: Sequence[HeaderProbe]) -> None:
    """Ask for all headers at once, and say of each that stays unknown why it does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    outcomes: dict[str, str] = {}
    threads = [
        # Daemons: a report that never answers may not keep the process alive.
        (lesson, threading.Thread(target=_study, args=(lesson, outcomes), daemon=True))
        for lesson in lessons
    ]
    for _, thread in threads:
        thread.start()
    for lesson, thread in threads:
        while thread.is_alive() and time.monotonic() < deadline:
            thread.join(_GLANCE_SECONDS)
        why = outcomes.get(lesson.stream, f"it did not come within {PATIENCE_SECONDS:.0f} seconds")
        if why:
            LOGGER.warning(
                "%s: the columns are not known yet: %s. The stream can be read all the same; "
                "refresh the schema once the report has rows.",
                lesson.stream,
                why,
            )


def newest_header(download: DataDownload, windows: Sequence[Window]) -> bool:
    """Look for a day whose file has a header, from the newest back; whether there is one."""
    return any(
        download.discover_columns({"start": to_wire(window.start), "end": to_wire(window.end)})
        for window in reversed(windows[-_MOST_DAYS:])
    )


def _study(lesson: HeaderProbe, outcomes: dict[str, str]) -> None:
    try:
        with error_context("its report"):
            found = lesson.learn()
    except AirbyteTracedException as error:
        outcomes[lesson.stream] = filter_secrets(str(error)).rstrip(".")
    else:
        outcomes[lesson.stream] = "" if found else "no file with a header was found"
