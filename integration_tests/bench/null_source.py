"""The cost of a record without a connector: a CDK source whose records are ready made.

    python -m integration_tests.bench.null_source read --config C --catalog K

The config names a file of records (``records``) and how often each slice yields them (``slices``).
The engine, the cursor and the entry point are the CDK's own.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.models import AirbyteStateMessage, ConfiguredAirbyteCatalog, ConnectorSpecification
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.sources.streams.concurrent.cursor import FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import (
    PartitionGenerator,
)
from airbyte_cdk.sources.types import Record

from source_incontact import source as ours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

NAME = "contacts"
_MANIFEST = Path(ours.__file__).with_name("manifest.yaml")


class _Slice(Partition):
    def __init__(self, number: int, rows: list[dict[str, Any]]) -> None:
        self._number, self._rows = number, rows

    def read(self) -> Iterable[Record]:
        for row in self._rows:
            yield Record(data=row, stream_name=NAME)

    def to_slice(self) -> Mapping[str, Any]:
        return {"number": self._number}

    def stream_name(self) -> str:
        return NAME

    def __hash__(self) -> int:
        return self._number


class _Slices(PartitionGenerator):
    def __init__(self, count: int, rows: list[dict[str, Any]]) -> None:
        self._count, self._rows = count, rows

    def generate(self) -> Iterator[Partition]:
        for number in range(self._count):
            yield _Slice(number, self._rows)


class NullSource(YamlDeclarativeSource):
    """One stream of records that lie in a file."""

    def streams(self, config: Mapping[str, Any]) -> list[AbstractStream]:
        """The stream."""
        rows = json.loads(Path(config["records"]).read_text(encoding="utf-8"))
        return [
            DefaultStream(
                partition_generator=_Slices(config["slices"], rows),
                name=NAME,
                json_schema={},
                primary_key=[],
                cursor_field=None,
                logger=logging.getLogger("airbyte"),
                cursor=FinalStateCursor(NAME, None, self._message_repository),
            )
        ]

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:  # noqa: ARG002 - the CDK's signature
        """Anything goes."""
        return ConnectorSpecification(connectionSpecification={})


def main() -> None:
    """Run the command line's command."""
    args = sys.argv[1:]
    parsed = AirbyteEntrypoint.parse_args(args)
    config = NullSource.read_config(parsed.config)
    catalog: ConfiguredAirbyteCatalog = NullSource.read_catalog(parsed.catalog)
    state: list[AirbyteStateMessage] = []
    launch(NullSource(str(_MANIFEST), catalog=catalog, config=config, state=state), args)


if __name__ == "__main__":
    main()
