"""Everything that talks to one tenant, made once and shared by every stream and thread."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests.auth import AuthBase

from source_incontact.api.calls import Caller, make_client
from source_incontact.api.errors import Judge
from source_incontact.api.hosts import HostGuard
from source_incontact.api.limits import Gate
from source_incontact.api.patience import Patience
from source_incontact.api.signin import SignIn
from source_incontact.api.transport import ApiSession

if TYPE_CHECKING:
    import requests
    from airbyte_cdk.sources.streams.http import HttpClient

    from source_incontact.api.errors import ReportLabel
    from source_incontact.api.tokens import Token
    from source_incontact.config import Settings

LOGGER = logging.getLogger("airbyte.source_incontact.api")


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
        self.patience = Patience(settings.job_timeout_minutes)
        """To be renewed whenever the sync gets ahead."""
        gate = Gate(self._guard, settings.requests_per_second, self.patience)
        self._sign_in = SignIn(settings.credentials, settings.api_host, Caller(gate))
        self._lock = threading.Lock()
        self._authenticator = Authenticator(self._sign_in)
        self._session = ApiSession(gate)
        self._session.auth = self._authenticator
        self._root: str | None = None

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
