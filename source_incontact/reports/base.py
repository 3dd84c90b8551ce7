"""The base of every dated report: which windows, which request, which errors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from airbyte_cdk.sources.streams.http import HttpStream

from source_incontact.api.bodies import payload_of
from source_incontact.api.errors import ReportLabel
from source_incontact.records import Normaliser
from source_incontact.reports.rows import records_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

    import requests

    from source_incontact.api.client import InContactApi


class DatedReport(HttpStream, ABC):
    """A report that is asked for one window at a time.

    A subclass declares the class attributes; the stream's name is the class's name in snake case,
    its schema ``schemas/<name>.json``. An instance is shared by all threads and keeps nothing of a
    request. A slice is ``{"start": ..., "end": ...}`` in the wire form.

    Args:
        api: The tenant's API.
    """

    report_path: ClassVar[str]
    """Path below the API version."""
    rows_key: ClassVar[str]
    """The envelope's key for the rows."""
    key: ClassVar[tuple[str, ...]]
    """The fields of the primary key."""
    permission: ClassVar[str] = "Reporting API, view of all teams and skills"
    """What a role needs to read the report."""
    renames: ClassVar[Mapping[str, str]] = {}
    """Names of fields in other API versions, mapped to the schema's."""
    always_by_day: ClassVar[bool] = False
    """Whether the windows are days, whatever ``report_interval`` says."""

    keyed_by_window: ClassVar[bool] = True
    """Whether the window's start is part of the key, so that a row belongs to its window alone."""

    subject: str = ""
    """What the stream's name does not tell for sure: which report of the user's it reads."""

    def __init__(self, api: InContactApi) -> None:
        super().__init__()
        self.api = api
        self._http_client = api.client_for(ReportLabel(self.name, self.permission, self.rows_key))
        # Made here and not at first use: several threads would make several.
        self.normalise = Normaliser(self.name, self.get_json_schema(), renames=self.renames)

    @property
    def primary_key(self) -> list[str]:
        """The primary key, as the CDK wants it."""
        return list(self.key)

    @abstractmethod
    def read_window(self, window: Mapping[str, Any]) -> Iterable[MutableMapping[str, Any]]:
        """All records of one window.

        Raises:
            AirbyteTracedException: It could not be read whole.
        """

    @property
    def url_base(self) -> str:
        """Where the API lies; signs in at first use."""
        return self.api.root

    def path(self, **_: Any) -> str:
        """Path below `url_base`."""
        return self.report_path

    def request_params(
        self,
        stream_state: Mapping[str, Any] | None,  # noqa: ARG002 - the CDK's signature
        stream_slice: Mapping[str, Any] | None = None,
        next_page_token: Mapping[str, Any] | None = None,  # noqa: ARG002 - the CDK's signature
    ) -> MutableMapping[str, Any]:
        """The window, half open, in UTC."""
        window = stream_slice or {}
        return {"startDate": window["start"], "endDate": window["end"]}

    def parse_response(
        self,
        response: requests.Response,
        *,
        stream_slice: Mapping[str, Any] | None = None,  # noqa: ARG002 - for subclasses
        **_: Any,
    ) -> Iterable[MutableMapping[str, Any]]:
        """The typed records of one answer."""
        return records_of(payload_of(response), self.rows_key, self.normalise, self.api)

    def next_page_token(self, response: requests.Response) -> Mapping[str, Any] | None:  # noqa: ARG002 - the CDK's signature
        """No page follows, unless a family says otherwise."""
        return None
