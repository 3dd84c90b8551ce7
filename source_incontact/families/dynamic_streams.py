"""The streams of the reports that the user names: custom reports and data downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_incontact.api.jobs import JobRunner
from source_incontact.families.file_report import DataDownload
from source_incontact.families.job_report import CustomReport
from source_incontact.names import slug, unique_names

if TYPE_CHECKING:
    from source_incontact.context import SyncContext


def custom_reports(bound: SyncContext) -> list[CustomReport]:
    """One for each entry of ``details.custom_reports``. No network call."""
    entries = bound.settings.details.custom_reports
    jobs = JobRunner(bound.api, bound.settings.job_timeout_minutes)
    names = unique_names(f"custom_report_{slug(entry)}" for entry in entries)
    return [
        CustomReport(bound.api, bound.directory, jobs, entry, name)
        for entry, name in zip(entries, names, strict=True)
    ]


def data_downloads(bound: SyncContext) -> list[DataDownload]:
    """One for each entry of ``details.data_downloads``. No network call."""
    entries = bound.settings.details.data_downloads
    names = unique_names(f"data_download_{slug(entry)}" for entry in entries)
    return [
        DataDownload(bound.api, bound.directory, entry, name)
        for entry, name in zip(entries, names, strict=True)
    ]
