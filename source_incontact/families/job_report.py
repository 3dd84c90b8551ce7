"""Custom reports: a job runs the template that the user built, and leaves a file."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from source_incontact.api.files import FileFetcher
from source_incontact.api.report_label import ReportLabel
from source_incontact.families.file_rows import (
    HEADER_BYTES,
    REPORT_ID,
    REPORT_NAME,
    ROW_NUMBER,
    FileReader,
    file_schema,
)
from source_incontact.families.report import Report
from source_incontact.families.rows import BUSINESS_UNIT
from source_incontact.messages.log import OWN_DATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_incontact.api.client import InContactApi
    from source_incontact.api.directory import KnownReport, ReportDirectory
    from source_incontact.api.jobs import JobFile, JobRunner

LOGGER = logging.getLogger("airbyte.source_incontact.custom")

FIELD = "details.custom_reports"


class CustomReport(Report):
    """A report that was built in inContact; its template fixes its dates, not the form.

    Args:
        api: The tenant's API.
        directory: The reports that exist.
        jobs: Runs the job.
        entry: The report's name or number.
        name: Name of the stream.
    """

    key = (ROW_NUMBER,)
    permission = "Reporting API, view and run of custom reports"
    cursor_field: list[str] = []  # noqa: RUF012 - the CDK's way to say "none"

    def __init__(
        self, api: InContactApi, directory: ReportDirectory, jobs: JobRunner, entry: str, name: str
    ) -> None:
        self._stream_name = name
        super().__init__(api)
        self._directory = directory
        self._jobs = jobs
        self._entry = entry
        self._label = ReportLabel(name, self.permission, chosen_in="details.custom_reports")
        self._reader = FileReader(name)
        self._fetcher = FileFetcher(api, self._label, self._reader.inspect)
        self._columns: list[str] = []

    @property
    def name(self) -> str:
        """Name of the stream."""
        return self._stream_name

    def expect(self, properties: Iterable[str]) -> None:
        """Take note of the properties that the connection's catalog lists."""
        self._reader.expect(properties)

    def get_json_schema(self) -> Mapping[str, Any]:  # type: ignore[override]  # the CDK caches its own
        """Our fields, and the columns if they were learnt."""
        return file_schema(self._columns, dated=False)

    @cached_property
    def report(self) -> KnownReport:
        """The report as the API lists it."""
        return self._directory.find(self._entry, FIELD)

    @property
    def is_waiting(self) -> bool:
        """Whether the report's job is running."""
        return self._entry in self._jobs.waiting

    def probe(self, window: Mapping[str, Any]) -> object:  # noqa: ARG002 - it has none
        """Look the report up: to run its job is not cheap."""
        return self.report

    def discover_columns(self) -> bool:
        """Run the report and read its header; whether it has one."""
        file = self._fetcher.beginning(self._run().address, HEADER_BYTES)
        self._columns = self._reader.header(file)
        return bool(self._columns)

    def read_pages(self, window: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:  # noqa: ARG002 - it has none
        """The rows of the report's file, after all of it has arrived."""
        LOGGER.info("%s: %s", self.name, OWN_DATES.says())
        stamp = {
            BUSINESS_UNIT: self.api.business_unit_id,
            REPORT_ID: self.report.number,
            REPORT_NAME: self.report.name,
        }
        file = self._run()
        return self._reader.pages(self._fetcher.saved(file.address, settled=file.settled), stamp)

    def _run(self) -> JobFile:
        return self._jobs.run(self.report, self._entry, self._label)
