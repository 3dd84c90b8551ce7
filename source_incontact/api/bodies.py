"""The body of an answer: parsed once, by its bytes and not by what its header says of them."""

from __future__ import annotations

import json
from http import HTTPStatus
from math import isfinite
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from source_incontact.api.envelopes import Envelope, clean_words

if TYPE_CHECKING:
    import requests

_PAYLOAD = "_incontact_payload"


def payload_of(response: requests.Response) -> Envelope | None:
    """The JSON object of an answer, parsed once; ``None`` for a 204, which says "no rows".

    Raises:
        ValueError: The body is no JSON object; the text says what it is instead.
    """
    if not hasattr(response, _PAYLOAD):
        setattr(response, _PAYLOAD, _parse(response))
    payload: Envelope | None = getattr(response, _PAYLOAD)
    return payload


def json_of(response: requests.Response) -> Any:
    """The JSON of an answer: UTF-8, 16 or 32, with or without a byte order mark.

    Charsets in headers are not believed: a wrong one would garble names without a word. NaN and
    Infinity stay as they were written.

    Raises:
        ValueError: It is no JSON, or nested beyond reason.
    """
    try:
        # Twice as fast as the standard library, and as exact; it takes plain UTF-8 only.
        return from_json(response.content, allow_inf_nan=False)
    except ValueError:
        return _odd_json(response.content)


def _odd_json(content: bytes) -> Any:
    try:
        return json.loads(content, parse_constant=str, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _finite(text: str) -> float | str:
    number = float(text)
    return number if isfinite(number) else text


def vendor_message(response: requests.Response) -> str:
    """Why the vendor refused: its header, else its JSON.

    The reason may stand only in ``icStatusDescription``, over an empty or HTML body [L].
    """
    header = clean_words(response.headers.get("icStatusDescription"))
    if header:
        return header
    try:
        payload = json_of(response)
    except ValueError:
        return ""
    return Envelope(payload).words if isinstance(payload, dict) else ""


def says_empty(response: requests.Response) -> bool:
    """Whether the server states that an answer without a body ends there."""
    headers = response.headers
    # A packed body may be cut off before its first byte; a page has nothing to say of a report.
    if headers.get("Content-Encoding") or "html" in headers.get("Content-Type", ""):
        return False
    ended = headers.get("Content-Length") == "0"
    return ended or headers.get("Transfer-Encoding", "").lower() == "chunked"


def _parse(response: requests.Response) -> Envelope | None:
    if response.status_code == HTTPStatus.NO_CONTENT:
        return None
    if not response.content:
        raise ValueError("an empty body")
    try:
        payload = json_of(response)
    except ValueError:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        what = "a web page" if kind == "text/html" else "a body that is not JSON or is cut off"
        raise ValueError(what) from None
    if not isinstance(payload, dict):
        raise ValueError("JSON that is not an object")  # noqa: TRY004 - said of the body's text
    return Envelope(payload)
