"""Airbyte source for the reports of a NICE inContact (CXone) contact centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from source_incontact.source import SourceIncontact

__all__ = ["SourceIncontact"]


def __getattr__(name: str) -> type[SourceIncontact]:
    """The source, imported at first use: the CDK takes seconds, and ``spec`` does without."""
    if name == "SourceIncontact":
        from source_incontact.source import SourceIncontact  # noqa: PLC0415 - see above

        return SourceIncontact
    raise AttributeError(name)
