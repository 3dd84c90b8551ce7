"""Custom reports: a job runs the template that the user built, and leaves a file."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.streams.http import HttpStream

from source_incontact.api.errors import ReportLabel
from source_incontact.api.files import FileFetcher
from source_incontact.reports.files import (
    HEADER_BYTES,
    REPORT_ID,
    REPORT_NAME,
    ROW_NUMBER,
    FileReader,
    file_schema,
)
from source_incontact.reports.rows import BUSINESS_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

    import requests

    from source_incontact.api.client import InContactApi
    from source_incontact.api.directory import KnownReport
    from source_incontact.api.files import Spool
    from source_incontact.api.jobs import JobRunner

LOGGER = logging.getLogger("airbyte.source_incontact.custom")

FIELD = "details.custom_reports"
PERMISSION = "Reporting API, view and run of custom reports"


class CustomReport(HttpStream):
    """A report that was built in inContact; its template fixes its dates, not the form.

    Args:
        api: The tenant's API.
        jobs: Runs the job.
        entry: The report's name or number.
        name: Name of the stream.
    """

    cursor_field: list[str] = []  # noqa: RUF012 - the CDK's way to say "none"
    http_method = "POST"
    url_base = ""  # the job runner knows where to ask

    def __init__(self, api: InContactApi, jobs: JobRunner, entry: str, name: str) -> None:
        self._stream_name = name
        super().__init__()
        self.api = api
        self._jobs = jobs
        self._entry = entry
        self._label = ReportLabel(name, PERMISSION)
        self._fetcher = FileFetcher(api, self._label)
        self._reader = FileReader(name)
        self._columns: list[str] = []

    @property
    def name(self) -> str:
        """Name of the stream."""
        return self._stream_name

    @property
    def primary_key(self) -> list[str]:
        """The row's place in the file."""
        return [ROW_NUMBER]

    def get_json_schema(self) -> Mapping[str, Any]:  # type: ignore[override]  # the CDK caches its own
        """Our fields, and the columns if they were learnt."""
        return file_schema(self._columns, dated=False)

    @cached_property
    def report(self) -> KnownReport:
        """The report as the API lists it."""
        return self.api.directory.find(self._entry, FIELD)

    def learn_columns(self) -> bool:
        """Run the report and read its header; whether it has one."""
        self._columns = self._reader.header(self._run(HEADER_BYTES))
        return bool(self._columns)

    def read_window(self, window: Mapping[str, Any]) -> Iterable[MutableMapping[str, Any]]:  # noqa: ARG002 - it has none
        """The rows of the report's file, after all of it has arrived."""
        LOGGER.info(
            "%s: the dates of this report are those of its own template in inContact; the dates "
            "of the form do not reach it.",
            self.name,
        )
        stamp = {
            BUSINESS_UNIT: self.api.business_unit_id,
            REPORT_ID: self.report.number,
            REPORT_NAME: self.report.name,
        }
        return self._reader.records(self._run(), stamp)

    def _run(self, enough: int | None = None) -> Spool | None:
        return self._fetcher.saved(self._jobs.run(self.report, self._label), enough)

    def path(self, **_: Any) -> str:
        """Not used: a job is three requests, each with an address of its own."""
        return ""

    def next_page_token(self, response: requests.Response) -> None:
        """A file has no pages."""

    def parse_response(self, response: requests.Response, **_: Any) -> Iterable[Mapping[str, Any]]:  # noqa: ARG002 - a file is not parsed at once
        """Not used: see `read_window`."""
        return []
