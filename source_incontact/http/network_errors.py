"""What a person can do about a network error, where the error itself tells."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NameResolutionError

from source_incontact.messages import signing_in as messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airbyte_cdk.utils.traced_exception import AirbyteTracedException


def final_error(error: BaseException) -> AirbyteTracedException | None:
    """The error for the person, if trying again is of no use; ``None`` if it may be."""
    host = _host_of(error)
    causes = [str(cause) for cause in _causes(error)]
    text = " ".join(causes)
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in text:
        return messages.CERTIFICATE.error(host=host, reason=_reason(text))
    if "TLS CA certificate bundle" in text or "[X509" in text or "NO_CERTIFICATE" in text:
        return messages.NO_BUNDLE.error()
    if "SOCKS" in text:
        return messages.SOCKS.error()
    if isinstance(error, (requests.exceptions.InvalidProxyURL, requests.exceptions.InvalidSchema)):
        return messages.NO_PROXY.error()
    if isinstance(error, requests.exceptions.ProxyError) and " 407" in text:
        return messages.PROXY_WITHOUT_USER.error()
    return None


def description(error: BaseException) -> str:
    """What went wrong, to follow "at last" in a sentence, and which setting to look at."""
    host = _host_of(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return messages.PROXY_OUT_OF_REACH.says()
    if is_unknown_host(error):
        return messages.UNKNOWN_HOST.says(host=host)
    if isinstance(error, requests.exceptions.SSLError):
        return messages.NO_ENCRYPTION.says(host=host)
    if isinstance(error, requests.exceptions.Timeout):
        return messages.TIMED_OUT.says()
    if isinstance(error, requests.exceptions.ConnectionError):
        return messages.NO_CONNECTION.says()
    return messages.BROKEN_RESPONSE.says()


def is_about_network(error: object) -> bool:
    """Whether the text of `description` says itself what to look at."""
    return isinstance(error, requests.exceptions.ProxyError) or is_unknown_host(error)


def is_unknown_host(error: object) -> bool:
    """Whether the host's name could not be found."""
    return isinstance(error, requests.exceptions.ConnectionError) and any(
        isinstance(cause, (NameResolutionError, socket.gaierror)) for cause in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and those that it wraps, in the ways of requests and urllib3."""
    found: list[BaseException] = [error]
    seen: set[int] = set()
    while found:
        one = found.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        found += [cause for cause in inner if isinstance(cause, BaseException)]


def _host_of(error: BaseException) -> str:
    request = getattr(error, "request", None)
    return urlsplit(str(getattr(request, "url", "") or "")).hostname or "the API's host"


def _reason(text: str) -> str:
    """OpenSSL's own words: ``self-signed certificate``."""
    _, _, rest = text.partition("certificate verify failed: ")
    return rest.partition(" (_ssl")[0][:100] or "certificate verify failed"
