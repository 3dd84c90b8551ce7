"""Which API version a path needs, by the API's own list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.report_label import ReportLabel
from source_incontact.messages.reports import UNKNOWN_IN_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_incontact.api.client import InContactApi

_LABEL = ReportLabel("the list of API versions", "none")
_VERSION = re.compile(r"v?(\d{1,3})(?:\.(\d))?", re.IGNORECASE)


def unknown_path(
    api: InContactApi, stream: str, path: str, error: AirbyteTracedException
) -> AirbyteTracedException:
    """The error for a path that the API does not know: which version to enter, if it tells.

    Args:
        api: The tenant's API; it is asked once a stream.
        stream: Name of the stream.
        path: Below the API version.
        error: What the 404 was read as; it stands if the API tells no version.
    """
    try:
        versions = sorted(_versions_of(api, path))
    except (AirbyteTracedException, ValueError):
        versions = []
    if not versions or versions[0] <= _pair(api.version):
        return error  # the version is not what is wrong
    lowest = "{}.{}".format(*versions[0])
    return UNKNOWN_IN_VERSION.error(stream=stream, lowest=lowest)


def _versions_of(api: InContactApi, path: str) -> Iterator[tuple[int, int]]:
    """The versions that ``GET /apiversion`` [S] lists for a path."""
    payload = api.client_for(_LABEL).ask(
        "GET", f"{api.root}apiversion", params={"searchUriText": path, "verb": "GET"}
    )
    for entry in payload.document.get("apiInfo") or () if payload is not None else ():
        uri = str(entry.get("uri", "")).strip("/").lower()
        version = _pair(str(entry.get("version", "")).strip())
        if version and (uri == path or uri.endswith(f"/{path}")):
            yield version


def _pair(text: str) -> tuple[int, int] | tuple[()]:
    """``v30.0`` as 30 and 0, to be compared; empty if it is no version."""
    found = _VERSION.fullmatch(text)
    return (int(found[1]), int(found[2] or 0)) if found else ()
