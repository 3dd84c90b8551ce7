"""A tenant that is asked within a budget, and whose refusals are answers too."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.bodies import payload_of
from source_incontact.api.response_handler import ReportLabel, ResponseHandler, success
from source_incontact.http.clock import moment_of
from source_incontact.typed_rows import as_dict
from source_incontact.windows.days import floor_quarter, to_wire

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution

    from source_incontact.api.envelopes import Envelope
    from source_incontact.context import SyncContext

SURVEY_SECONDS = 300.0
_LABEL = ReportLabel("the survey", "whatever the role may view")
_WORST_TRIES = 4
"""Requests that one question may take: tries after a broken connection or a renewed token."""

Row = dict[str, Any]


class UnreadableError(Exception):
    """A question has no response that could be looked at; the text says why, for a person."""


@contextmanager
def readable() -> Iterator[None]:
    """Say of a request that failed for good that it cannot be looked at."""
    try:
        yield
    except AirbyteTracedException:
        raise UnreadableError("the request failed again and again") from None


class SurveyResponseHandler(ResponseHandler):
    """Takes every response as it is, whatever its status, but for an expired token."""

    max_tries = _WORST_TRIES

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        """What the CDK is to do with a response or a network error."""
        if isinstance(response, requests.Response) and (
            response.status_code != HTTPStatus.UNAUTHORIZED
        ):
            return success()
        return super().interpret_response(response)


@dataclass(frozen=True)
class Response:
    """A response, as far as a survey looks at it.

    Attributes:
        status: Its status code.
        payload: The object that it holds; ``None`` if it is empty or no JSON.
        kind: ``"empty"``, ``"JSON"`` or ``"no JSON"``.
    """

    status: int
    payload: Envelope | None
    kind: str

    def rows(self, keys: str | Sequence[str]) -> list[Row]:
        """The rows under the key, or under one of several, as they came.

        Raises:
            UnreadableError: The response is a refusal, or lacks the list.
        """
        if self.status == HTTPStatus.NO_CONTENT:
            return []
        if self.status >= HTTPStatus.BAD_REQUEST:
            raise UnreadableError(_REASONS.get(self.status, f"answered {self.status}"))
        if self.payload is None or not self.payload.has_rows(keys):
            name = keys if isinstance(keys, str) else keys[0]
            raise UnreadableError(f"{self.kind} without the list '{name}'")
        return [as_dict(row) for row in self.payload.rows(keys)]


_REASONS = {
    400: "rejected (400)",
    403: "no permission (403)",
    404: "no such path in this API version (404)",
    429: "too many requests (429)",
}


@dataclass
class Tenant:
    """Asks a tenant through the connector's own session, each question once.

    Args:
        context: The config.
        budget: Most requests, sign-in and repeated tries included.
        with_jobs: Whether a report job may be started.

    Attributes:
        statuses: How often each status came.
        pauses: What the 429s carried: ``"Retry-After"`` or ``"nothing"``.
        differences: Seconds between the server's clock and ours.
        largest_page: Most rows of one response.
    """

    context: SyncContext
    budget: int
    with_jobs: bool = False
    statuses: dict[int, int] = field(default_factory=dict)
    pauses: set[str] = field(default_factory=set)
    differences: list[float] = field(default_factory=list)
    largest_page: int = 0

    def __post_init__(self) -> None:
        """No network call."""
        self._began = time.monotonic()
        self._responses: dict[Hashable, Response] = {}
        self._client = self.context.api.client_for(_LABEL, SurveyResponseHandler)

    @property
    def sent(self) -> int:
        """Requests sent so far."""
        return self.context.api.requests_sent

    def days_ago(self, days: float, length: float = 1.0) -> dict[str, str]:
        """A window that began so many days ago, as the parameters of a report."""
        start = floor_quarter(self.context.began - timedelta(days=days))
        end = start + timedelta(days=length)
        return {"startDate": to_wire(start), "endDate": to_wire(end)}

    def ask(
        self, path: str, params: Mapping[str, str] | None = None, method: str = "GET"
    ) -> Response:
        """The response to one question.

        Args:
            path: Below the API version, or below the host if it begins with a slash.
            params: The query.
            method: ``POST`` to start a job.

        Raises:
            UnreadableError: The budget of requests or of time is used up, or the request failed.
        """
        query = dict(params or {})
        question = method, path, tuple(sorted(query.items()))
        if question not in self._responses:
            response = self._responses[question] = self._ask(method, path, query)
            if response.payload is not None:
                self.largest_page = max(self.largest_page, *response.payload.list_sizes, 0)
        return self._responses[question]

    def rows(self, path: str, keys: str | Sequence[str], params: Mapping[str, str]) -> list[Row]:
        """The rows of a response.

        Raises:
            UnreadableError: There are none to be had.
        """
        return self.ask(path, params).rows(keys)

    def _ask(self, method: str, path: str, query: dict[str, str]) -> Response:
        if self.sent + _WORST_TRIES > self.budget:
            raise UnreadableError("not looked at: the budget of requests is used up")
        if time.monotonic() - self._began > SURVEY_SECONDS:
            raise UnreadableError("not looked at: the time is up")
        api = self.context.api
        url = f"{api.origin}{path[1:]}" if path.startswith("/") else f"{api.root}{path}"
        with readable():
            _, response = self._client.send_request(method, url, request_kwargs={}, params=query)
        self._note(response)
        try:
            payload = payload_of(response)
        except ValueError:
            return Response(response.status_code, None, _kind_of(response.content))
        return Response(response.status_code, payload, "empty" if payload is None else "JSON")

    def _note(self, response: requests.Response) -> None:
        status = response.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.pauses.add("Retry-After" if "Retry-After" in response.headers else "nothing")
        moment = moment_of(response.headers)
        if moment is not None:
            self.differences.append((moment - datetime.now(timezone.utc)).total_seconds())


def _kind_of(content: bytes) -> str:
    return "no JSON" if content else "empty"
