"""A small inContact on loopback whose every response the test writes itself.

The sandbox serves a whole, healthy world with faults; this one serves what no rule of the sandbox
can say, such as a count that vanishes for one request.
"""

from __future__ import annotations

import json
import threading
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from integration_tests.support.constants import FAST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

    from typing_extensions import Self

BUSINESS_UNIT = 4599999
_SIGN_INS = {"/incontactauthorizationserver/token", "/authentication/v1/token/access-key"}


@dataclass(frozen=True)
class Asked:
    """One request, sign-in left out.

    Attributes:
        method: ``GET`` or ``POST``.
        path: Below ``services/v30.0/``.
        query: The parameters, each once.
        headers: As they were sent.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def skip(self) -> int:
        """The first row asked for."""
        return int(self.query.get("skip", 0))

    @property
    def top(self) -> int:
        """The most rows asked for."""
        return int(self.query.get("top", 1000))


@dataclass(frozen=True)
class Reply:
    """One response.

    Attributes:
        status: The HTTP status.
        body: Bytes, text, or what is sent as JSON.
        headers: Further headers.
    """

    status: int = 200
    body: bytes | str | dict[str, Any] | list[Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> bytes:
        """The body as it is sent."""
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


NO_CONTENT = Reply(204)


class ScriptedApi:
    """Serves what ``route`` replies to each request; sign-in with a Central user always works.

    Args:
        route: Called on the server's threads.
        is_parallel: Whether several requests are answered at a time, not one after the other.

    Attributes:
        asked: Every request so far, sign-in left out.
        sign_ins: How many tokens were given.
        business_unit: Whose tokens they are.
        sign_in_status: The HTTP status of a sign-in.
    """

    def __init__(
        self, route: Callable[[Asked], Reply | dict[str, Any]], *, is_parallel: bool = False
    ) -> None:
        self._route = route
        self._lock = threading.Lock()
        self._turn: AbstractContextManager[object] = nullcontext() if is_parallel else self._lock
        self.asked: list[Asked] = []
        self.sign_ins = 0
        self.business_unit = BUSINESS_UNIT
        self.sign_in_status = 200
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                api.respond(self)

            do_POST = do_GET  # noqa: N815 - the name is the standard library's

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def url(self) -> str:
        """The root address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def config(self, date: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A form that leads here; ``changes`` to fields of the details go there."""
        in_details = ("custom_reports", "data_downloads", "report_interval", "time_zone", "reports")
        details = {name: changes.pop(name) for name in in_details if name in changes}
        return {
            "credentials": {
                "auth_type": "application_user",
                "application_name": "App",
                "vendor_name": "Vendor",
                "business_number": str(BUSINESS_UNIT),
                "username": "user@example.com",
                "password": "not-a-password",
            },
            "details": {"date": date, **details},
            "api_host": self.url,
            **FAST,
            **changes,
        }

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        reply = self._reply(handler)
        with suppress(ConnectionError):
            handler.send_response_only(reply.status)  # without a Date: the test sets the clock
            headers = {"Content-Type": "application/json", **reply.headers}
            if reply.status != NO_CONTENT.status:
                headers.setdefault("Content-Length", str(len(reply.raw)))
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(reply.raw)

    def _reply(self, handler: BaseHTTPRequestHandler) -> Reply:
        parts = urlsplit(handler.path)
        if parts.path.lower() in _SIGN_INS:
            self.sign_ins += 1
            return Reply(self.sign_in_status, self.token())
        asked = Asked(
            handler.command,
            parts.path.partition("/v30.0/")[2],
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            dict(handler.headers),
        )
        with self._turn:
            self.asked.append(asked)
            reply = self._route(asked)
        return Reply(body=reply) if isinstance(reply, dict) else reply

    def token(self) -> dict[str, Any]:
        """What a sign-in answers."""
        return {
            "access_token": f"token-{self.sign_ins}",
            "token_type": "bearer",
            "expires_in": 3600,
            "bus_no": str(self.business_unit),
            "resource_server_base_uri": f"{self.url}/inContactAPI/",
        }

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
