"""Data Extraction: one job after the other, and its file at a signed address of another host.

The service lies beside the reporting API and takes the same token [L]. It lets one user of a tenant
start one job in 30 seconds, and refuses both a job too soon and a role without the permission with
403 [S].
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, ClassVar, Protocol
from urllib.parse import quote, urlsplit

from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets

from source_incontact.api.bodies import json_of
from source_incontact.api.envelopes import Envelope, clean_words
from source_incontact.api.file_body import BrokenFileError
from source_incontact.api.response_handler import TRANSIENT_ERRORS, ResponseHandler, success
from source_incontact.api.rules import Action, Rule
from source_incontact.api.spool import Spool
from source_incontact.errors import RefusalError
from source_incontact.labels import form_field
from source_incontact.messages import files as messages
from source_incontact.messages import reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests
    from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution

    from source_incontact.api.calls import ReportClient
    from source_incontact.api.report_label import ReportLabel

LOGGER = logging.getLogger("airbyte.source_incontact.extraction")

SERVICE = "data-extraction/v1/"
"""Path of the service, beside the reporting API [L]."""
BETWEEN_JOBS_SECONDS = 31.0
"""From one start to the next; the service refuses what comes within 30 seconds [S]."""
TRIES_OF_403 = 5
_FIRST_POLL_SECONDS = 2.0
_POLL_SECONDS = 15.0
_PASSES = 4
"""How often a file is asked for: its address opens for 30 seconds only [S]."""
_POLLS_WITHOUT_ADDRESS = 3
_PIECE = 1 << 16
_ENDED_BADLY = {"FAILED", "CANCELLED", "EXPIRED"}


@dataclass(frozen=True)
class Extraction:
    """What a job extracts.

    Attributes:
        entity: The service's name for it.
        version: Of the entity's columns.
        first: First day, ``2026-11-16``.
        last: The day behind the last one: whether the end is included is not public [A 53].
    """

    entity: str
    version: str
    first: str
    last: str


class StartResponseHandler(ResponseHandler):
    """Handles the responses to the start of a job: 202 with its number, 403 in two meanings."""

    rules: ClassVar[Mapping[int, Rule]] = {
        202: Rule(Action.READ),
        403: Rule(Action.RETRY, reasons.JOB_REFUSED),
    }

    def backoff_time(
        self,
        response_or_exception: requests.Response | requests.RequestException | None,
        attempt_count: int,
    ) -> float:
        """Seconds to wait; for a 403 one more turn of jobs each time.

        Raises:
            AirbyteTracedException: The tries are used up.
        """
        status = getattr(response_or_exception, "status_code", None)
        if status != HTTPStatus.FORBIDDEN:
            return super().backoff_time(response_or_exception, attempt_count)
        if self._is_probe or attempt_count >= TRIES_OF_403:  # a probe starts no job
            raise forbidden(self.label)
        return BETWEEN_JOBS_SECONDS * attempt_count

    def _interpret_body(self, response: requests.Response) -> ErrorResolution:
        """The number of a job is a JSON text, no object."""
        with suppress(ValueError):
            body = json_of(response)
            if _job_id(body):
                self.payload = Envelope(body if isinstance(body, dict) else {"jobId": body})
                return success()
        return super()._interpret_body(response)


def forbidden(label: ReportLabel) -> RefusalError:
    """The error for a lasting 403, which says one of two things."""
    return messages.EXTRACTION_REFUSED.error_of(
        RefusalError,
        report=label.name,
        permission=label.permission,
        chosen_in=form_field(label.chosen_in),
    )


class ExtractionApi(Protocol):
    """What the jobs need of a tenant's API."""

    @property
    def origin(self) -> str:
        """Where the services lie, with a trailing slash."""

    def client_for(self, label: ReportLabel, handler: type[ResponseHandler]) -> ReportClient:
        """What asks about one stream."""

    def fetch_public(self, address: str) -> requests.Response:
        """A streamed response from an address that needs no token."""


class ExtractionJobs:
    """Runs jobs, one at a time for all streams and workers.

    Args:
        api: The tenant's API.
        timeout_minutes: How long a job may run.
    """

    def __init__(self, api: ExtractionApi, timeout_minutes: int) -> None:
        self._api = api
        self._timeout_minutes = timeout_minutes
        self._one_at_a_time = threading.Lock()
        self._started_at: float | None = None
        self._refused: dict[str, RefusalError] = {}

    def run(
        self, what: Extraction, label: ReportLabel, inspect: Callable[[IO[bytes]], object]
    ) -> Spool:
        """The file of a job, whole.

        Args:
            what: What to extract.
            label: The stream, for messages.
            inspect: Reads the file to its end; raises `BrokenFileError` if it is not whole.

        Raises:
            AirbyteTracedException: The job failed, did not end in time, or left no whole file.
        """
        with self._one_at_a_time:
            if label.name in self._refused:  # while this one waited for its turn
                raise self._refused[label.name]
            self._wait_for_turn()
            try:
                job = self._start(what, label)
            except RefusalError as error:
                self._refused[label.name] = error
                raise
            LOGGER.info("%s: job %s started for %s.", label.name, job, what.first)
            why = ""
            for _ in range(_PASSES):
                address = self._poll(job, label)
                spool = Spool()
                try:
                    self._fetch(address, spool)
                    inspect(spool.file)
                except (BrokenFileError, *TRANSIENT_ERRORS) as error:
                    spool.close()
                    is_ours = isinstance(error, BrokenFileError)
                    why = str(error) if is_ours else reasons.BODY_BROKE_OFF.says()
                    LOGGER.warning("%s: the file of job %s: %s.", label.name, job, why)
                except BaseException:
                    spool.close()
                    raise
                else:
                    return spool
        raise messages.EXTRACTION_NOT_WHOLE.error(job=job, passes=_PASSES, reason=why)

    def require_access(self, label: ReportLabel) -> None:
        """Pass if the tenant's jobs can be listed, which starts none.

        Raises:
            AirbyteTracedException: They cannot.
        """
        self._call("GET", "jobs", label)

    def _wait_for_turn(self) -> None:
        if self._started_at is not None:
            time.sleep(max(0.0, self._started_at + BETWEEN_JOBS_SECONDS - time.monotonic()))
        self._started_at = time.monotonic()

    def _start(self, what: Extraction, label: ReportLabel) -> str:
        body = {
            "entityName": what.entity,
            "version": what.version,
            "startDate": what.first,
            "endDate": what.last,
        }
        job = _job_id(self._call("POST", "jobs", label, json=body))
        self._started_at = time.monotonic()  # of the try that succeeded
        if not job:
            raise messages.EXTRACTION_WITHOUT_NUMBER.error()
        return job

    def _poll(self, job: str, label: ReportLabel) -> str:
        """The address of a job's file.

        Raises:
            AirbyteTracedException: It failed, gave no address, or did not end in time.
        """
        began, wait, missing = time.monotonic(), _FIRST_POLL_SECONDS, 0
        while True:
            time.sleep(wait)
            wait = _POLL_SECONDS
            status = self._call("GET", f"jobs/{quote(job, safe='')}", label).get("jobStatus")
            known: dict[str, Any] = status if isinstance(status, dict) else {}
            state = str(known.get("status") or "").upper()
            result = known.get("result")
            said: dict[str, Any] = result if isinstance(result, dict) else {}
            address = str(said.get("url") or "")
            if state in _ENDED_BADLY:
                words = clean_words(said.get("errorMessage") or said.get("messageError"))
                told = f" NICE says: {words}." if words else ""
                raise messages.JOB_FAILED.error(job=job, state=state, words=told)
            if state == "SUCCEEDED" and address:
                return address
            missing += state == "SUCCEEDED"
            if missing >= _POLLS_WITHOUT_ADDRESS:
                raise messages.EXTRACTION_WITHOUT_ADDRESS.error(job=job)
            if time.monotonic() - began > self._timeout_minutes * 60:
                raise messages.JOB_TOO_LONG.error(
                    job=job, minutes=self._timeout_minutes, state=state, or_else=""
                )

    def _call(
        self, method: str, path: str, label: ReportLabel, **content: Mapping[str, str]
    ) -> Mapping[str, Any]:
        client = self._api.client_for(label, StartResponseHandler)
        payload = client.ask(method, f"{self._api.origin}{SERVICE}{path}", **content)
        return payload.document if payload is not None else {}

    def _fetch(self, address: str, spool: Spool) -> None:
        """Receive a file from a signed address, without the token.

        Raises:
            BrokenFileError: There is no file any more, or not all of it came.
        """
        add_to_secrets(urlsplit(address).query or address)
        with closing(self._api.fetch_public(address)) as response:
            if response.status_code != HTTPStatus.OK:
                raise BrokenFileError(reasons.ADDRESS_CLOSED.says(status=response.status_code))
            for piece in response.iter_content(_PIECE):
                spool.write(piece)
        if not spool.size:
            raise BrokenFileError(reasons.EXTRACTED_NOTHING.says())


def _job_id(body: object) -> str:
    """The number of a job: the body itself, or its ``jobId`` [L]."""
    if isinstance(body, dict):
        body = body.get("jobId")
    return str(body).strip() if isinstance(body, (str, int)) else ""
