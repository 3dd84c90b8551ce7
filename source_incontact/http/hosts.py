"""Where a token may go: the vendor's own domains over https, or the host the user typed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from requests.utils import requote_uri

from source_incontact.messages.signing_in import FILE_NOT_HTTPS, FOREIGN_HOST

VENDOR_DOMAINS = (
    "incontact.com",
    "nice-incontact.com",
    "niceincontact.com",
    "nicecxone.com",
    "nicecxone-gov.com",
)
"""Every API host seen in public lies under one of these [L]; the last serves FedRAMP [S]."""

_PLAIN_URL = re.compile(r"[!-~]+")
_HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_IPV6_NETLOC = re.compile(r"\[[0-9a-f:.]+\](:\d+)?", re.IGNORECASE)
_HTTPS_PORT = 443
_LOOPBACK = {"127.0.0.1", "localhost"}
_AUTHORITY = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_PERCENT_SIGN = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class HostGuard:
    """Decides which URLs may be called at all, and so receive the token.

    Args:
        api_host: The user's own root URL, or ``""`` for the vendor's public hosts.
    """

    def __init__(self, api_host: str) -> None:
        self._own_origin = _origin(api_host) if api_host else None

    def allows(self, url: str) -> bool:
        """Whether ``url`` leads to the vendor (https, default port) or to the user's own host."""
        origin = _origin(url)
        if origin is None:
            return False
        if origin == self._own_origin:
            return True
        scheme, host, port = origin
        return (
            scheme == "https"
            and port == _HTTPS_PORT
            and any(host.endswith("." + domain) for domain in VENDOR_DOMAINS)
        )

    def require_public(self, url: str) -> str:
        """``url`` itself if it may be called without the token: https, or the user's own machine.

        Raises:
            AirbyteTracedException: It may not (``config_error``).
        """
        origin = _origin(url)
        own = self._own_origin
        is_own_machine = own is not None and own[0] == "http" and own[1] in _LOOPBACK
        if origin is not None and (
            origin[0] == "https" or (is_own_machine and origin[1] in _LOOPBACK)
        ):
            return url
        raise FILE_NOT_HTTPS.error(address=_shown(url))

    def require(self, url: str, what: str) -> str:
        """``url`` itself if it is allowed.

        Args:
            url: The address somebody handed us.
            what: Who handed it to us, for the message.

        Raises:
            AirbyteTracedException: The address leads elsewhere (``config_error``).
        """
        if self.allows(url):
            return url
        raise FOREIGN_HOST.error(what=what, address=_shown(url))


def encoded(url: str) -> str:
    """An address whose path and query are percent-encoded where a person or .NET left them plain.

    The authority stays as it is, and so does an address with control characters: those are for
    `HostGuard` to refuse.
    """
    authority = _AUTHORITY.match(url)
    if authority is None or _CONTROL.search(url):
        return url
    try:
        return authority[0] + requote_uri(_PERCENT_SIGN.sub("%25", url[authority.end() :]))
    except UnicodeEncodeError:  # half a character
        return url


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; ``None`` for anything a parser could read in two ways."""
    if not _PLAIN_URL.fullmatch(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    is_plain = _HOST_NAME.fullmatch(host) or _IPV6_NETLOC.fullmatch(parts.netloc)
    if "@" in parts.netloc or not is_plain:
        return None
    if parts.scheme == "https":
        return "https", host, port or _HTTPS_PORT
    if parts.scheme == "http":
        return "http", host, port or 80
    return None


def _shown(url: str) -> str:
    """The address without path, query and user info, safe to print."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme, parts.hostname or ""
    except ValueError:
        scheme, host = "", ""
    if not _HOST_NAME.fullmatch(host):
        return "an address that cannot be read"
    return f"'{scheme}://{host[:100]}'"
