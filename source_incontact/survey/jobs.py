"""Looks at a report job, which the command starts only if it is told to."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from source_incontact.api.jobs import JOB_OPTIONS
from source_incontact.families.job_report import FIELD
from source_incontact.survey.findings import Seen, differs, holds
from source_incontact.survey.tenant import UnreadableError, readable

if TYPE_CHECKING:
    from source_incontact.survey.tenant import Response, Tenant

_WAIT_SECONDS = 2.0


def _start(tenant: Tenant) -> Response:
    """Start the first custom report of the form, once.

    Raises:
        UnreadableError: It is not to be started, or there is none.
    """
    if not tenant.with_jobs:
        raise UnreadableError("not looked at without --with-jobs")
    entries = tenant.context.settings.details.custom_reports
    if not entries:
        raise UnreadableError("no custom report is named in the form")
    with readable():
        report = tenant.context.directory.find(entries[0], FIELD)
    return tenant.ask(f"report-jobs/{quote(report.number, safe='')}", JOB_OPTIONS, method="POST")


def _number(response: Response) -> str:
    return response.payload.text("jobId") if response.payload else ""


def job_starts(tenant: Tenant) -> Seen:
    """Start a job with its options in the query."""
    response = _start(tenant)
    if response.status == HTTPStatus.BAD_REQUEST:
        return differs("a job with its options in the query is rejected (400)")
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise UnreadableError(f"answered {response.status}")
    if not _number(response):
        return differs("a job was started, but the response has no jobId")
    return holds(f"a job was started ({response.status})")


def job_state(tenant: Tenant) -> Seen:
    """Ask for the state of the job, once."""
    job = _number(_start(tenant))
    if not job:
        raise UnreadableError("no job could be started")
    time.sleep(_WAIT_SECONDS)
    response = tenant.ask(f"report-jobs/{quote(job, safe='')}")
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise UnreadableError(f"answered {response.status}")
    if response.payload is None or not response.payload.text("state"):
        return differs("the job's state is not where it is looked for")
    return holds("the job's state can be read")
