"""The streams of the reports that the user names: custom reports and data downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_incontact.api.jobs import JobRunner
from source_incontact.names import slug, unique_names
from source_incontact.reports.custom import CustomReport
from source_incontact.reports.downloads import DataDownload

if TYPE_CHECKING:
    from source_incontact.binding import BoundConfig


def custom_reports(bound: BoundConfig) -> list[CustomReport]:
    """One for each entry of ``details.custom_reports``. No network call."""
    entries = bound.settings.details.custom_reports
    jobs = JobRunner(bound.api, bound.settings.job_timeout_minutes)
    names = unique_names(f"custom_report_{slug(entry)}" for entry in entries)
    return [
        CustomReport(bound.api, bound.directory, jobs, entry, name)
        for entry, name in zip(entries, names, strict=True)
    ]


def data_downloads(bound: BoundConfig) -> list[DataDownload]:
    """One for each entry of ``details.data_downloads``. No network call."""
    entries = bound.settings.details.data_downloads
    names = unique_names(f"data_download_{slug(entry)}" for entry in entries)
    return [
        DataDownload(bound.api, bound.directory, entry, name)
        for entry, name in zip(entries, names, strict=True)
    ]
