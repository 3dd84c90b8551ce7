"""Real answers of an API, made by hand for the tests that handle or read them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = "https://api-c32.nice-incontact.com/inContactAPI/services/v30.0/agents"


def prepared(authorization: str = "Bearer token-one") -> requests.PreparedRequest:
    """A request as the session sends it."""
    return requests.Request("GET", URL, headers={"Authorization": authorization}).prepare()


def answer(
    status: int = 200,
    body: object = b"",
    headers: Mapping[str, str] | None = None,
    request: requests.PreparedRequest | None = None,
) -> requests.Response:
    """An answer with a body of bytes, text or anything that JSON can hold.

    Only JSON brings its own ``Content-Type``; no answer states a length unless ``headers`` does.
    """
    response = requests.Response()
    response.status_code = status
    response.url = URL
    response.request = request or prepared()
    if isinstance(body, (bytes, str)):
        content = body if isinstance(body, bytes) else body.encode()
    else:
        content = json.dumps(body).encode()
        response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers.update(headers or {})
    response.raw = io.BytesIO(content)
    return response
