"""What the connection's catalog says of its streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airbyte_cdk.models import SyncMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airbyte_cdk.models import ConfiguredAirbyteCatalog


class ConfiguredStreams:
    """The streams of a connection by their names.

    Args:
        catalog: The connection's catalog; ``None`` for a command that has none.
    """

    def __init__(self, catalog: ConfiguredAirbyteCatalog | None) -> None:
        self._streams = {one.stream.name: one for one in (catalog.streams if catalog else ())}

    def properties_of(self, name: str) -> Iterable[str]:
        """What the catalog lists of a stream; nothing if it lists no properties."""
        found = self._streams.get(name)
        return (found.stream.json_schema or {}).get("properties") or () if found else ()

    def is_incremental(self, name: str) -> bool:
        """Whether a stream keeps a state."""
        found = self._streams.get(name)
        return found is not None and found.sync_mode is SyncMode.incremental
