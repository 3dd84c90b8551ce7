"""Bytes on the socket: an answer sent whole, or spoilt on the way as a fault demands."""

from __future__ import annotations

import os
import socket
import struct
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integration_tests.sandbox.answers import Answer

_CHUNK = 1024
_LET_IT_ARRIVE_SECONDS = 0.05
"""A reset throws away what the peer has not read yet; so wait until it has."""


def send(connection: socket.socket, answer: Answer, do: dict[str, Any]) -> bool:
    """Send an answer under a fault; tells whether the connection can serve another request."""
    if do.get("reset") == "before":
        reset(connection)
        return False
    body = b"" if do.get("empty") else answer.body()
    if "cut_json" in do:
        body = body[: max(0, len(body) - int(do["cut_json"]))]
    head = _head(answer, None if do.get("empty") else len(body))
    if do.get("reset") == "body":
        connection.sendall(head + body[: len(body) // 2])
        time.sleep(_LET_IT_ARRIVE_SECONDS)
        reset(connection)
        return False
    if "truncate" in do:
        connection.sendall(head + body[: int(do["truncate"])])
        return False
    if "drip" in do:
        _drip(connection, head, body, float(do["drip"]))
        return True
    connection.sendall(head + body)
    return not do.get("empty")


def reset(connection: socket.socket) -> None:
    """Close a connection with RST: no lingering, and no orderly shutdown before."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


def _head(answer: Answer, length: int | None) -> bytes:
    """Status line and headers; ``length`` ``None`` means that the body ends with the connection."""
    headers = {"Server": "inContact-sandbox", "Cache-Control": "no-cache"}
    if answer.content_type is not None:
        headers["Content-Type"] = answer.content_type
    if length is None:
        headers["Connection"] = "close"
    elif answer.status != HTTPStatus.NO_CONTENT:
        headers["Content-Length"] = str(length)
    headers.update(answer.headers)
    lines = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _drip(connection: socket.socket, head: bytes, body: bytes, pause: float) -> None:
    connection.sendall(head)
    for start in range(0, len(body), _CHUNK):
        time.sleep(pause)
        connection.sendall(body[start : start + _CHUNK])
