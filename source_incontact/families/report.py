"""What every report read in Python has: a key, a permission, windows, and one way in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from airbyte_cdk.sources.streams.http import HttpStream
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.sources.utils import casing

from source_incontact.typed_rows import as_dict
from source_incontact.windows.grid import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence

    import requests
    from airbyte_cdk.models import SyncMode

    from source_incontact.api.client import InContactApi
    from source_incontact.typed_rows import Row


def is_cut_off(window: Mapping[str, Any]) -> bool:
    """Whether now came before a slice's natural end."""
    return isinstance(window, StreamSlice) and bool(window.extra_fields.get("cut_off"))


class Report(HttpStream, ABC):
    """A report. An instance is shared by all threads and keeps nothing of a request.

    A slice is ``{"start": ..., "end": ...}`` in the wire form, or empty for a report without dates.

    Args:
        api: The tenant's API.
    """

    key: ClassVar[tuple[str, ...]]
    """The fields of the primary key."""
    permission: ClassVar[str] = "Reporting API, view of all teams and skills"
    """What a role needs to read the report; a 403 names it."""
    interval: ClassVar[Interval | None] = Interval.DAY
    """How the days are cut into windows; ``None`` as ``report_interval`` says."""
    keyed_by_window: ClassVar[bool] = False
    """Whether the window's start is part of the key, so that a row belongs to its window alone."""
    utc_days: ClassVar[bool] = False
    """Whether its days are those of UTC, whatever the time zone of the form."""
    least_lookback_days: ClassVar[int] = 0
    """Lookback days that it needs, because its rows settle late; the form may say more."""
    subject: str = ""
    """What the stream's name does not tell for sure: which report of the user's it reads."""

    def __init__(self, api: InContactApi) -> None:
        super().__init__()
        self.api = api

    @property
    def primary_key(self) -> list[str]:
        """The primary key, as the CDK wants it."""
        return list(self.key)

    def expect(self, properties: Iterable[str]) -> None:
        """Take note of the properties that the connection's catalog lists."""

    def is_open(self, record: Row) -> bool:  # noqa: ARG002 - see Contacts
        """Whether a record is not final yet, so that its window has to be read again."""
        return False

    def probe(self, window: Mapping[str, Any]) -> object:
        """Ask cheaply whether the report can be read.

        Raises:
            AirbyteTracedException: It cannot.
        """
        return next(iter(self.read_window(window)), None)

    @abstractmethod
    def read_pages(self, window: Mapping[str, Any]) -> Iterator[Sequence[Row]]:
        """All records of one window, as many at once as come at once.

        Raises:
            AirbyteTracedException: It could not be read whole.
        """

    def read_window(self, window: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The same, one by one."""
        return map(as_dict, chain.from_iterable(self.read_pages(window)))

    def read_records(
        self,
        sync_mode: SyncMode,  # noqa: ARG002 - the CDK's signature
        cursor_field: list[str] | None = None,  # noqa: ARG002 - the CDK's signature
        stream_slice: Mapping[str, Any] | None = None,
        stream_state: Mapping[str, Any] | None = None,  # noqa: ARG002 - the CDK's signature
    ) -> Iterable[MutableMapping[str, Any]]:
        """The same by the CDK's name; its own paging loop would prove nothing."""
        return self.read_window(stream_slice or {})

    # What the CDK demands of an HttpStream; families that send their requests through it override.

    @property
    def url_base(self) -> str:
        """Where the API lies; signs in at first use."""
        return self.api.root

    def path(self, **_: Any) -> str:
        """Path below `url_base`."""
        return ""

    def next_page_token(self, response: requests.Response) -> Mapping[str, Any] | None:  # noqa: ARG002 - the CDK's signature
        """Never used: a family knows its pages."""
        return None

    def parse_response(self, response: requests.Response, **_: Any) -> Iterable[Any]:  # noqa: ARG002 - the CDK's signature
        """Never used where a file is read."""
        return []


class MenuReport(Report):
    """A report that the Report menu offers; the stream has the class's name in snake case."""

    title: ClassVar[str] = ""
    """How the Report menu calls it, where that is not the words of the class's name."""
    is_standard: ClassVar[bool] = False
    """Whether it is read if nothing is chosen in the Report menu."""

    @classmethod
    def stream_name(cls) -> str:
        """The stream's name, before there is an instance."""
        return casing.camel_to_snake(cls.__name__)

    @classmethod
    def menu_title(cls) -> str:
        """How the Report menu calls it."""
        return cls.title or cls.stream_name().replace("_", " ").title()
