"""The connector's errors: one text for the person and the log, and whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airbyte_cdk.models import FailureType


class RefusalError(AirbyteTracedException):
    """A refusal of a whole stream or account: what would be asked next is refused as well."""


ErrorT = TypeVar("ErrorT", bound=AirbyteTracedException)


def error_of(error: type[ErrorT], message: str, kind: FailureType) -> ErrorT:
    """An error of a class, whose one text serves the person and the log."""
    return error(message=message, internal_message=message, failure_type=kind)


def numbered(problems: Sequence[str]) -> str:
    """Several problems as one text: Airbyte's web app collapses line breaks."""
    if len(problems) == 1:
        return problems[0]
    return "\n".join(f"({number}) {problem}" for number, problem in enumerate(problems, 1))
