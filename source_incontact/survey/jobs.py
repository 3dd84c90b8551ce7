"""Looks at a report job and its file; the command starts one only if it is told to."""

from __future__ import annotations

import io
import time
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from source_incontact.api.file_body import BrokenFileError, FileBody
from source_incontact.api.jobs import JOB_OPTIONS, JobState
from source_incontact.families.job_report import FIELD
from source_incontact.families.table_layout import OtherLayoutError
from source_incontact.families.tables import inspect_table, read_table
from source_incontact.http.hosts import encoded
from source_incontact.survey.findings import Seen, differs, either, holds, unknown
from source_incontact.survey.tenant import UnreadableError

if TYPE_CHECKING:
    from source_incontact.survey.tenant import Response, Tenant

_WAITS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Before each look at the job."""


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
    report = tenant.in_time(lambda: tenant.context.directory.find(entries[0], FIELD))
    return tenant.ask(f"report-jobs/{quote(report.number, safe='')}", JOB_OPTIONS, method="POST")


def _number(response: Response) -> str:
    return response.payload.text("jobId") if response.payload else ""


def job_starts(tenant: Tenant) -> Seen:
    """Start a job with its options in the query."""
    response = _start(tenant)
    if response.status == HTTPStatus.BAD_REQUEST:
        return differs("a job with its options in the query is rejected (400)")
    response.require_success()
    if not _number(response):
        return differs("a job was started, but the response has no jobId")
    return holds(f"a job was started ({response.status})")


@cache
def _polls(tenant: Tenant) -> tuple[Response, ...]:
    """The responses about the job, until one says that it has ended; a few at most.

    Raises:
        UnreadableError: There is no job, or it cannot be asked for.
    """
    job = _number(_start(tenant))
    if not job:
        raise UnreadableError("no job could be started")
    polls: list[Response] = []
    for wait in _WAITS_SECONDS:
        time.sleep(wait)
        polls.append(tenant.ask(f"report-jobs/{quote(job, safe='')}", again=True))
        polls[-1].require_success()
        if JobState.of(_word(polls[-1])) in {JobState.ENDED, JobState.FAILED}:
            break
    return tuple(polls)


def _word(response: Response) -> str:
    return response.payload.text("state") if response.payload else ""


def job_state(tenant: Tenant) -> Seen:
    """Look where the state of the job stands."""
    if not all(map(_word, _polls(tenant))):
        return differs("the job's state is not where it is looked for")
    return holds("the job's state can be read")


def words_of_state(tenant: Tenant) -> Seen:
    """Look at the words for the state of the job."""
    kinds = [JobState.of(word) for word in map(_word, _polls(tenant)) if word]
    without_meaning = kinds.count(JobState.UNKNOWN)
    if without_meaning:
        return differs(f"{without_meaning} of {len(kinds)} responses had an unknown state")
    if JobState.ENDED not in kinds:
        return unknown(f"the job is {kinds[-1].value}" if kinds else "the job has no state")
    return holds("every state of the job has a known name")


@cache
def _file(tenant: Tenant) -> bytes:
    """The file of the job, decoded.

    Raises:
        UnreadableError: There is none, or it is no file.
    """
    payload = _polls(tenant)[-1].payload
    address = payload.text("resultFileURL") if payload else ""
    if not address:
        raise UnreadableError("the job gives no address of a file")
    response = tenant.send("GET", encoded(address), {})
    if response.status_code != HTTPStatus.OK:
        raise UnreadableError(f"the file is answered {response.status_code}")
    pieces = io.BytesIO()
    body = FileBody(pieces.write)
    try:
        body.feed(response.content)
        body.finish()
    except BrokenFileError:
        raise UnreadableError("the response holds no file") from None
    return pieces.getvalue()


def text_of_file(tenant: Tenant) -> Seen:
    """Read the file of the job as a sync would."""
    file = _file(tenant)
    found: list[str] = []
    try:
        rows = sum(1 for _ in read_table(io.BytesIO(file), found.append))
    except OtherLayoutError:
        return differs("the file is no plain table")
    except BrokenFileError:
        return unknown("the file is not whole")
    return either(
        not found,
        f"a table of {rows} lines, read without a doubt",
        f"a table of {rows} lines, with {len(found)} doubts about its text",
    )


def end_of_file(tenant: Tenant) -> Seen:
    """Look whether the last line of the file ends as the others do."""
    try:
        ends = inspect_table(io.BytesIO(_file(tenant)))
    except OtherLayoutError:
        return unknown("the file is no plain table")
    except BrokenFileError:
        return differs("the file ends within a row")
    return either(ends, "the last line ends as the others do", "the last line has no line end")
