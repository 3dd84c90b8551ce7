"""The streams of the reports that the user names: custom reports and data downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_incontact.api.jobs import JobRunner
from source_incontact.families.file_report import DataDownload
from source_incontact.families.job_report import CustomReport
from source_incontact.names import stream_names

if TYPE_CHECKING:
    from source_incontact.context import SyncContext


def custom_reports(bound: SyncContext) -> list[CustomReport]:
    """One for each entry of ``details.custom_reports``. No network call."""
    entries = bound.settings.details.custom_reports
    jobs = JobRunner(bound.api, bound.settings.job_timeout_minutes)
    return [
        CustomReport(bound.api, bound.directory, jobs, entry, name)
        for entry, name in stream_names("custom_report_", entries).items()
    ]


def data_downloads(bound: SyncContext) -> list[DataDownload]:
    """One for each entry of ``details.data_downloads``. No network call."""
    entries = bound.settings.details.data_downloads
    return [
        DataDownload(bound.api, bound.directory, entry, name)
        for entry, name in stream_names("data_download_", entries).items()
    ]
