"""Sends requests through the CDK's client, with response handlers of ours."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.streams.http import HttpClient
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.bodies import json_of
from source_incontact.api.response_handler import NoToken, ReportLabel, ResponseHandler
from source_incontact.http.session import ApiSession

if TYPE_CHECKING:
    from collections.abc import Mapping

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
            LOGGER.warning("Discovery gave nothing: %s could not be used.", url.partition("?")[0])
            return {}

    def _call(
        self, method: str, url: str, handler: ResponseHandler, **kwargs: Any
    ) -> Mapping[str, Any]:
        client = make_client(self._session, "sign-in", handler)
        _, response = client.send_request(method, url, request_kwargs={}, **kwargs)
        payload = json_of(response) if response.content else {}
        return payload if isinstance(payload, dict) else {}


def make_client(session: ApiSession, name: str, handler: ResponseHandler) -> HttpClient:
    """A CDK client that lets ``handler`` decide on responses and pauses."""
    return HttpClient(
        name=name, logger=_QUIET, session=session, error_handler=handler, backoff_strategy=handler
    )
