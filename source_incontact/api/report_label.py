"""What a report is called in messages, and what its responses hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from source_incontact.typed_rows import RowDecoder


@dataclass(frozen=True)
class ReportLabel:
    """What messages say of a report, and what its good responses hold.

    Attributes:
        name: What the person knows it as.
        permission: What a role needs to read it, as in ``"Reporting: view"``.
        records_key: The envelope's keys for the rows; ``None`` if any JSON object will do.
        chosen_in: The field of the form that it can be taken out of.
        decoder: Types its rows while they are parsed; ``None`` to leave them as they came.
    """

    name: str
    permission: str
    records_key: str | Sequence[str] | None = None
    chosen_in: str = "details.reports"
    decoder: RowDecoder | None = None

    @property
    def list_name(self) -> str:
        """The key that the rows are expected under."""
        keys = self.records_key or ""
        return keys if isinstance(keys, str) else keys[0]
