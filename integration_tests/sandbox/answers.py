"""Requests as the rooms of the sandbox see them, and the answers they give."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    Pieces: TypeAlias = Callable[[], Iterator[bytes]]
    """Makes some bytes, from the first, piece by piece; may be called again."""

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"
_PLACE = "\ue000streamed\ue000"


@dataclass(frozen=True)
class Request:
    """One HTTP request.

    Attributes:
        method: Upper-case verb.
        path: Path without the query, percent-decoded, in the case it came in.
        query: Decoded query; of a repeated name the last value counts.
        headers: Header names in lower case.
        body: Raw body.
        target: Path and query as they stood in the request line.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    target: str

    @property
    def bearer(self) -> str | None:
        """The bearer token; the scheme is read in any case (L)."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None

    def fields(self) -> dict[str, Any]:
        """The body as named values, from JSON or form encoding.

        Raises:
            ValueError: The body is neither a JSON object nor a form.
        """
        if "x-www-form-urlencoded" in self.headers.get("content-type", "").lower():
            return dict(parse_qsl(self.body.decode("utf-8"), keep_blank_values=True))
        return self.json_object()

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object, whatever its Content-Type; empty for no body.

        Raises:
            ValueError: The body is no JSON object.
        """
        values = json.loads(self.body.decode("utf-8")) if self.body else {}
        if not isinstance(values, dict):
            message = "the body is not a JSON object"
            raise ValueError(message)  # noqa: TRY004 - one error for every unreadable body
        return values


@dataclass(frozen=True)
class Streamed:
    """A text inside a JSON answer that is made while it is sent, never whole in memory.

    Attributes:
        pieces: Makes the text from its start, escaped as JSON demands, without its quotes.
    """

    pieces: Pieces


@dataclass
class Answer:
    """One HTTP answer, its JSON not yet written out so that faults can change it.

    Attributes:
        status: HTTP status.
        payload: JSON value, with at most one ``Streamed`` in it; ``None`` if the body is ``raw``.
        raw: Body bytes, used when there is no payload.
        content_type: ``None`` sends no Content-Type.
        headers: Further headers.
    """

    status: int = 200
    payload: Any = None
    raw: bytes = b""
    content_type: str | None = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> bytes | Pieces:
        """The bytes to send, made piece by piece if a part of them is ``Streamed``.

        JSON is UTF-8 with accents written out.
        """
        if self.payload is None:
            return self.raw
        streams: list[Streamed] = []

        def put_aside(value: Any) -> str:
            streams.append(value)
            return _PLACE

        text = json.dumps(self.payload, ensure_ascii=False, default=put_aside)
        if not streams:
            return text.encode()
        before, after = (part.encode() for part in text.split(_PLACE))
        return lambda: chain((before,), streams[0].pieces(), (after,))


def no_content() -> Answer:
    """204: nothing there (L)."""
    return Answer(204, content_type=None)


def refusal(reason: str, *, status: int = 400, html: bool = False) -> Answer:
    """An error that gives its reason only in ``icStatusDescription``; no body, or HTML (L)."""
    raw = b"<html><body><h1>Request Error</h1></body></html>" if html else b""
    content_type = HTML_TYPE if html else None
    return Answer(
        status, raw=raw, content_type=content_type, headers={"icStatusDescription": reason}
    )


def message(status: int, text: str) -> Answer:
    """An error with a JSON ``message`` (S)."""
    return Answer(status, {"message": text})


def oauth_error(status: int, error: str, description: str) -> Answer:
    """A sign-in error: ``error`` and ``error_description`` (A for the exact words)."""
    return Answer(status, {"error": error, "error_description": description})
