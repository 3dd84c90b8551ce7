"""The HTTP server: reads requests, finds who answers, applies faults, keeps the log."""

from __future__ import annotations

import re
import sys
import threading
import time
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from integration_tests.sandbox import api, control, faults, sending, services, signin
from integration_tests.sandbox.answers import TEXT_TYPE, Answer, Request, message, oauth_error
from integration_tests.sandbox.calls import Call, Refused
from integration_tests.sandbox.state import Settings, State

if TYPE_CHECKING:
    from collections.abc import Callable

_API_PATH = re.compile(r"/incontactapi/services/v(\d{1,3})\.0/(.*)", re.IGNORECASE)
_ANY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to

OPEN_ROUTES: dict[tuple[str, str], Callable[[Request, State, str], Answer | None]] = {
    ("POST", signin.LEGACY_PATH): signin.sign_in_legacy,
    ("POST", signin.ACCESS_KEY_PATH): signin.sign_in_access_key,
    ("POST", signin.OPENID_PATH): signin.sign_in_openid,
    ("GET", signin.OPENID_CONFIGURATION_PATH): signin.openid_configuration,
    ("GET", signin.CXONE_CONFIGURATION_PATH): signin.cxone_configuration,
}
"""Verb and lower-case path of what needs no token, to handler."""


class SandboxServer(ThreadingHTTPServer):
    """One listening sandbox; its state is replaced as a whole by a reset."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, settings: Settings) -> None:
        """Listen; port 0 takes any free one."""
        super().__init__((host, port), Handler)
        shown = "127.0.0.1" if host in _ANY_ADDRESS else host
        self.url = f"http://{shown}:{self.server_address[1]}"
        self._first_settings = settings
        self.state = State(settings)

    def reset(self, changes: dict[str, Any]) -> None:
        """Begin anew with the settings of the start, some changed; raises ``ValueError``."""
        self.state = State(self._first_settings.with_changes(changes))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a bug of ours and goes to stderr."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def serve_in_background(self) -> None:
        """Serve from a thread that dies with the process."""
        often = {"poll_interval": 0.05}
        threading.Thread(target=self.serve_forever, kwargs=often, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: SandboxServer

    def do_GET(self) -> None:
        """Read, answer, send."""
        request = self._read()
        if request.path.startswith(control.PREFIX):
            self._send(control.answer(self.server, request), {})
        else:
            self._serve(request)

    do_POST = do_DELETE = do_PUT = do_PATCH = do_GET  # noqa: N815 - the base class looks for these

    def log_message(self, *args: Any) -> None:
        """Say nothing: the log is at ``/_sandbox/requests``."""

    def _read(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            target=self.path,
        )

    def _serve(self, request: Request) -> None:
        state = self.server.state
        match = _API_PATH.fullmatch(request.path)
        path = (match[2].strip("/") if match else request.path).lower()
        version = int(match[1]) if match else None
        entry = state.log.add(request, path, version)
        answer, do = self._limited(state), dict[str, Any]()
        if answer is None:
            rule = state.faults.next_for(request.method, path, request.query)
            do = rule.do if rule else do
            time.sleep(state.settings.latency + float(do.get("delay", 0)))
            answer, is_changed = self._answer(request, path, version, do)
            if rule and (is_changed or sending.spoils(answer, do)):
                state.faults.note_change(rule)
        if state.settings.sends_date:
            now = state.clock.now() / 1000
            answer.headers.setdefault("Date", formatdate(now, usegmt=True))
        entry["status"] = None if do.get("reset") == "before" else answer.status
        self._send(answer, do)

    @staticmethod
    def _limited(state: State) -> Answer | None:
        """429 over the allowed rate (L)."""
        headers = state.limiter.admit()
        if headers is None:
            return None
        return Answer(429, {"message": "Too many requests"}, headers=headers)

    def _answer(
        self, request: Request, path: str, version: int | None, do: dict[str, Any]
    ) -> tuple[Answer, bool]:
        """The answer to a request, and whether a fault changed it, short of the sending."""
        state, effects = self.server.state, set[str]()
        if do.get("expire_token") and request.bearer:
            state.tokens.expire(request.bearer)
        answer = faults.echo(do, request) if "echo" in do else faults.stand_in(do)
        if answer is not None:
            effects.add("stand in")
        elif version is not None:
            call = Call(request, state, self._url(request), version, do, effects)
            answer = _api_answer(call, path)
        else:
            open_route = OPEN_ROUTES.get((request.method, path), services.answer)
            answer = open_route(request, state, self._url(request)) or _lost(request)
        is_bent = faults.bend(do, answer)
        return answer, is_bent or bool(effects)

    def _url(self, request: Request) -> str:
        """The root address that the client used; addresses in an answer begin with it."""
        host = request.headers.get("host")
        return f"http://{host}" if host else self.server.url

    def _send(self, answer: Answer, do: dict[str, Any]) -> None:
        try:
            is_open = sending.send(self.connection, answer, do)
        except OSError:
            is_open = False  # the client went away first
        if not is_open:
            self.close_connection = True


def _api_answer(call: Call, path: str) -> Answer:
    """An API call: version, Accept header (L) and token (L) come before the path."""
    if not api.LOWEST_VERSION <= call.version <= api.HIGHEST_VERSION:
        return message(404, f"API version v{call.version}.0 is not available")
    if "application/json" not in call.request.headers.get("accept", "").lower():
        return Answer(500, raw=b"No known way to render data", content_type=TEXT_TYPE)
    if not call.state.tokens.is_alive(call.request.bearer):
        return oauth_error(401, "invalid_token", "The token is missing or has expired")
    found = api.handler_of(call.request.method, path)
    if found is None:
        return _lost(call.request)
    handler, item = found
    try:
        return handler(replace(call, item=item))
    except Refused as refused:
        return refused.answer


def _lost(request: Request) -> Answer:
    return message(404, f"No resource answers {request.method} {request.path}")
