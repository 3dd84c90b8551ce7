"""The connector's errors: one text for the person and the log, and whom it concerns."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class RefusalError(AirbyteTracedException):
    """A refusal of a whole stream or account: what would be asked next is refused as well."""


ErrorT = TypeVar("ErrorT", bound=AirbyteTracedException)


def error_of(error: type[ErrorT], message: str, kind: FailureType) -> ErrorT:
    """An error of a class, whose one text serves the person and the log."""
    return error(message=message, internal_message=message, failure_type=kind)


def failure(message: str, kind: FailureType) -> AirbyteTracedException:
    """An error whose one text serves the person and the log."""
    return error_of(AirbyteTracedException, message, kind)


def config_error(message: str) -> AirbyteTracedException:
    """An error that the user can correct in the form or the connection."""
    return failure(message, FailureType.config_error)


def refusal(message: str) -> RefusalError:
    """A `config_error` that holds for every window of a stream, so that none is asked for again."""
    return error_of(RefusalError, message, FailureType.config_error)


def end_of_sync(message: str) -> RefusalError:
    """A `transient_error` after which nothing further is to be asked for."""
    return error_of(RefusalError, message, FailureType.transient_error)


def transient_error(message: str) -> AirbyteTracedException:
    """An error that a later sync may not meet."""
    return failure(message, FailureType.transient_error)


def numbered(problems: Sequence[str]) -> str:
    """Several problems as one text: Airbyte's web app collapses line breaks."""
    if len(problems) == 1:
        return problems[0]
    return "\n".join(f"({number}) {problem}" for number, problem in enumerate(problems, 1))


@contextmanager
def error_context(what: str) -> Iterator[None]:
    """Put ``what`` before the message of an error that leaves the block, and mask secrets.

    If ``what`` is empty, the message stays as it is.

    The CDK writes errors of a worker to the output without masking, so it happens here. An
    exception that nobody foresaw is told by its type and place alone: its text may hold a row.
    """
    before = f"{what}: " if what else ""
    try:
        yield
    except AirbyteTracedException as error:
        said = filter_secrets(f"{before}{error}")
        # Some classes are told apart further up.
        raise error_of(type(error), said, error.failure_type) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, the person must learn which window
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = (
            f"{before}unexpected {type(error).__name__} in {Path(place.filename).name}, line "
            f"{place.lineno}. This is a fault of the connector; please report it."
        )
        raise failure(said, FailureType.system_error) from None
