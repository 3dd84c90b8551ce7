"""Handles the responses to a request: by the table of `rules`, and by what a good body looks like.

The CDK sends and repeats; it asks a handler what to do with each response. Refusals are raised from
here, because the CDK's own failure path logs request and response bodies, which hold customers'
data and passwords.
"""

from __future__ import annotations

import logging
import random
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Protocol

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import (
    BackoffStrategy,
    ErrorHandler,
    ErrorResolution,
    ResponseAction,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.bodies import read_body, vendor_message
from source_incontact.api.refusals import (
    BusyError,
    RejectedError,
    TimedOutError,
    TooLargeError,
    UnknownPathError,
)
from source_incontact.api.rules import Action, Rule, rule_for
from source_incontact.errors import RefusalError, error_of
from source_incontact.http.network_errors import (
    description,
    final_error,
    is_about_network,
    is_unknown_host,
)
from source_incontact.http.rate_limiter import retry_after_seconds
from source_incontact.http.session import (
    MAX_RESPONSE_BYTES,
    MAX_RESPONSE_OBJECTS,
    MAX_RESPONSE_VALUES,
    ResponseTooFullError,
    ResponseTooLargeError,
)
from source_incontact.labels import form_field
from source_incontact.messages import reasons, reports
from source_incontact.messages.log import NEXT_TRY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_incontact.api.envelopes import Envelope
    from source_incontact.api.report_label import ReportLabel

LOGGER = logging.getLogger("airbyte.source_incontact.api")

MAX_TRIES = 7
"""Tries of one request; the pauses between them add up to about a minute."""

MAX_TRIES_OF_PROBE = 4
"""Tries of a request that only asks whether a report may be read: about ten seconds."""

MAX_TRIES_OF_UNKNOWN_HOST = 4
"""Tries of a host whose name cannot be found: ten seconds, for a name server that restarts."""

MAX_TRIES_WHEN_BUSY = 12
"""Tries of a request that is refused with 429, each after the rate limiter's own pause."""

MAX_TRIES_WHILE_RUNNING = 20
"""Tries of a report that somebody else, or a sync that was killed, is running: a quarter hour."""

_REJECTED = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
_LATE = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}
_BUSY = {HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
_LONGEST_BACKOFF_SECONDS = 60.0
_AT_ONCE = 0.01
_ONE_DAY_SECONDS = 86_400

TRANSIENT_ERRORS = (
    requests.exceptions.Timeout,
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


class TokenHolder(Protocol):
    """What is told that a token was refused."""

    def reject(self, header: str) -> bool:
        """A 401 refused the token in this ``Authorization`` header; whether to try another."""


class NoToken:
    """For requests that carry no token."""

    def reject(self, header: str) -> bool:  # noqa: ARG002 - there is none
        """Another try may fare better, once."""
        return True


class ResponseHandler(ErrorHandler, BackoffStrategy):
    """Handles the responses to one request: the CDK's error handler and its backoff in one.

    Args:
        label: The report.
        tokens: Told which ``Authorization`` header a 401 refused.
        is_probe: Whether it is enough to learn that the report may be read.

    Attributes:
        label: The report.
        payload: What the response holds, once it can be read; ``None`` if it says "no rows".
    """

    max_tries = MAX_TRIES
    tries_by_status: ClassVar[Mapping[int, int]] = {429: MAX_TRIES_WHEN_BUSY}
    """Tries of what is refused with these status codes."""
    rules: ClassVar[Mapping[int, Rule]] = {}
    """Rows that differ from the table for these reports."""

    def __init__(self, label: ReportLabel, tokens: TokenHolder, *, is_probe: bool = False) -> None:
        self.label = label
        self._is_probe = is_probe
        self._tokens = tokens
        self._has_renewed = False
        self._why = "it did not answer"
        self.payload: Envelope | None = None

    @property
    def max_retries(self) -> int:
        """More than `backoff_time` ever allows: that one ends the tries, with a better message."""
        return 2 * MAX_TRIES_WHILE_RUNNING

    @property
    def max_time(self) -> int:
        """Seconds; tries and pauses are bounded one by one, so this never ends a request first."""
        return _ONE_DAY_SECONDS

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        """What the CDK is to do with a response or a network error.

        Raises:
            AirbyteTracedException: The response is final: it refuses, or it reports a failure.
        """
        if isinstance(response, requests.Response):
            resolution = self._interpret(response)
            self._why = resolution.error_message or self._why
            return resolution
        if isinstance(response, ResponseTooLargeError):
            raise self._too_large(response)
        final = final_error(response) if response is not None else None
        if final is not None:
            raise final
        if isinstance(response, TRANSIENT_ERRORS):
            self._why = description(response)
            return _retry(self._why)
        raise reports.NOT_SENT.error(report=self.label.name, error=type(response).__name__)

    def backoff_time(
        self,
        response_or_exception: requests.Response | requests.RequestException | None,
        attempt_count: int,
    ) -> float:
        """Seconds to wait before the next try; the CDK adds one.

        Raises:
            AirbyteTracedException: The tries are used up (``transient_error``).
        """
        response = response_or_exception
        status = response.status_code if isinstance(response, requests.Response) else None
        busy = status == HTTPStatus.TOO_MANY_REQUESTS
        max_tries = self.tries_by_status.get(status or 0, self.max_tries)
        if self._is_probe:
            max_tries = min(max_tries, MAX_TRIES_OF_PROBE)
        if is_unknown_host(response):
            max_tries = min(max_tries, MAX_TRIES_OF_UNKNOWN_HOST)
        if attempt_count >= max_tries:
            advice = "" if is_about_network(response) else " Run it again later."
            if isinstance(response, requests.exceptions.ConnectionError) and advice:
                advice = (
                    f" Check {form_field('api_host')} if it is filled in, or run it again later."
                )
            raise reports.GAVE_UP.error_of(
                TimedOutError if _is_late(response) else AirbyteTracedException,
                report=self.label.name,
                tries=attempt_count,
                reason=self._why,
                advice=advice,
            )
        if busy or status == HTTPStatus.UNAUTHORIZED:
            return _AT_ONCE  # the rate limiter holds a 429 back; a renewed token needs no pause
        asked = retry_after_seconds(response) if isinstance(response, requests.Response) else None
        grown = min(2.0 ** (attempt_count - 1), _LONGEST_BACKOFF_SECONDS)
        pause = asked or grown * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        note = NEXT_TRY.says(reason=self._why, seconds=pause + 1)
        LOGGER.info("%s: %s", self.label.name, note)
        return pause

    def rule(self, status: int) -> Rule:
        """The rule for a status code."""
        return self.rules.get(status) or rule_for(status)

    def _interpret(self, response: requests.Response) -> ErrorResolution:
        rule = self.rule(response.status_code)
        if self._is_probe and response.status_code in _BUSY:
            raise error_of(BusyError, self._fill(rule, response), FailureType.transient_error)
        if rule.action is not Action.RENEW:
            # The new token served; when it dies in turn, that is no refusal of the account.
            self._has_renewed = False
        if rule.action is Action.READ:
            return self._interpret_body(response)
        if rule.action is Action.EMPTY:
            return success()
        if rule.action is Action.RETRY:
            return _retry(self._fill(rule, response))
        return self._refused(rule, response)

    def _refused(self, rule: Rule, response: requests.Response) -> ErrorResolution:
        """Renew the token once for a 401; all else is final."""
        if rule.action is Action.RENEW and not self._has_renewed:
            self._has_renewed = True
            if self._tokens.reject(str(response.request.headers.get("Authorization", ""))):
                return _retry(reasons.TOKEN_ENDED.says())
        failure = rule.message.failure if rule.message else FailureType.system_error
        kind: type[AirbyteTracedException] = RefusalError
        if failure is not FailureType.config_error:
            is_rejected = response.status_code in _REJECTED
            kind = RejectedError if is_rejected else AirbyteTracedException
        elif response.status_code == HTTPStatus.NOT_FOUND:
            kind = UnknownPathError
        raise error_of(kind, self._fill(rule, response), failure)

    def _interpret_body(self, response: requests.Response) -> ErrorResolution:
        try:
            self.payload = read_body(response, self.label.decoder)
        except ValueError as error:
            return _retry(reasons.OTHER_BODY.says(what=error))
        return success() if self.payload is None else self._interpret_payload(self.payload)

    def _interpret_payload(self, payload: Envelope) -> ErrorResolution:
        if payload.error_words:
            raise reports.FAILURE_REPORTED.error(report=self.label.name, words=payload.error_words)
        keys = self.label.records_key
        if keys is None:
            return success()
        if not payload.has_rows(keys):
            said = f"; it says: {payload.failure}" if payload.failure else ""
            return _retry(reasons.NO_LIST.says(name=self.label.list_name, words=said))
        if payload.failure and not payload.rows(keys):
            return _retry(reasons.NO_ROWS_BUT_WORDS.says(words=payload.failure))
        return success()

    def _too_large(self, error: ResponseTooLargeError) -> AirbyteTracedException:
        if isinstance(error, ResponseTooFullError):
            return reports.TOO_FULL.error_of(
                TooLargeError,
                report=self.label.name,
                objects=MAX_RESPONSE_OBJECTS,
                values=MAX_RESPONSE_VALUES,
            )
        return reports.TOO_LARGE.error(report=self.label.name, mib=MAX_RESPONSE_BYTES >> 20)

    def _fill(self, rule: Rule, response: requests.Response) -> str:
        if rule.message is None:
            return ""
        words = vendor_message(response)
        return rule.message.says(
            report=self.label.name,
            permission=self.label.permission,
            chosen_in=form_field(self.label.chosen_in),
            status=response.status_code,
            words=f", {words}" if words else "",
        )


def _is_late(response: object) -> bool:
    """Whether a try ended because the response did not come in time."""
    if isinstance(response, requests.Response):
        return response.status_code in _LATE
    return isinstance(response, requests.exceptions.Timeout)


def success() -> ErrorResolution:
    """The response can be read."""
    return ErrorResolution(ResponseAction.SUCCESS, None, None)


def _retry(why: str) -> ErrorResolution:
    return ErrorResolution(ResponseAction.RETRY, FailureType.transient_error, why)
