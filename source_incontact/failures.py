"""Errors that say which report and window they are about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

if TYPE_CHECKING:
    from collections.abc import Iterator


def config_error(message: str) -> AirbyteTracedException:
    """An error that the user can correct in the form or the connection."""
    return AirbyteTracedException(
        message=message, internal_message=message, failure_type=FailureType.config_error
    )


def transient_error(message: str) -> AirbyteTracedException:
    """An error that a later sync may not meet."""
    return AirbyteTracedException(
        message=message, internal_message=message, failure_type=FailureType.transient_error
    )


@contextmanager
def about(what: str) -> Iterator[None]:
    """Put ``what`` before the message of an error that leaves the block, and mask secrets.

    The CDK writes errors of a worker to the output without masking, so it happens here.
    """
    try:
        yield
    except AirbyteTracedException as error:
        said = filter_secrets(f"{what}: {error}")
        raise AirbyteTracedException(
            message=said, internal_message=said, failure_type=error.failure_type
        ) from None
