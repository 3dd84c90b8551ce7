"""The body of a response: parsed by its bytes, not by what its header says of them."""

from __future__ import annotations

import json
from http import HTTPStatus
from math import isfinite
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from source_incontact.api.envelopes import Envelope, clean_words
from source_incontact.api.text import not_utf_8, with_windows_1252
from source_incontact.messages.log import ANOTHER_ENCODING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

    from source_incontact.typed_rows import RowDecoder


def read_body(response: requests.Response, decoder: RowDecoder | None = None) -> Envelope | None:
    """The JSON object of a response; ``None`` for a 204, which says "no rows".

    Args:
        response: The response.
        decoder: Types its rows while they are parsed; ``None`` to leave them as they came.

    Raises:
        ValueError: The body is no JSON object; the text says what it is instead.
    """
    if response.status_code == HTTPStatus.NO_CONTENT:
        return None
    if not response.content:
        raise ValueError("an empty body")
    typed = decoder.values(response.content) if decoder else None
    if typed is not None:
        return Envelope(typed)
    try:
        payload, repairs = _json_and_repairs(response.content)
    except ValueError:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        what = "a web page" if kind == "text/html" else "a body that is not JSON or is cut off"
        raise ValueError(what) from None
    if not isinstance(payload, dict):
        raise ValueError("JSON that is not an object")  # noqa: TRY004 - said of the body's text
    envelope = Envelope(payload, repairs)
    _require_single(response.content, envelope.vital_names)
    return envelope


def json_of(response: requests.Response) -> Any:
    """The JSON of a response: UTF-8, 16 or 32, with or without a byte order mark.

    Charsets in headers are not believed: a wrong one would garble names without a word. NaN and
    Infinity stay as they were written.

    Raises:
        ValueError: It is no JSON, or nested beyond reason.
    """
    return _json_and_repairs(response.content)[0]


def _json_and_repairs(content: bytes) -> tuple[Any, str]:
    """The same, and what had to be put right in its text."""
    try:
        # Twice as fast as the standard library, and as exact; it takes plain UTF-8 only.
        return from_json(content, allow_inf_nan=False), ""
    except ValueError:
        pass
    text = content.decode(json.detect_encoding(content), "surrogateescape")
    repairs = []
    if not_utf_8(text):
        text = with_windows_1252(text)
        repairs.append(ANOTHER_ENCODING.says())
    try:
        payload = _unusual_json(text, strict=True)
    except ValueError:
        payload = _unusual_json(text, strict=False)
        repairs.append("control characters within text; they are kept")
    return payload, ", and ".join(repairs)


def _unusual_json(text: str, *, strict: bool) -> Any:
    try:
        return json.loads(text, parse_constant=str, parse_float=_finite, strict=strict)
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
    """Whether the server states that a response without a body ends there."""
    headers = response.headers
    # A packed body may be cut off before its first byte; a page has nothing to say of a report.
    if headers.get("Content-Encoding") or "html" in headers.get("Content-Type", ""):
        return False
    ended = headers.get("Content-Length") == "0"
    return ended or headers.get("Transfer-Encoding", "").lower() == "chunked"


def _require_single(content: bytes, names: Sequence[str]) -> None:
    """Pass if none of the names stands twice in one object: a parser keeps the last of two.

    Raises:
        ValueError: One does.
    """
    if all(content.count(json.dumps(name).encode()) <= 1 for name in names):
        return

    def require(pairs: list[tuple[str, object]]) -> None:
        found = [name for name, _ in pairs]
        for name in names:
            if found.count(name) > 1:
                raise ValueError(f"JSON that holds '{name}' twice")

    json.loads(content, object_pairs_hook=require, strict=False)
