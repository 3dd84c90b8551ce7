"""A tenant that is asked within a budget, and whose refusals are answers too."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar, cast

import requests

from source_incontact.api.bodies import read_body
from source_incontact.api.report_label import ReportLabel
from source_incontact.api.response_handler import ResponseHandler, success
from source_incontact.errors import RefusalError
from source_incontact.side_by_side import Probe, ask_all
from source_incontact.typed_rows import as_dict
from source_incontact.windows.days import floor_quarter, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution

    from source_incontact.api.envelopes import Envelope
    from source_incontact.context import SyncContext

SURVEY_SECONDS = 300.0
"""After which nothing is asked or waited for."""
_LABEL = ReportLabel("the survey", "whatever the role may view")
_WORST_TRIES = 4
"""Requests that one question may take: tries after a broken connection or a renewed token."""
_TRIES_WHEN_BUSY = 3
_QUESTION = "question"

Row = dict[str, Any]
_Result = TypeVar("_Result")


class UnreadableError(Exception):
    """A question has no response that could be looked at; the text says why, for a person."""


class SurveyResponseHandler(ResponseHandler):
    """Takes every response as it is, whatever its status, but for an expired token."""

    max_tries = _WORST_TRIES

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        """What the CDK is to do with a response or a network error."""
        if not isinstance(response, requests.Response):
            return super().interpret_response(response)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            with suppress(RefusalError):
                return super().interpret_response(response)
        return success()


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
        self.require_success()
        if self.status == HTTPStatus.NO_CONTENT:
            return []
        if self.payload is None or not self.payload.has_rows(keys):
            name = keys if isinstance(keys, str) else keys[0]
            raise UnreadableError(f"{self.kind} without the list '{name}'")
        return [as_dict(row) for row in self.payload.rows(keys)]

    def require_success(self) -> None:
        """Pass if it is no refusal.

        Raises:
            UnreadableError: It is one.
        """
        if self.status >= HTTPStatus.BAD_REQUEST:
            raise UnreadableError(_REASONS.get(self.status, f"answered {self.status}"))


_REASONS = {
    400: "rejected (400)",
    403: "no permission (403)",
    404: "no such path in this API version (404)",
    429: "too many requests (429)",
}


@dataclass(eq=False)
class Tenant:
    """Asks a tenant through the connector's own session, each question once.

    Args:
        context: The config.
        budget: Most requests, sign-in and repeated tries included.
        deadline: When the time is up, by `time.monotonic`.
        with_jobs: Whether a report job may be started.

    Attributes:
        statuses: The status of each response, in order.
        pauses: The ``Retry-After`` of each 429, in order; ``""`` where there was none.
        largest_page: Most rows of one response.
    """

    context: SyncContext
    budget: int
    deadline: float
    with_jobs: bool = False
    statuses: list[int] = field(default_factory=list)
    pauses: list[str] = field(default_factory=list)
    largest_page: int = 0

    def __post_init__(self) -> None:
        """No network call."""
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

    def in_time(self, ask: Callable[[], _Result]) -> _Result:
        """What a call returns.

        Raises:
            UnreadableError: The budget of requests or of time is used up, or the call failed.
        """
        if self.sent + _WORST_TRIES > self.budget:
            raise UnreadableError("not looked at: the budget of requests is used up")
        is_late = time.monotonic() > self.deadline
        result = None if is_late else ask_all([Probe(_QUESTION, ask)], self.deadline).get(_QUESTION)
        if result is None:
            raise UnreadableError("not looked at: the time is up")
        if result.error is not None:
            raise UnreadableError("the request failed again and again")
        return cast("_Result", result.value)

    def ask(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        method: str = "GET",
        *,
        again: bool = False,
    ) -> Response:
        """The response to one question.

        Args:
            path: Below the API version, or below the host if it begins with a slash.
            params: The query.
            method: ``POST`` to start a job.
            again: Whether the response may have changed since it was asked for.

        Raises:
            UnreadableError: The budget of requests or of time is used up, or the request failed.
        """
        query = dict(params or {})
        question = method, path, tuple(sorted(query.items()))
        if again or question not in self._responses:
            api = self.context.api
            url = f"{api.origin}{path[1:]}" if path.startswith("/") else f"{api.root}{path}"
            response = self._responses[question] = _response(self.send(method, url, query))
            if response.payload is not None:
                self.largest_page = max(self.largest_page, *response.payload.list_sizes, 0)
        return self._responses[question]

    def rows(self, path: str, keys: str | Sequence[str], params: Mapping[str, str]) -> list[Row]:
        """The rows of a response.

        Raises:
            UnreadableError: There are none to be had.
        """
        return self.ask(path, params).rows(keys)

    def send(self, method: str, url: str, query: Mapping[str, str]) -> requests.Response:
        """The response to one question as it came; a 429 is asked again after its pause.

        Raises:
            UnreadableError: The budget of requests or of time is used up, or the request failed.
        """
        send = partial(self._client.send, method, url, query)
        response = self._once(send)
        for _ in range(_TRIES_WHEN_BUSY - 1):
            if response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                break
            response = self._once(send)
        return response

    def _once(self, send: Callable[[], requests.Response]) -> requests.Response:
        response = self.in_time(send)
        self.statuses.append(response.status_code)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self.pauses.append(response.headers.get("Retry-After", "").strip())
        return response


def _response(response: requests.Response) -> Response:
    try:
        payload = read_body(response)
    except ValueError:
        kind = "no JSON" if response.content else "empty"
        return Response(response.status_code, None, kind)
    return Response(response.status_code, payload, "empty" if payload is None else "JSON")
