"""Sends requests through the CDK's client, each with a response handler of its own."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.streams.http import HttpClient
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.report_label import ReportLabel
from source_incontact.api.response_handler import NoToken, ResponseHandler
from source_incontact.http.session import ApiSession
from source_incontact.messages.log import DISCOVERY_SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from source_incontact.api.envelopes import Envelope
    from source_incontact.api.response_handler import TokenHolder
    from source_incontact.http.clock import ClockCheck
    from source_incontact.http.rate_limiter import RateLimiter

LOGGER = logging.getLogger("airbyte.source_incontact.api")

_QUIET = logging.getLogger("airbyte.source_incontact.http")
_QUIET.setLevel(logging.INFO)  # at debug level the CDK logs bodies and headers: data and secrets


class Caller:
    """Sends the requests that need no token: sign-in and discovery.

    Args:
        limiter: The rate limiter shared with every other request.
        clock: The comparison of clocks shared with every other request.
    """

    def __init__(self, limiter: RateLimiter, clock: ClockCheck) -> None:
        self._session = ApiSession(limiter, clock)
        # Without an auth of its own, requests would take one from a .netrc file.
        self._session.auth = lambda request: request

    def post(
        self,
        url: str,
        handler: ResponseHandler,
        *,
        headers: Mapping[str, str] | None = None,
        json: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """The JSON object that answers a form or JSON body."""
        return self._call("POST", url, handler, headers=headers, json=json, data=data)

    def look_up(self, url: str) -> Mapping[str, Any]:
        """A public JSON document, or ``{}`` if it cannot be read: sign-in can do without."""
        try:
            return self._call(
                "GET", url, ResponseHandler(ReportLabel("discovery", "none"), NoToken())
            )
        except AirbyteTracedException:
            LOGGER.warning(DISCOVERY_SILENT.says(address=url.partition("?")[0]))
            return {}

    def _call(
        self, method: str, url: str, handler: ResponseHandler, **kwargs: Any
    ) -> Mapping[str, Any]:
        _send(self._session, handler, method, url, **kwargs)
        return handler.payload.document if handler.payload is not None else {}


class ReportClient:
    """Asks the API about one report. Safe to share between threads.

    Args:
        session: Sends the requests.
        label: The report.
        tokens: Told of tokens that are refused.
        handler: The kind of response handler.
        is_probe: Whether it is enough to learn that the report may be read.
    """

    def __init__(
        self,
        session: ApiSession,
        label: ReportLabel,
        tokens: TokenHolder,
        handler: type[ResponseHandler] = ResponseHandler,
        *,
        is_probe: bool = False,
    ) -> None:
        self._session = session
        self._name = label.name
        self._make_handler = partial(handler, label, tokens, is_probe=is_probe)
        self._has_warned = False

    def ask(self, method: str, url: str, **content: Any) -> Envelope | None:
        """The JSON object of a response; ``None`` if it says "no rows".

        Args:
            method: ``GET`` or ``POST``.
            url: What to ask.
            content: ``params`` for the query, ``json`` for the body.

        Raises:
            AirbyteTracedException: The response is a refusal, or the tries are used up.
        """
        handler = self._make_handler()
        _send(self._session, handler, method, url, **content)
        payload = handler.payload
        if payload is not None and payload.repairs and not self._has_warned:
            self._has_warned = True
            LOGGER.warning("%s: a response holds %s.", self._name, payload.repairs)
        return payload

    def send(
        self, method: str, url: str, params: Mapping[str, str], *, stream: bool = False
    ) -> requests.Response:
        """A response whose body the caller reads.

        Raises:
            AirbyteTracedException: It is a refusal, or the tries are used up.
        """
        return _send(self._session, self._make_handler(), method, url, params=params, stream=stream)


def _send(
    session: ApiSession,
    handler: ResponseHandler,
    method: str,
    url: str,
    *,
    stream: bool = False,
    **content: Any,
) -> requests.Response:
    """Send one request, as often as the handler asks for it."""
    client = HttpClient(
        name=handler.label.name,
        logger=_QUIET,
        session=session,
        error_handler=handler,
        backoff_strategy=handler,
    )
    return client.send_request(method, url, request_kwargs={"stream": stream}, **content)[1]
