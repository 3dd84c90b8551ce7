"""The shared token on every request: one sign-in serves all streams and threads."""

from __future__ import annotations

import logging
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests.auth import AuthBase

if TYPE_CHECKING:
    import requests

    from source_incontact.api.signin import SignIn
    from source_incontact.api.tokens import Token

MAX_USELESS_TOKENS = 2
"""How many tokens in a row may be rejected unused before no further one is asked for."""

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
        self._has_served = False
        self._useless = 0  # tokens in a row that were rejected before they served
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
                self._has_served = False
                LOGGER.info("Signed in.")
            return self._token

    def _mint(self) -> Token:
        try:
            return self._sign_in.mint()
        except AirbyteTracedException as error:
            if error.failure_type is FailureType.config_error:
                self._refused = error
            raise

    def reject(self, header: str) -> bool:
        """Forget the token that an ``Authorization`` header carried, unless it was replaced.

        Returns:
            Whether another token can be had; the last of several useless ones is kept.
        """
        with self._lock:
            if self._token is None or header != f"Bearer {self._token.value}":
                return True
            self._useless = 0 if self._has_served else self._useless + 1
            if self._useless >= MAX_USELESS_TOKENS:
                return False
            self._token = None
            return True

    def _note(self, response: requests.Response, **_: object) -> None:
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            self._has_served = True

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Called by requests for each new request and by the CDK for each further try."""
        request.headers["Authorization"] = f"Bearer {self.token.value}"
        if self._note not in request.hooks["response"]:
            request.hooks["response"].append(self._note)
        return request
