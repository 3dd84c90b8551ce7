"""The commands ``check``, ``discover``, ``read`` and ``survey``, by the CDK's entry point."""

from __future__ import annotations

import logging
import re
import sys
import tempfile
from typing import TYPE_CHECKING, Any, TypeVar, cast

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
from airbyte_cdk.sources.connector_state_manager import (
    ConnectorStateManager,
    HashableStreamDescriptor,
)
from airbyte_cdk.utils.memory_monitor import MemoryMonitor
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact import documents
from source_incontact.blocks import block_of
from source_incontact.context import SyncContext
from source_incontact.messages import files
from source_incontact.source import SourceIncontact

if TYPE_CHECKING:
    import argparse
    import io
    from collections import defaultdict
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from airbyte_cdk.models import AirbyteStateMessage

LOGGER = logging.getLogger("airbyte")

_MESSAGES_BETWEEN_MEMORY_CHECKS = 10
_STREAM_WAS_READ = re.compile(r"Read \d+ records from (.+) stream")


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entry point, except that a mistake in the form is named by its field.

    The CDK's own validation says "-1 is less than the minimum of 0", or prints the whole
    credentials object.

    Args:
        source: The source.
    """

    def __init__(self, source: SourceIncontact) -> None:
        super().__init__(source)
        # In messages, of which each may be a block.
        self._memory_monitor = MemoryMonitor(check_interval=_MESSAGES_BETWEEN_MEMORY_CHECKS)

    @staticmethod
    def validate_connection(
        source_spec: ConnectorSpecification,  # noqa: ARG004 - the CDK's signature
        config: Mapping[str, Any],
    ) -> None:
        """Parse the form.

        Raises:
            AirbyteTracedException: Something in it cannot be used (``config_error``).
        """
        _ = SyncContext(config).settings

    def read(self, *args: Any) -> Iterator[AirbyteMessage]:
        """Read; blocks are written here, in the order of the messages."""
        for message in super().read(*args):
            block = block_of(message)
            if block is None:
                yield message
            else:
                _write(block.lines)

    @staticmethod
    def handle_record_counts(
        message: AirbyteMessage,
        stream_message_count: defaultdict[HashableStreamDescriptor, float],
    ) -> AirbyteMessage:
        """Count the records of a block one by one."""
        block = block_of(message)
        if block is not None:
            descriptor = HashableStreamDescriptor(name=block.stream, namespace=None)
            stream_message_count[descriptor] += block.count - 1
        return AirbyteEntrypoint.handle_record_counts(message, stream_message_count)


def _write(lines: bytes | memoryview) -> None:
    """Write whole lines, behind all that was said before, and before all that is said then."""
    with PRINT_BUFFER.lock:
        sys.stdout.flush()
        output = cast("io.TextIOWrapper", sys.__stdout__)
        output.flush()
        cast("io.BufferedWriter", output.buffer).write(lines)
        output.buffer.flush()


def drop_expected_traceback(record: logging.LogRecord) -> bool:
    """Log an error that was foreseen by its message; only for our own faults a trace is of use."""
    error = record.exc_info[1] if record.exc_info else None
    if (
        isinstance(error, AirbyteTracedException)
        and error.failure_type is not FailureType.system_error
    ):
        record.msg, record.args = f"{record.getMessage()}: {error}", ()
        record.exc_info = None
    return True


def drop_cdk_backoff_log(record: logging.LogRecord) -> bool:
    """Drop the CDK's line on each pause, a rate limit whatever it is for; the handler says why."""
    return not str(record.msg).startswith("UserDefinedBackoffException: Rate limit exceeded")


def records_counted(counts: Mapping[str, int]) -> Callable[[logging.LogRecord], bool]:
    """What lets the CDK's line on a stream that was read count records, not blocks.

    Args:
        counts: How many records of each stream were written by the block.
    """

    def correct(record: logging.LogRecord) -> bool:
        found = _STREAM_WAS_READ.fullmatch(str(record.msg))
        if found and found[1] in counts:
            record.msg = f"Read {counts[found[1]]} records from {found[1]} stream"
        return True

    return correct


def main(args: Sequence[str]) -> int:
    """Run one command, its messages on standard output.

    Returns:
        The exit code.
    """
    if args[:1] == ["survey"]:
        from source_incontact.survey.command import main as survey  # noqa: PLC0415 - its alone

        return survey(args[1:])
    parsed = AirbyteEntrypoint.parse_args(list(args))
    _prepare_logging()
    with PRINT_BUFFER:
        try:
            _require_temporary_folder()
            source = _make_source(parsed)
            if parsed.command == "read":
                _filter_logs(records_counted(source.hand_on_blocks()))
            entrypoint = Entrypoint(source)
            for message in entrypoint.run(parsed):
                # One write a message, or lines of several threads would mix.
                sys.stdout.write(f"{message}\n")
        except AirbyteTracedException as error:
            return _fail(error, parsed.command)
    return 0


def _require_temporary_folder() -> None:
    """Pass if the CDK and the files of reports have a place for what they keep for a moment.

    Raises:
        AirbyteTracedException: There is none, or no room in it.
    """
    try:
        tempfile.gettempdir()
    except OSError as error:
        raise files.NO_TEMPORARY_FOLDER.error(reason=error.strerror) from None


def _prepare_logging() -> None:
    init_uncaught_exception_handler(LOGGER)
    _filter_logs(drop_expected_traceback)
    _filter_logs(drop_cdk_backoff_log)


def _filter_logs(wanted: Callable[[logging.LogRecord], bool]) -> None:
    for handler in logging.getLogger().handlers:  # at a logger, a filter misses its children's
        handler.addFilter(wanted)


T = TypeVar("T")


def _make_source(parsed: argparse.Namespace) -> SourceIncontact:
    """The source with config, catalog and state: the CDK takes them at construction only.

    Raises:
        AirbyteTracedException: A file cannot be read, or the form holds a mistake.
    """
    config = _read(parsed, "config", SourceIncontact.read_config)
    if config is not None:
        # First of all, and for the manifest, which reads the raw value.
        config["num_workers"] = SyncContext(config).settings.num_workers
    catalog = _read(parsed, "catalog", SourceIncontact.read_catalog)
    state = _read(parsed, "state", _read_state)
    return SourceIncontact(catalog, config, state)


def _read_state(path: str) -> list[AirbyteStateMessage]:
    state = SourceIncontact.read_state(path)
    _ = ConnectorStateManager(state)  # refuses a global state with a shared part
    return state


def _read(parsed: argparse.Namespace, name: str, reader: Callable[[str], T]) -> T | None:
    """What the file given with ``--name`` holds; ``None`` if none was given."""
    path = getattr(parsed, name, None)
    return documents.read(path, name, reader) if path else None


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
