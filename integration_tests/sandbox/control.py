"""The sandbox's own endpoints below ``/_sandbox/``: no sign-in, never logged, never spoilt."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from integration_tests.sandbox.answers import Answer, Request, message
from integration_tests.sandbox.clock import Clock, format_ms, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration_tests.sandbox.state import State

PREFIX = "/_sandbox/"
Body = dict[str, Any]


class Controlled(Protocol):
    """The server whose world is looked at and changed."""

    state: State

    def reset(self, changes: Body) -> None:
        """Begin anew."""


def _status(server: Controlled) -> Answer:
    """Settings, clock and hidden spans: what a client needs to compute the truth."""
    state = server.state
    return Answer(
        payload={
            "settings": asdict(state.settings),
            "now": format_ms(state.clock.now()),
            "hidden": [
                {"start": format_ms(start), "end": format_ms(end)} for start, end in state.hidden
            ],
        }
    )


def _state(server: Controlled, body: Body) -> Answer:
    del body
    return _status(server)


def _reset(server: Controlled, body: Body) -> Answer:
    server.reset(body)
    return _status(server)


def _requests(server: Controlled, body: Body) -> Answer:
    del body
    return Answer(payload=server.state.log.entries())


def _clear_requests(server: Controlled, body: Body) -> Answer:
    del body
    server.state.log.clear()
    return _status(server)


def _clock(server: Controlled, body: Body) -> Answer:
    now = parse_instant(str(body.get("now", "")))
    ticking = bool(body.get("ticking", server.state.settings.ticking))
    server.state.clock = Clock(now, ticking=ticking)
    return _status(server)


def _hide(server: Controlled, body: Body) -> Answer:
    span = (parse_instant(str(body.get("start", ""))), parse_instant(str(body.get("end", ""))))
    server.state.hidden = (*server.state.hidden, span)
    return _status(server)


def _unhide(server: Controlled, body: Body) -> Answer:
    del body
    server.state.hidden = ()
    return _status(server)


def _expire(server: Controlled, body: Body) -> Answer:
    del body
    server.state.tokens.expire()
    return _status(server)


def _tokens(server: Controlled, body: Body) -> Answer:
    del body
    return Answer(payload=list(server.state.tokens.given))


def _faults(server: Controlled, body: Body) -> Answer:
    del body
    return Answer(payload=server.state.faults.as_json())


def _add_fault(server: Controlled, body: Body) -> Answer:
    server.state.faults.add(body)
    return Answer(payload=server.state.faults.as_json())


def _clear_faults(server: Controlled, body: Body) -> Answer:
    del body
    server.state.faults.clear()
    server.state.jobs.forget_faults()
    return Answer(payload=[])


ROUTES: dict[tuple[str, str], Callable[[Controlled, Body], Answer]] = {
    ("GET", "state"): _state,
    ("POST", "reset"): _reset,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
    ("POST", "clock"): _clock,
    ("POST", "hide"): _hide,
    ("DELETE", "hide"): _unhide,
    ("GET", "tokens"): _tokens,
    ("POST", "tokens/expire"): _expire,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
}
"""Verb and path below ``/_sandbox/``, to handler."""


def answer(server: Controlled, request: Request) -> Answer:
    """Do what a control request says; mistakes are 400 with a message."""
    handler = ROUTES.get((request.method, request.path[len(PREFIX) :].strip("/").lower()))
    if handler is None:
        return message(404, f"no control endpoint {request.method} {request.path}")
    try:
        return handler(server, request.json_object())
    except (ValueError, TypeError) as error:
        return message(400, str(error))
