"""Errors of a response that are told apart further up."""

from __future__ import annotations

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.errors import RefusalError


class BusyError(AirbyteTracedException):
    """A report may be read, but not now (409, 429): all that a probe wants to know."""


class TooLargeError(AirbyteTracedException):
    """A response holds more objects or values than are taken at once; a smaller page may not."""


class RejectedError(AirbyteTracedException):
    """The API rejects a request as it is (400, 413, 422); a smaller or another one it may take."""


class TimedOutError(AirbyteTracedException):
    """The API did not answer in time, again and again; a smaller request it may answer."""


class UnknownPathError(RefusalError):
    """The API does not know a path (404), at least not in this version."""
