"""The fields of the eight reports, by name and kind, in v30 spelling (L or S)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

Kind = Literal["integer", "number", "boolean", "text", "instant", "duration", "list"]
Row = dict[str, Any]
"""One row: field name to value."""

FIELDS: dict[str, dict[str, Kind]] = json.loads(
    (Path(__file__).parent / "fields.json").read_text(encoding="utf-8")
)
"""Report name to field name to kind; contacts come in two shapes, active and completed (S)."""

WINDOW_FIELDS = frozenset({"startDate", "endDate"})
"""Fields of a summary row that are not on the wire: the client adds the window it asked for (A)."""
