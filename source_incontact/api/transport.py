"""How an answer comes in: within bounded time, within bounded size, from one address only.

A time-out of requests bounds each silence, not their sum: a server that sends a byte a minute is
never silent for long. So every read of a socket, headers included, also looks at a deadline.
"""

from __future__ import annotations

import io
import time
from contextvars import ContextVar
from http import HTTPStatus
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, ClassVar

import requests
from airbyte_cdk.sources.http_config import MAX_CONNECTION_POOL_SIZE
from airbyte_cdk.sources.streams.call_rate import LimiterSession
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ReadTimeoutError

if TYPE_CHECKING:
    import socket

    from source_incontact.api.limits import Gate

CONNECT_TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 120.0
"""Longest silence within an answer. Public clients allow reports up to two minutes [L]."""
MAX_ANSWER_SECONDS = 600.0
"""Longest time from a request to the end of its answer, where the answer is read at once."""
MAX_FILE_SECONDS = 1800.0
"""The same for the answer that streams a report file."""
MAX_ANSWER_BYTES = 128 << 20
"""Largest answer that is read at once, unpacked. A page of 5,000 contacts is about 15 MB; what is
larger than this by far must come in smaller windows, or the worker's memory ends."""

MAX_ANSWER_OBJECTS = 200_000
"""Most objects and lists in it. Two characters of an answer take hundreds of bytes once parsed; the
API gives up to 10,000 rows at once [L]."""
MAX_ANSWER_VALUES = 4_000_000
"""Most values in it, by their commas."""

_PIECE = 1 << 16
_seconds_left: ContextVar[float] = ContextVar("seconds_left", default=MAX_ANSWER_SECONDS)


class AnswerTooLargeError(requests.exceptions.RequestException):
    """An answer is larger than `MAX_ANSWER_BYTES`."""


class AnswerTooFullError(AnswerTooLargeError):
    """An answer holds more than `MAX_ANSWER_OBJECTS` or `MAX_ANSWER_VALUES`."""


class _TimedReader(io.RawIOBase):
    """Reads a socket until a deadline.

    Args:
        raw: The socket's own reader; it keeps its time-out for each silence.
        deadline: `time.monotonic` seconds after which nothing is read any more.
    """

    def __init__(self, raw: io.RawIOBase, deadline: float) -> None:
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """One read of the socket.

        Raises:
            TimeoutError: The deadline has passed; urllib3 takes it for its own.
        """
        if time.monotonic() > self._deadline:
            raise TimeoutError("the answer is not whole in time")
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        deadline = time.monotonic() + _seconds_left.get()
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), deadline))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedSecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


class _TimedAdapter(HTTPAdapter):
    """An adapter, with or without a proxy, whose connections know deadlines."""

    _POOLS: ClassVar = {"http": _TimedPool, "https": _TimedSecurePool}

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        if type(manager) is ProxyManager:  # one for SOCKS has connections of its own
            manager.pool_classes_by_scheme = self._POOLS
        return manager


class ApiSession(LimiterSession):
    """A session whose every send passes the gate, ends in time and follows no redirect."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(api_budget=gate)
        self._gate = gate
        # Without it the API answers "No known way to render data" [L].
        self.headers["Accept"] = "application/json"
        adapter = _TimedAdapter(
            pool_connections=MAX_CONNECTION_POOL_SIZE, pool_maxsize=MAX_CONNECTION_POOL_SIZE
        )
        self.mount("https://", adapter)
        self.mount("http://", adapter)  # ignore-https-check: a loopback ``api_host`` only

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare a request to an allowed address; requests itself chokes on odd ones.

        Raises:
            AirbyteTracedException: The address is not allowed.
        """
        self._gate.require_host(request.url)
        return super().prepare_request(request)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send one request; read its answer too, unless it is a file that is to be streamed.

        Raises:
            AnswerTooLargeError: The answer is too large to be read at once.
        """
        kwargs["timeout"] = kwargs.get("timeout") or (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
        streamed = kwargs.get("stream")
        _seconds_left.set(MAX_FILE_SECONDS if streamed else MAX_ANSWER_SECONDS)
        response = super().send(request, **{**kwargs, "stream": True})
        if not streamed or response.status_code != HTTPStatus.OK:
            _read_whole(response)
        return response

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: with a target, requests reads the whole answer, and may follow it."""


def _read_whole(response: requests.Response) -> None:
    """Read a body as requests would, but not without end."""
    pieces = []
    size = 0
    try:
        for piece in response.iter_content(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_ANSWER_BYTES:
                response.close()
                raise AnswerTooLargeError(request=response.request)
    except requests.exceptions.ConnectionError as error:
        if any(isinstance(reason, ReadTimeoutError) for reason in error.args):
            raise requests.exceptions.ReadTimeout(*error.args, request=response.request) from None
        raise
    content = b"".join(pieces)
    objects = content.count(b"{") + content.count(b"[")
    if objects > MAX_ANSWER_OBJECTS or content.count(b",") > MAX_ANSWER_VALUES:
        raise AnswerTooFullError(request=response.request)
    response._content = content  # noqa: SLF001 - where requests itself keeps it
