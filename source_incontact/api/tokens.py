"""A minted token: its value, how long it serves, and what it tells about the tenant."""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LIFE_SECONDS = 3600
"""Life of every token of these logins [L], used where a response does not state it."""

_RENEW_BEFORE_SECONDS = 300
_HEADER_SAFE = re.compile(r"[!-~]+")
_SECRET_KEYS = ("access_token", "refresh_token", "id_token")


@dataclass(frozen=True)
class Token:
    """An access token and its tenant.

    Attributes:
        value: What follows ``Bearer`` in the header.
        renew_at: `time.monotonic` seconds from which a new one should be asked for.
        base_uri: ``resource_server_base_uri`` of Central's response, else ``""``.
        claims: What the token and its id token state: tenant, area, cluster, business unit.
    """

    value: str = field(repr=False)
    renew_at: float
    base_uri: str
    claims: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_response(cls, response: Mapping[str, Any]) -> Token:
        """Read a sign-in response and register its secrets for masking.

        Raises:
            ValueError: The response holds no usable access token.
        """
        for key in _SECRET_KEYS:
            if isinstance(response.get(key), str) and response[key]:
                add_to_secrets(response[key])
        value = response.get("access_token")
        if not isinstance(value, str) or not _HEADER_SAFE.fullmatch(value):
            raise ValueError("it holds no usable access_token")
        life = _positive_int(response.get("expires_in")) or DEFAULT_LIFE_SECONDS
        claims = {**_claims(response.get("id_token")), **_claims(value)}
        if _positive_int(response.get("bus_no")):
            claims["icBUId"] = response["bus_no"]
        return cls(
            value=value,
            renew_at=time.monotonic() + max(life - _RENEW_BEFORE_SECONDS, life / 2),
            base_uri=str(response.get("resource_server_base_uri") or ""),
            claims=claims,
        )

    @property
    def business_unit_id(self) -> int | None:
        """The business unit the token belongs to, if it says so."""
        return _positive_int(self.claims.get("icBUId"))


def _positive_int(value: object) -> int | None:
    text = str(value)
    return int(text) or None if re.fullmatch(r"\d{1,18}", text, re.ASCII) else None


def _claims(token: object) -> dict[str, Any]:
    """The middle part of a JSON web token, unverified: it only helps to find our own tenant."""
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
