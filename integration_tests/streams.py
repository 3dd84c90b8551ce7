"""The catalogue of the tests: the rows of ``streams.yaml``, and what is derived from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class Stream:
    """What users see of a stream, and where the API serves it.

    Attributes:
        name: Its name in a catalog.
        title: Its entry in the Report menu.
        path: Below the API version, in lower case.
        key: The primary key.
        cursor: The cursor field; empty for a list, which is always read whole.
        permission: What a role needs, as messages and docs name it.
        is_standard: Whether it is read if nothing is chosen.
        by_interval: Whether its windows are as long as the report interval says.
        utc_days: Whether its days are those of UTC, whatever the form's time zone.
        lookback: The least lookback days.
        one_row: What a row is, for the docs.
        personal: Whose personal data it holds, for the docs.
        late: What may come after the end of a window, for the docs.
    """

    name: str
    title: str
    path: str
    key: tuple[str, ...]
    cursor: str = ""
    permission: str = "Reporting API, view of all teams and skills"
    is_standard: bool = False
    by_interval: bool = False
    utc_days: bool = False
    lookback: int = 0
    one_row: str = ""
    personal: str = "-"
    late: str = "late figures"


def _read() -> tuple[Stream, ...]:
    rows: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text("utf-8"))
    for row in rows.values():
        row["key"] = tuple(row["key"].split(", "))
    return tuple(Stream(name=name, **row) for name, row in rows.items())


STREAMS = _read()
"""In the order of the catalog."""
BY_NAME = {stream.name: stream for stream in STREAMS}
LISTS = tuple(stream.name for stream in STREAMS if not stream.cursor)
DATED = tuple(stream.name for stream in STREAMS if stream.cursor)
"""Those with a cursor."""
STANDARD_LISTS = tuple(name for name in LISTS if BY_NAME[name].is_standard)
STANDARD_DATED = tuple(name for name in DATED if BY_NAME[name].is_standard)
FURTHER = tuple(stream.name for stream in STREAMS if not stream.is_standard)
"""Those that are read only if they are chosen."""
TITLES = [stream.title for stream in STREAMS]
