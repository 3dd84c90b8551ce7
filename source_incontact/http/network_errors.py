"""What a person can do about a network error, where the error itself tells."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NameResolutionError

from source_incontact.errors import refusal
from source_incontact.labels import form_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airbyte_cdk.utils.traced_exception import AirbyteTracedException

_BUNDLE = "REQUESTS_CA_BUNDLE"
_PROXY = "http://proxy.example.com:3128"  # ignore-https-check: an example of a proxy
_PROXY_WITH_USER = "http://user:password@proxy.example.com:3128"  # ignore-https-check: the same


def final_error(error: BaseException) -> AirbyteTracedException | None:
    """The error for the person, if trying again is of no use; ``None`` if it may be."""
    host = _host_of(error)
    causes = [str(cause) for cause in _causes(error)]
    text = " ".join(causes)
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in text:
        return refusal(
            f"The certificate of {host} is not trusted ({_reason(text)}). If a proxy of your "
            "network reads encrypted traffic, or this is a private cluster with a certificate of "
            f"its own, give the connector that authority's certificates in {_BUNDLE}. Check "
            f"{form_field('api_host')} too."
        )
    if "TLS CA certificate bundle" in text or "[X509" in text or "NO_CERTIFICATE" in text:
        return refusal(
            f"The file of certificates that the environment variable {_BUNDLE} (or CURL_CA_BUNDLE) "
            "names is not there, or holds no certificates. Correct the variable, or remove it to "
            "use the usual authorities."
        )
    if "SOCKS" in text:
        return refusal(
            "The environment variable HTTPS_PROXY (or ALL_PROXY) names a SOCKS proxy, which the "
            f"connector cannot use. Name an HTTP proxy there, such as {_PROXY}."
        )
    if isinstance(error, (requests.exceptions.InvalidProxyURL, requests.exceptions.InvalidSchema)):
        return refusal(
            "The environment variable HTTPS_PROXY holds no address of a proxy. Enter one such as "
            f"{_PROXY}, or remove the variable."
        )
    if isinstance(error, requests.exceptions.ProxyError) and " 407" in text:
        return refusal(
            "The proxy in the environment variable HTTPS_PROXY wants a user and a password (407). "
            f"Write them into it: {_PROXY_WITH_USER}."
        )
    return None


def description(error: BaseException) -> str:
    """What went wrong, to follow "at last" in a sentence, and which setting to look at."""
    host = _host_of(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return (
            "the proxy in the environment variable HTTPS_PROXY could not be reached, or refused to "
            "connect. Check the variable; NO_PROXY lists hosts that are reached without the proxy"
        )
    if is_unknown_host(error):
        return (
            f"the name {host} could not be found. Check {form_field('api_host')} and "
            f"{form_field('credentials.region')}, and that the network of the connector knows the "
            "name or has HTTPS_PROXY set"
        )
    if isinstance(error, requests.exceptions.SSLError):
        return f"no encrypted connection to {host} could be made"
    if isinstance(error, requests.exceptions.Timeout):
        return "the API did not answer in time"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "the connection could not be made or broke off"
    return "the response broke off or could not be decoded"


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
