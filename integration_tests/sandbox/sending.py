"""Bytes on the socket: an answer sent whole, or spoilt on the way as a fault demands."""

from __future__ import annotations

import os
import socket
import struct
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.packing import bomb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from integration_tests.sandbox.answers import Answer, Pieces

_CHUNK = 1024
_FIRST_CHUNK = 61
_LARGEST_CHUNK = 65_521
_ENDS = {"Connection": "close"}
"""The body ends with the connection."""
_LET_IT_ARRIVE_SECONDS = 0.05
"""A reset throws away what the peer has not read yet; so wait until it has."""


def send(connection: socket.socket, answer: Answer, do: dict[str, Any]) -> bool:
    """Send an answer under a fault; tells whether the connection can serve another request."""
    if do.get("reset") == "before":
        reset(connection)
        return False
    body = b"" if do.get("empty") else answer.body()
    if "zip" in do:
        body = _packed(answer, body, do)
    if not isinstance(body, bytes):
        return _send_pieces(connection, answer, body, do)
    body = body[: max(0, len(body) - int(do.get("cut_json", 0)))]
    head = _head(answer, _ENDS if do.get("empty") else {"Content-Length": str(len(body))})
    if do.get("reset") == "body":
        connection.sendall(head + body[: len(body) // 2])
        _reset_later(connection)
        return False
    if "truncate" in do:
        connection.sendall(head + body[: int(do["truncate"])])
        return False
    if "drip_head" in do:
        _drip(connection, b"", head, float(do["drip_head"]), piece=1)
        head = b""
    if "drip" in do:
        _drip(connection, head, body, float(do["drip"]))
        return True
    connection.sendall(head + body)
    return not do.get("empty")


def spoils(answer: Answer, do: dict[str, Any]) -> bool:
    """Whether a fault makes the sending another one; what has no body is hard to spoil."""
    if {"delay", "drip_head", "zip"} & do.keys() or do.get("reset") == "before":
        return True
    if not {"drip", "cut_json", "truncate", "reset"} & do.keys():
        return False
    body = answer.body()
    size = len(body) if isinstance(body, bytes) else sum(map(len, body()))
    return size > int(do.get("truncate", 0))


def reset(connection: socket.socket) -> None:
    """Close a connection with RST: no lingering, and no orderly shutdown before."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


def _reset_later(connection: socket.socket) -> None:
    time.sleep(_LET_IT_ARRIVE_SECONDS)
    reset(connection)


def _send_pieces(
    connection: socket.socket, answer: Answer, pieces: Pieces, do: dict[str, Any]
) -> bool:
    """Send a body as it is made, in chunks; a fault that cuts it cuts inside a chunk."""
    limit, pause = _limit(pieces, do), float(do.get("drip", 0))
    connection.sendall(_head(answer, {"Transfer-Encoding": "chunked"}))
    body = _without_end(pieces(), int(do.get("cut_json", 0)))
    for chunk in _chunks(body, _CHUNK if pause else _LARGEST_CHUNK):
        if limit is not None and len(chunk) >= limit:
            connection.sendall(b"%x\r\n%b" % (len(chunk), chunk[:limit]))
            if "reset" in do:
                _reset_later(connection)
            return False
        limit = None if limit is None else limit - len(chunk)
        time.sleep(pause)
        connection.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
    connection.sendall(b"0\r\n\r\n")
    return limit is None


def _limit(pieces: Pieces, do: dict[str, Any]) -> int | None:
    """After how many bytes a fault ends the body; to find half of it, it is made once more."""
    if do.get("reset") == "body":
        return sum(map(len, pieces())) // 2
    return int(do["truncate"]) if "truncate" in do else None


def _without_end(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    """All but the last ``count`` bytes."""
    held = b""
    for piece in pieces:
        held += piece
        passed = max(0, len(held) - count)
        yield held[:passed]
        held = held[passed:]


def _chunks(pieces: Iterable[bytes], largest: int) -> Iterator[bytes]:
    """The bytes cut anew, in small chunks at first, so that even a short body has several."""
    size = min(_FIRST_CHUNK, largest)
    for piece in pieces:
        start = 0
        while start < len(piece):
            yield piece[start : start + size]
            start += size
            size = min(2 * size + 1, largest)


def _head(answer: Answer, framing: dict[str, str]) -> bytes:
    """Status line and headers; ``framing`` says how the end of the body is told."""
    headers = {"Server": "inContact-sandbox", "Cache-Control": "no-cache"}
    if answer.content_type is not None:
        headers["Content-Type"] = answer.content_type
    if answer.status != HTTPStatus.NO_CONTENT or framing is _ENDS:
        headers.update(framing)
    headers.update(answer.headers)
    lines = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _packed(answer: Answer, body: bytes | Pieces, do: dict[str, Any]) -> bytes | Pieces:
    """Little to send, much to unpack."""
    megabytes, layers = int(do["zip"]), int(do.get("zip_layers", 1))
    answer.headers["Content-Encoding"] = ", ".join(["gzip"] * layers)
    if isinstance(body, bytes):
        return b"".join(bomb([body], megabytes, layers))
    pieces = body
    return lambda: bomb(pieces(), megabytes, layers)


def _drip(
    connection: socket.socket, head: bytes, body: bytes, pause: float, piece: int = _CHUNK
) -> None:
    connection.sendall(head)
    for start in range(0, len(body), piece):
        time.sleep(pause)
        connection.sendall(body[start : start + piece])
