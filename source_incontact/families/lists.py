"""What the packaged manifest's list streams are made of: read every page, prove it, type it."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the CDK's factory reads the annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever

from source_incontact.context import SyncContext
from source_incontact.error_context import error_context
from source_incontact.families.json_rows import Endpoint, JsonRows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airbyte_cdk.sources.types import StreamSlice

PAGE_SIZE = 1000
"""Rows asked for at once: the vendor's own default for its largest lists [S]; it may give fewer."""


@dataclass
class ListRetriever(Retriever):
    """Reads one list of the admin API.

    Attributes:
        config: The config, bound to the API objects that all streams share.
        name: Name of the stream.
        path: Path below the API version.
        records_key: The envelope's keys for the rows, the preferred one first.
        primary_key: The fields that identify a row.
        permission: What a role needs to read the list.
        paged: Whether the list comes in pages.
        never_empty: Whether it has at least one row: what belongs to the API user.
        explode: A field that holds a list of objects; each becomes a row.
        identity: What tells rows of a response apart, if not the primary key.
        fallbacks: Queries that together give the list, where the plain one is rejected.
        renames: Other names of fields in some API versions.
        credentials: Fields that hold credentials and are never emitted.
    """

    config: Mapping[str, Any]
    name: str
    path: str
    records_key: str | list[str]
    primary_key: str | list[str]
    permission: str
    paged: bool = True
    never_empty: bool = False
    explode: str = ""
    identity: list[str] = field(default_factory=list)
    fallbacks: list[dict[str, str]] = field(default_factory=list)
    renames: dict[str, str] = field(default_factory=dict)
    credentials: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Called by the CDK's factory; no network call."""
        if not isinstance(self.config, SyncContext):
            raise TypeError("the list streams of the manifest need the source's own config")
        self._api = self.config.api
        self._pack = self.config.pack

    def read_records(
        self,
        records_schema: Mapping[str, Any],
        stream_slice: StreamSlice | None = None,
    ) -> Iterable[Mapping[str, Any]]:
        """Every row of the list, once, as typed records.

        Raises:
            AirbyteTracedException: The list could not be read, or not be proved complete.
        """
        key = [self.primary_key] if isinstance(self.primary_key, str) else self.primary_key
        endpoint = Endpoint(
            path=self.path,
            records_key=self.records_key,
            key=self.identity or key,
            permission=self.permission,
            page_size=PAGE_SIZE,
            paged=self.paged,
            never_empty=self.never_empty,
            explode=self.explode,
            fallbacks=self.fallbacks,
            renames=self.renames,
            credentials=self.credentials,
        )
        rows = JsonRows(self._api, self.name, endpoint, records_schema)
        with error_context(self.name):
            yield from self._pack(self.name, rows.read({}), stream_slice)
