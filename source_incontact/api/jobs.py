"""Report jobs: started, polled with growing waits, never waited for without end."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from source_incontact.api.response_handler import MAX_TRIES_WHILE_RUNNING, ResponseHandler, success
from source_incontact.api.rules import ALREADY_RUNNING, UNKNOWN_CUSTOM_REPORT
from source_incontact.messages import files as messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution

    from source_incontact.api.client import InContactApi
    from source_incontact.api.directory import KnownReport
    from source_incontact.api.envelopes import Envelope
    from source_incontact.api.report_label import ReportLabel

LOGGER = logging.getLogger("airbyte.source_incontact.jobs")

JOB_OPTIONS: Mapping[str, str] = {
    "fileType": "CSV",
    "includeHeaders": "true",
    "appendDate": "true",
    "overwrite": "true",
}
"""How a job is started: in the query, as the spec and the newest live client do [L]."""

_ENDED = frozenset(
    {"finished", "complete", "completed", "success", "successful", "succeeded", "done"}
)
"""States that say a job has ended well. Only Finished is known from a live tenant [L] [A 18]."""

_FAILED = re.compile(r"fail|error|cancel|abort|expire|timedout|timeout|reject|terminated|killed")
"""What the state of a job without a usable file holds [A 18]."""

_RUNNING = frozenset(
    {"running", "queued", "pending", "waiting", "started", "inprogress", "processing", "new"}
)
"""States that speak against an address that is there already [A 18]."""

_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 15.0
_FILE_NAME_GRACE_SECONDS = 60.0


class JobState(Enum):
    """What the word for a job's state means."""

    ENDED = "ended"
    FAILED = "failed"
    RUNNING = "running"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str) -> JobState:
        """The meaning of a word, case and signs apart [A 18]."""
        plain = re.sub(r"[^a-z]", "", word.lower())
        if _FAILED.search(plain):
            return cls.FAILED
        if plain in _ENDED:
            return cls.ENDED
        return cls.RUNNING if plain in _RUNNING else cls.UNKNOWN


@dataclass(frozen=True)
class JobFile:
    """Where a job's file lies.

    Attributes:
        address: Its URL.
        settled: Whether the job says that it is complete.
    """

    address: str
    settled: bool


class JobResponseHandler(ResponseHandler):
    """Handles the responses about jobs: one of the same report may be running."""

    rules: ClassVar = {404: UNKNOWN_CUSTOM_REPORT, 409: ALREADY_RUNNING}
    tries_by_status: ClassVar = {**ResponseHandler.tries_by_status, 409: MAX_TRIES_WHILE_RUNNING}

    def _interpret_payload(self, payload: Envelope) -> ErrorResolution:
        """A job's state is understood by `JobRunner`, which knows the job's number."""
        return success() if payload.states("state") else super()._interpret_payload(payload)


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
        self.waiting: set[str] = set()
        """The entries whose job has started, and is not known to have ended."""

    def run(self, report: KnownReport, entry: str, label: ReportLabel) -> JobFile:
        """Run a report's job to its end.

        Args:
            report: The report.
            entry: What the person entered for it.
            label: The report, for messages.

        Raises:
            AirbyteTracedException: The job failed, left no file, or did not end in time.
        """
        with self._running[report.number]:
            started = time.monotonic()
            job = self._call(
                "POST",
                f"report-jobs/{quote(report.number, safe='')}",
                label,
                JOB_OPTIONS,
            ).text("jobId")
            if not job:
                raise messages.JOB_WITHOUT_NUMBER.error()
            LOGGER.info("%s: job %s started.", label.name, job)
            self.waiting.add(entry)
            try:
                return self._wait(job, f"{job} of '{entry}'", label, started)
            finally:
                self.waiting.discard(entry)

    def _wait(self, job: str, what: str, label: ReportLabel, started: float) -> JobFile:
        path = f"report-jobs/{quote(job, safe='', errors='replace')}"
        wait = _FIRST_WAIT_SECONDS
        ended_at: float | None = None
        while True:
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
            response = self._call("GET", path, label, {})
            now = time.monotonic()
            state, address = response.text("state"), response.text("resultFileURL")
            _require_no_failure(what, state, response)
            meaning = JobState.of(state)
            if address and meaning is not JobState.RUNNING:
                return JobFile(address, settled=True)
            if address or meaning is JobState.ENDED:
                ended_at = ended_at or now
                if now - ended_at > _FILE_NAME_GRACE_SECONDS:
                    if address:
                        return JobFile(address, settled=False)
                    raise messages.JOB_WITHOUT_FILE.error(job=what)
            if now - started > self._timeout_minutes * 60:
                raise messages.JOB_TOO_LONG.error(
                    job=what,
                    minutes=self._timeout_minutes,
                    state=state,
                    or_else=", or let the report's template cover fewer days",
                )
            LOGGER.info("%s: job %s is %s.", label.name, job, state or "without a state")

    def _call(
        self, method: str, path: str, label: ReportLabel, params: Mapping[str, str]
    ) -> Envelope:
        client = self._api.client_for(label, JobResponseHandler)
        payload = client.ask(method, f"{self._api.root}{path}", params=params)
        if payload is None:
            raise messages.JOB_SAYS_NOTHING.error()
        return payload


def _require_no_failure(what: str, state: str, response: Envelope) -> None:
    """Pass if a job has not failed.

    Raises:
        AirbyteTracedException: It has; with the vendor's words.
    """
    words = response.words or response.error_words
    said = f" NICE says: {words}." if words else ""
    if JobState.of(state) is JobState.FAILED:
        raise messages.JOB_FAILED.error(job=what, state=state, words=said)
    if response.error_words:
        raise messages.JOB_REPORTS_FAILURE.error(job=what, state=state, words=said)
