"""Data downloads: a file for each day, asked for and answered in one call."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from source_incontact.api.directory import KnownReport
from source_incontact.api.files import FileFetcher
from source_incontact.api.report_label import ReportLabel
from source_incontact.families.file_rows import (
    HEADER_BYTES,
    REPORT_ID,
    REPORT_NAME,
    REPORT_START,
    ROW_NUMBER,
    FileReader,
    file_schema,
)
from source_incontact.families.report import Report
from source_incontact.families.rows import BUSINESS_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_incontact.api.client import InContactApi
    from source_incontact.api.directory import ReportDirectory
    from source_incontact.api.spool import Spool

FIELD = "details.data_downloads"


class DataDownload(Report):
    """A data download report, a local day at a time.

    Args:
        api: The tenant's API.
        directory: The reports that exist.
        entry: The report's number, or a name that the API lists.
        name: Name of the stream.
    """

    permission = "Data Download: view"
    key = (REPORT_START, ROW_NUMBER)
    cursor_field = REPORT_START
    keyed_by_window = True

    def __init__(
        self, api: InContactApi, directory: ReportDirectory, entry: str, name: str
    ) -> None:
        self._stream_name = name
        self._entry = entry
        # Entries without ASCII letters all give one name, told apart by their places alone.
        self.subject = f"report {entry.casefold()}"
        self._columns: list[str] = []
        super().__init__(api)
        self._directory = directory
        self._reader = FileReader(name)
        label = ReportLabel(name, self.permission, chosen_in="details.data_downloads")
        self._fetcher = FileFetcher(api, label, self._reader.inspect)

    @property
    def name(self) -> str:
        """Name of the stream."""
        return self._stream_name

    def expect(self, properties: Iterable[str]) -> None:
        """Take note of the properties that the connection's catalog lists."""
        self._reader.expect(properties)

    def get_json_schema(self) -> Mapping[str, Any]:  # type: ignore[override]  # the CDK caches its own
        """Our fields, and the columns if they were learnt."""
        return file_schema(self._columns, dated=True)

    @cached_property
    def report(self) -> KnownReport:
        """The report; a number is taken at its word, since the API may not list it [A 19]."""
        if self._entry.isascii() and self._entry.isdigit():
            return KnownReport(self._entry, self._entry)
        return self._directory.find(self._entry, FIELD)

    def probe(self, window: Mapping[str, Any]) -> object:
        """Read the header of one window's file."""
        return self.discover_columns(window)

    def discover_columns(self, window: Mapping[str, Any]) -> bool:
        """Read the header of one window's file; whether it has one."""
        self._columns = self._reader.header(self._ask(window, HEADER_BYTES))
        return bool(self._columns)

    def read_pages(self, window: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """The rows of the day's file, after all of it has arrived."""
        stamp = {
            BUSINESS_UNIT: self.api.business_unit_id,
            REPORT_ID: self.report.number,
            REPORT_NAME: self.report.name,
            REPORT_START: window["start"],
        }
        return self._reader.pages(self._ask(window), stamp)

    def _ask(self, window: Mapping[str, Any], enough: int | None = None) -> Spool | None:
        return self._fetcher.ask(
            f"{self.api.root}report-jobs/datadownload/{self.report.number}",
            {
                "startDate": window["start"],
                "endDate": window["end"],
                "saveAsFile": "false",
                "includeHeaders": "true",
            },
            enough,
        )
