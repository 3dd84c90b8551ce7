"""Everything that talks to one tenant, made once and shared by every stream and thread."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.http_config import MAX_CONNECTION_POOL_SIZE
from airbyte_cdk.sources.streams.call_rate import LimiterSession
from airbyte_cdk.sources.streams.http import HttpClient
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from source_incontact.api.bodies import json_of
from source_incontact.api.directory import ReportDirectory
from source_incontact.api.errors import Judge, ReportLabel
from source_incontact.api.hosts import HostGuard
from source_incontact.api.limits import Gate
from source_incontact.api.signin import SignIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_incontact.api.tokens import Token
    from source_incontact.config import Settings

CONNECT_TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 120.0
"""Longest silence within an answer. Public clients allow reports up to two minutes [L]."""
MAX_ANSWER_SECONDS = 600.0
"""Longest time that an answer that is read at once may take. The clock is looked at whenever a
piece of 64 KiB, or the end, has arrived; until then the read time-out alone bounds each silence."""

_PIECE = 1 << 16

LOGGER = logging.getLogger("airbyte.source_incontact.api")

_QUIET = logging.getLogger("airbyte.source_incontact.http")
_QUIET.setLevel(logging.INFO)  # at debug level the CDK logs bodies and headers: data and secrets


class ApiSession(LimiterSession):
    """A session whose every send passes the gate, has time-outs and follows no redirect."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(api_budget=gate)
        # Without it the API answers "No known way to render data" [L].
        self.headers["Accept"] = "application/json"
        adapter = HTTPAdapter(
            pool_connections=MAX_CONNECTION_POOL_SIZE, pool_maxsize=MAX_CONNECTION_POOL_SIZE
        )
        self.mount("https://", adapter)
        self.mount("http://", adapter)  # ignore-https-check: a loopback ``api_host`` only

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send one request, and only that one."""
        kwargs["allow_redirects"] = False
        kwargs["timeout"] = kwargs.get("timeout") or (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
        streamed = kwargs.get("stream")
        response = super().send(request, **{**kwargs, "stream": True})
        if not streamed:
            _read_in_time(response)
        return response


def _read_in_time(response: requests.Response) -> None:
    """Read a whole body as requests would, but not for ever: a time-out only bounds each silence.

    Raises:
        requests.exceptions.ReadTimeout: It is not whole after `MAX_ANSWER_SECONDS`.
    """
    deadline = time.monotonic() + MAX_ANSWER_SECONDS
    pieces = []
    for piece in response.iter_content(_PIECE):
        pieces.append(piece)
        if time.monotonic() > deadline:
            response.close()
            raise requests.exceptions.ReadTimeout("the answer is not whole in time")
    response._content = b"".join(pieces)  # noqa: SLF001 - where requests itself keeps it


class Caller:
    """Sends the requests that need no token: sign-in and discovery.

    Args:
        gate: The gate shared with every other request.
    """

    def __init__(self, gate: Gate) -> None:
        self._session = ApiSession(gate)
        # Without an auth of its own, requests would take one from a .netrc file.
        self._session.auth = lambda request: request

    def post(
        self,
        url: str,
        judge: Judge,
        *,
        headers: Mapping[str, str] | None = None,
        json: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """The JSON object that answers a form or JSON body."""
        return self._call("POST", url, judge, headers=headers, json=json, data=data)

    def look_up(self, url: str) -> Mapping[str, Any]:
        """A public JSON document, or ``{}`` if it cannot be read: sign-in can do without."""
        try:
            return self._call("GET", url, Judge(ReportLabel("discovery", "none"), lambda _: None))
        except AirbyteTracedException:
            LOGGER.warning("Discovery gave nothing: %s could not be used.", url.partition("?")[0])
            return {}

    def _call(self, method: str, url: str, judge: Judge, **kwargs: Any) -> Mapping[str, Any]:
        client = make_client(self._session, "sign-in", judge)
        _, response = client.send_request(method, url, request_kwargs={}, **kwargs)
        payload = json_of(response) if response.content else {}
        return payload if isinstance(payload, dict) else {}


class Authenticator(AuthBase):
    """Puts the shared token on a request; one sign-in serves all threads.

    Args:
        sign_in: Mints tokens.
    """

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._refused: AirbyteTracedException | None = None

    @property
    def token(self) -> Token:
        """The current token, minted at first use and renewed before it expires.

        Raises:
            AirbyteTracedException: Sign-in failed. Refused credentials are tried once a sync, not
                once a window: repeating them could lock the user out.
        """
        with self._lock:
            if self._refused is not None:
                raise self._refused
            if self._token is None or time.monotonic() >= self._token.renew_at:
                self._token = self._mint()
                LOGGER.info("Signed in.")
            return self._token

    def _mint(self) -> Token:
        try:
            return self._sign_in.mint()
        except AirbyteTracedException as error:
            if error.failure_type is FailureType.config_error:
                self._refused = error
            raise

    def reject(self, header: str) -> None:
        """Forget the token that an ``Authorization`` header carried, unless it was replaced."""
        with self._lock:
            if self._token is not None and header == f"Bearer {self._token.value}":
                self._token = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Called by requests for each new request and by the CDK for each further try."""
        request.headers["Authorization"] = f"Bearer {self.token.value}"
        return request


class InContactApi:
    """One tenant's API.

    Args:
        settings: The parsed form.
    """

    def __init__(self, settings: Settings) -> None:
        self._version = settings.api_version
        self._guard = HostGuard(settings.api_host)
        gate = Gate(self._guard, settings.requests_per_second)
        self._sign_in = SignIn(settings.credentials, settings.api_host, Caller(gate))
        self._lock = threading.Lock()
        self._authenticator = Authenticator(self._sign_in)
        self._session = ApiSession(gate)
        self._session.auth = self._authenticator
        self._root: str | None = None
        self.directory = ReportDirectory(self)
        """The reports that exist. No network call until one is looked up."""

    @property
    def root(self) -> str:
        """The URL that report paths are joined to, with a trailing slash. Signs in if need be."""
        with self._lock:
            if self._root is None:
                found = self._sign_in.find_root(self._authenticator.token)
                self._root = self._guard.require(found, "The API address given at sign-in")
            return f"{self._root}services/v{self._version}/"

    @property
    def business_unit_id(self) -> int | None:
        """The business unit that the token names, if it names one."""
        return self._authenticator.token.business_unit_id

    def client_for(self, label: ReportLabel, judge: type[Judge] = Judge) -> HttpClient:
        """The CDK's client for one report, on the shared session. No network call.

        Args:
            label: The report.
            judge: Who judges its answers.
        """
        return make_client(self._session, label.name, judge(label, self._authenticator.reject))


def make_client(session: ApiSession, name: str, judge: Judge) -> HttpClient:
    """A CDK client that lets ``judge`` decide on answers and pauses."""
    return HttpClient(
        name=name, logger=_QUIET, session=session, error_handler=judge, backoff_strategy=judge
    )
