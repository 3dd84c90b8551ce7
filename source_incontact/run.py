"""The console command: ``source-incontact spec | check | discover | read``."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    ConnectorSpecification,
    FailureType,
    Status,
    Type,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.binding import BoundConfig
from source_incontact.failures import config_error
from source_incontact.source import SourceIncontact

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

LOGGER = logging.getLogger("airbyte")


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entry point, except that a mistake in the form is named by its field.

    The CDK's own validation says "-1 is less than the minimum of 0", or prints the whole
    credentials object.
    """

    @staticmethod
    def validate_connection(
        source_spec: ConnectorSpecification,  # noqa: ARG004 - the CDK's signature
        config: Mapping[str, Any],
    ) -> None:
        """Parse the form.

        Raises:
            AirbyteTracedException: Something in it cannot be used (``config_error``).
        """
        _ = BoundConfig(config).settings


def run() -> None:
    """Run the command line's command and exit; 1 if it failed."""
    init_uncaught_exception_handler(LOGGER)
    sys.exit(main(sys.argv[1:]))


def main(args: Sequence[str]) -> int:
    """Run one command, its messages on standard output.

    Returns:
        The exit code.
    """
    parsed = AirbyteEntrypoint.parse_args(list(args))
    with PRINT_BUFFER:
        try:
            entrypoint = Entrypoint(_make_source(parsed))
            for message in entrypoint.run(parsed):
                # One write a message, or lines of several threads would mix.
                sys.stdout.write(f"{message}\n")
        except AirbyteTracedException as error:
            return _fail(error, parsed.command)
    return 0


def _make_source(parsed: argparse.Namespace) -> SourceIncontact:
    """The source with config, catalog and state: the CDK takes them at construction only.

    Raises:
        AirbyteTracedException: A file cannot be read, or the form holds a mistake.
    """
    config = _load(parsed, "config")
    if config is not None:
        if not isinstance(config, dict):
            raise config_error("The file given with --config holds no JSON object.")
        _ = BoundConfig(config).settings  # first of all: what follows relies on its values
    try:
        catalog = (
            SourceIncontact.read_catalog(parsed.catalog) if _given(parsed, "catalog") else None
        )
        state = SourceIncontact.read_state(parsed.state) if _given(parsed, "state") else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise config_error(
            f"The file given with --catalog or --state cannot be used: {type(error).__name__}. "
            "Both must be JSON as the Airbyte protocol describes it."
        ) from None
    return SourceIncontact(catalog, config, state)


def _given(parsed: argparse.Namespace, name: str) -> bool:
    return bool(getattr(parsed, name, None))


def _load(parsed: argparse.Namespace, name: str) -> Any:
    if not _given(parsed, name):
        return None
    path = Path(getattr(parsed, name))
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise config_error(f"The file given with --{name} cannot be read: {error}.") from None
    except ValueError:
        raise config_error(f"The file given with --{name} is not JSON.") from None


def _fail(error: AirbyteTracedException, command: str) -> int:
    """Say what happened without a stack trace; a failed check is an answer, not a failure."""
    if command == "check" and error.failure_type is FailureType.config_error:
        status = AirbyteConnectionStatus(status=Status.FAILED, message=str(error))
        message = AirbyteMessage(type=Type.CONNECTION_STATUS, connectionStatus=status)
        sys.stdout.write(f"{AirbyteEntrypoint.airbyte_message_to_string(message)}\n")
        return 0
    trace = error.with_traceback(None).as_sanitized_airbyte_message()
    sys.stdout.write(f"{AirbyteEntrypoint.airbyte_message_to_string(trace)}\n")
    return 1
