"""How a response comes in: within bounded time, within bounded size, from one address only.

A time-out of requests bounds each silence, not their sum: a server that sends a byte a minute is
never silent for long. So every read of a socket, headers included, also looks at a deadline.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from airbyte_cdk.sources.http_config import MAX_CONNECTION_POOL_SIZE
from airbyte_cdk.sources.streams.call_rate import LimiterSession
from urllib3.exceptions import ReadTimeoutError

from source_incontact.http.deadlines import TimedAdapter, seconds_left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from source_incontact.http.clock import ClockCheck
    from source_incontact.http.rate_limiter import RateLimiter

CONNECT_TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 120.0
"""Longest silence within a response. Public clients allow reports up to two minutes [L]."""
MAX_RESPONSE_SECONDS = 600.0
"""Longest time from a request to the end of its response, where the response is read at once."""
MAX_FILE_SECONDS = 1800.0
"""The same for the response that streams a report file."""
MAX_RESPONSE_BYTES = 128 << 20
"""Largest response that is read at once, unpacked. A page of 5,000 contacts is about 15 MB; what is
larger than this by far must come in smaller windows, or the worker's memory ends."""

MAX_RESPONSE_OBJECTS = 200_000
"""Most objects and lists in it. Two characters of a response take hundreds of bytes once parsed;
the API gives up to 10,000 rows at once [L]."""
MAX_RESPONSE_VALUES = 4_000_000
"""Most values in a response of more than `SMALL_RESPONSE_BYTES`, by their commas."""
SMALL_RESPONSE_BYTES = 16 << 20
"""What takes no more memory than so many values, however many it holds: the shortest, of one
character and a comma, are objects that Python keeps once."""

_PIECE = 1 << 20
"""Bytes of a body of unknown length that are read at once."""
_PACKED_PIECE = 1 << 16
"""The same of a packed one, which may unpack to a thousand times as much."""


class ResponseTooLargeError(requests.exceptions.RequestException):
    """A response is larger than `MAX_RESPONSE_BYTES`."""


class ResponseTooFullError(ResponseTooLargeError):
    """A response holds more than `MAX_RESPONSE_OBJECTS` or `MAX_RESPONSE_VALUES`."""


class ApiSession(LimiterSession):
    """A session whose every send passes the rate limiter, ends in time and follows no redirect."""

    def __init__(self, limiter: RateLimiter, clock: ClockCheck) -> None:
        super().__init__(api_budget=limiter)
        self._limiter = limiter
        self._clock = clock
        # Without it the API answers "No known way to render data" [L].
        self.headers["Accept"] = "application/json"
        adapter = TimedAdapter(
            pool_connections=MAX_CONNECTION_POOL_SIZE, pool_maxsize=MAX_CONNECTION_POOL_SIZE
        )
        self.mount("https://", adapter)
        self.mount("http://", adapter)  # ignore-https-check: a loopback ``api_host`` only

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare a request to an allowed address; requests itself fails on malformed ones.

        Raises:
            AirbyteTracedException: The address is not allowed.
        """
        self._limiter.require_host(request.url)
        return super().prepare_request(request)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send one request; read its response too, unless it is a file that is to be streamed.

        Raises:
            ResponseTooLargeError: The response is too large to be read at once.
            AirbyteTracedException: The server's clock and this machine's differ.
        """
        kwargs["timeout"] = kwargs.get("timeout") or (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
        streamed = kwargs.get("stream")
        seconds_left.set(MAX_FILE_SECONDS if streamed else MAX_RESPONSE_SECONDS)
        try:
            response = super().send(request, **{**kwargs, "stream": True})
        except OSError as error:
            if isinstance(error, requests.RequestException):
                raise
            # requests checks its bundle of certificates late, and raises the plain error.
            raise requests.exceptions.SSLError(error, request=request) from None
        self._clock.note(response.headers)
        if not streamed or response.status_code != HTTPStatus.OK:
            try:
                _read_whole(response)
            except requests.exceptions.ContentDecodingError:
                request.headers["Accept-Encoding"] = "identity"  # for the next try
                raise
        return response

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: with a target, requests reads the whole response, and may follow it."""


class PublicSession(requests.Session):
    """A session for signed addresses: no token, no redirect, every send ends in time."""

    def __init__(self) -> None:
        super().__init__()
        # Without an auth of its own, requests would take one from a .netrc file.
        self.auth = lambda request: request
        self.mount("https://", TimedAdapter())
        self.mount("http://", TimedAdapter())  # ignore-https-check: a loopback ``api_host`` only

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send one request."""
        kwargs["timeout"] = (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
        seconds_left.set(MAX_FILE_SECONDS)
        return super().send(request, **{**kwargs, "allow_redirects": False})


def _read_whole(response: requests.Response) -> None:
    """Read a body as requests would, but not without end."""
    pieces = []
    size = 0
    try:
        for piece in response.iter_content(_piece_of(response)):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_RESPONSE_BYTES:
                response.close()
                pieces.clear()  # the error keeps this frame, and may live on for a while
                raise ResponseTooLargeError(request=response.request)
    except requests.exceptions.ConnectionError as error:
        if any(isinstance(reason, ReadTimeoutError) for reason in error.args):
            raise requests.exceptions.ReadTimeout(*error.args, request=response.request) from None
        raise
    content = b"".join(pieces)
    pieces.clear()
    values = content.count(b",") if size > SMALL_RESPONSE_BYTES else 0
    if values > MAX_RESPONSE_VALUES or _has_more(content, (b"{", b"["), MAX_RESPONSE_OBJECTS):
        content = b""
        raise ResponseTooFullError(request=response.request)
    response._content = content  # noqa: SLF001 - where requests itself keeps it


def _piece_of(response: requests.Response) -> int:
    """Bytes to read at once: a plain body of known length whole, at a fifth of the cost."""
    if response.headers.get("Content-Encoding"):
        return _PACKED_PIECE
    return min(response.raw.length_remaining or _PIECE, MAX_RESPONSE_BYTES + 1)


def _has_more(content: bytes, signs: Sequence[bytes], limit: int) -> bool:
    """Whether there are more of some signs; three times as fast as to count what is rare."""
    found = 0
    for sign in signs:
        at = content.find(sign)
        while at >= 0:
            found += 1
            if found > limit:
                return True
            at = content.find(sign, at + 1)
    return False
