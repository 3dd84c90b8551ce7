"""Rows of a tenant as they came: fields without regard to case, and instants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_incontact.windows.days import to_moment

if TYPE_CHECKING:
    from datetime import datetime

    from source_incontact.survey.tenant import Row


def value_of(row: Row, field: str) -> Any:
    """A field of a row as it came, whatever the case of its name."""
    return next((value for name, value in row.items() if name.lower() == field.lower()), None)


def moments_of(rows: list[Row], field: str) -> list[datetime]:
    """The instants in a field, of the rows that have one."""
    found = [to_moment(value_of(row, field)) for row in rows]
    return [moment for moment in found if moment is not None]
