"""Report jobs: started, polled with growing waits, never waited for without end."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from source_incontact.api.bodies import payload_of
from source_incontact.api.response_handler import MAX_TRIES_WHILE_RUNNING, ResponseHandler
from source_incontact.api.rules import ALREADY_RUNNING, UNKNOWN_CUSTOM_REPORT
from source_incontact.errors import transient_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_incontact.api.client import InContactApi
    from source_incontact.api.directory import KnownReport
    from source_incontact.api.envelopes import Envelope
    from source_incontact.api.response_handler import ReportLabel

LOGGER = logging.getLogger("airbyte.source_incontact.jobs")

FINISHED = "finished"
"""The one state that is known from a live tenant [L]."""

FAILED_STATES = frozenset(
    {"failed", "error", "cancelled", "canceled", "expired", "timedout", "timed out", "aborted"}
)
"""States that end a job without a file [A 18]; any other but Finished is still running."""

_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 15.0
_FILE_NAME_GRACE_SECONDS = 60.0


class JobResponseHandler(ResponseHandler):
    """Judges the answers about jobs: one of the same report may be running."""

    rules: ClassVar = {404: UNKNOWN_CUSTOM_REPORT, 409: ALREADY_RUNNING}
    tries_by_status: ClassVar = {**ResponseHandler.tries_by_status, 409: MAX_TRIES_WHILE_RUNNING}


class JobRunner:
    """Runs report jobs, at most one of a report at a time.

    Args:
        api: The tenant's API.
        timeout_minutes: How long a job may run.
    """

    def __init__(self, api: InContactApi, timeout_minutes: int) -> None:
        self._api = api
        self._timeout_minutes = timeout_minutes
        self._running: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def run(self, report: KnownReport, label: ReportLabel) -> str:
        """Run a report's job to its end.

        Returns:
            The address of its file.

        Raises:
            AirbyteTracedException: The job failed, left no file, or did not end in time.
        """
        with self._running[report.number]:
            started = time.monotonic()
            job = self._call(
                "POST",
                f"report-jobs/{quote(report.number, safe='')}",
                label,
                # In the query, as the spec and the newest live client do [L].
                {
                    "fileType": "CSV",
                    "includeHeaders": "true",
                    "appendDate": "true",
                    "overwrite": "true",
                },
            ).text("jobId")
            if not job:
                raise transient_error("The API started a job but did not give its number.")
            LOGGER.info("%s: job %s started.", label.name, job)
            return self._wait(job, label, started)

    def _wait(self, job: str, label: ReportLabel, started: float) -> str:
        path = f"report-jobs/{quote(job, safe='', errors='replace')}"
        wait = _FIRST_WAIT_SECONDS
        finished_at: float | None = None
        while True:
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
            answer = self._call("GET", path, label, {})
            now = time.monotonic()
            state, address = answer.text("state"), answer.text("resultFileURL")
            if state.lower() in FAILED_STATES:
                said = f" NICE says: {answer.words}." if answer.words else ""
                raise transient_error(f"Job {job} ended as '{state}'.{said}")
            if state.lower() == FINISHED:
                if address:
                    return address
                finished_at = finished_at or now
                if now - finished_at > _FILE_NAME_GRACE_SECONDS:
                    raise transient_error(f"Job {job} finished, but left no file.")
            if now - started > self._timeout_minutes * 60:
                raise transient_error(
                    f"Job {job} did not end within {self._timeout_minutes} "
                    f"minutes (last state '{state}'). Raise 'job_timeout_minutes', or let the "
                    "report's template cover fewer days."
                )
            LOGGER.info("%s: job %s is %s.", label.name, job, state or "without a state")

    def _call(
        self, method: str, path: str, label: ReportLabel, params: Mapping[str, str]
    ) -> Envelope:
        client = self._api.client_for(label, JobResponseHandler)
        _, response = client.send_request(
            method, f"{self._api.root}{path}", request_kwargs={}, params=params
        )
        payload = payload_of(response)
        if payload is None:
            raise transient_error("The API answered a report job with an empty body.")
        return payload
