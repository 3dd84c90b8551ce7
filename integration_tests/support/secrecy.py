"""Whether anything secret stands in what the connector wrote, in any of the usual spellings."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from integration_tests.sandbox import configs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.sandbox.client import Sandbox


def leaks(text: str, sandbox: Sandbox) -> list[str]:
    """Which secrets of the form, or tokens that the sandbox gave out, a text holds, in words."""
    found = {name for name, spelling in _secrets(sandbox) if spelling in text}
    return [f"the output holds {name}" for name in sorted(found)]


def _secrets(sandbox: Sandbox) -> Iterator[tuple[str, str]]:
    named = {
        "the password": configs.PASSWORD,
        "the access key's secret": configs.ACCESS_KEY_SECRET,
        "the client's secret": configs.CLIENT_SECRET,
        "the client's pair": f"{configs.CLIENT_ID}:{configs.CLIENT_SECRET}",
        "the application's pair": f"{configs.APPLICATION_NAME}@{configs.VENDOR_NAME}:"
        f"{configs.BUSINESS_NUMBER}",
    }
    for name, secret in named.items():
        yield from ((name, spelling) for spelling in spellings(secret))
    for token in [*sandbox.tokens(), *sandbox.injected_tokens()]:
        yield from (("a token", spelling) for spelling in spellings(token))


def spellings(secret: str) -> set[str]:
    """A secret as text, JSON, URL, form and base64 write it, and JSON around JSON."""
    encoded = base64.b64encode(secret.encode()).decode()
    written = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), encoded}
    for _ in range(2):
        written |= {json.dumps(text)[1:-1] for text in written}
    return written
