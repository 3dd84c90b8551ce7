"""Report files as records: the file's own columns as text, and ours beside them."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from source_incontact.families.rows import BUSINESS_UNIT
from source_incontact.families.table_layout import OtherLayoutError
from source_incontact.families.table_lines import BrokenTableError
from source_incontact.families.tables import columns, inspect_table, read_table
from source_incontact.messages import files, log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from source_incontact.api.spool import Spool

LOGGER = logging.getLogger("airbyte.source_incontact.files")

REPORT_ID, REPORT_NAME, REPORT_START = "_report_id", "_report_name", "_report_start"
ROW_NUMBER, EXTRA = "_row_number", "_extra"
OURS = (REPORT_ID, REPORT_NAME, REPORT_START, ROW_NUMBER, EXTRA, BUSINESS_UNIT)

HEADER_BYTES = 1 << 18
"""More than any header is long; enough of a file to learn its columns."""

_MOST_SHOWN = 10
_ROWS_AT_ONCE = 500
_TEXT = ["null", "string"]
_PROPERTIES: Mapping[str, Mapping[str, Any]] = {
    BUSINESS_UNIT: {
        "description": "Number of the business unit the row belongs to.",
        "type": ["null", "integer"],
    },
    REPORT_ID: {"description": "Number of the report.", "type": _TEXT},
    REPORT_NAME: {"description": "Name of the report, or its number as entered.", "type": _TEXT},
    REPORT_START: {
        "description": "Start of the day that the file covers (UTC, included).",
        "type": _TEXT,
        "format": "date-time",
    },
    ROW_NUMBER: {
        "description": "Place of the row in its file, from 1.",
        "type": ["null", "integer"],
    },
    EXTRA: {
        "description": "Cells beyond the header, in order; absent where there are none.",
        "type": ["null", "array"],
        "items": {"type": _TEXT},
    },
}


def file_schema(names: Sequence[str], *, dated: bool) -> dict[str, Any]:
    """The JSON schema of a file's records: our fields, then its columns, all text."""
    properties = {
        name: dict(prop) for name, prop in _PROPERTIES.items() if dated or name != REPORT_START
    }
    for name in names:
        properties[name] = {"description": f"Column '{name}' of the report.", "type": _TEXT}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": True,
        "properties": properties,
    }


class FileReader:
    """Turns the files of one stream into records. Safe to share between threads.

    Args:
        stream: Name of the stream, for warnings.
    """

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._warned: set[str] = set()
        self._catalog: frozenset[str] | None = None

    def expect(self, properties: Iterable[str]) -> None:
        """Warn once of columns that are not among the properties the catalog lists, if any."""
        self._catalog = frozenset(properties) or None

    def inspect(self, file: IO[bytes]) -> bool:
        """Read a file to its end, before a row of it goes out.

        Returns:
            Whether it surely ends where it does.

        Raises:
            EmptyFileError: It has not even a header.
            BrokenTableError: It is cut off, or is no table.
            AirbyteTracedException: Its template has to be changed (``config_error``).
        """
        file.seek(0)
        with _told():
            return inspect_table(file)

    def header(self, spool: Spool | None) -> list[str]:
        """The columns of a file, from its beginning; empty if it has none. Closes the file.

        Raises:
            AirbyteTracedException: The file is no table.
        """
        if spool is None:
            return []
        try:
            spool.file.seek(0)
            with _told(final=True):
                return columns(next(read_table(spool.file), []), OURS)
        finally:
            spool.close()

    def pages(
        self, spool: Spool | None, stamp: Mapping[str, Any]
    ) -> Iterator[list[dict[str, Any]]]:
        """The records of a file, each with ``stamp`` and its number, many at once. Closes the file.

        Raises:
            AirbyteTracedException: The file is no table (``transient_error``).
        """
        if spool is None:
            return
        try:
            spool.file.seek(0)
            with _told(final=True):
                records = self._records(spool.file, stamp)
                while page := list(islice(records, _ROWS_AT_ONCE)):
                    yield page
        finally:
            spool.close()

    def _records(self, file: IO[bytes], stamp: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        rows = read_table(file, self._warn)
        names = columns(next(rows, []), OURS)
        self._warn_of_new(names)
        known = {name: value for name, value in stamp.items() if value is not None}
        fields, values = [*known, ROW_NUMBER, *names], list(known.values())
        for number, cells in enumerate(rows, 1):
            record = dict(zip(fields, [*values, number, *cells], strict=False))
            if len(cells) != len(names):
                self._fill_up(record, names, cells)
            yield record

    def _warn_of_new(self, names: Sequence[str]) -> None:
        if self._catalog is None:
            return
        new = [name for name in names if name not in self._catalog]
        if new:
            shown = ", ".join(f"'{name}'" for name in new[:_MOST_SHOWN])
            more = f" and {len(new) - _MOST_SHOWN} more" if len(new) > _MOST_SHOWN else ""
            self._warn(log.NEW_COLUMNS.says(names=f"{shown}{more}"))

    def _fill_up(self, record: dict[str, Any], names: Sequence[str], cells: Sequence[str]) -> None:
        if len(cells) > len(names):
            record[EXTRA] = list(cells[len(names) :])
            self._warn(log.MORE_CELLS.says())
        else:
            record.update(dict.fromkeys(names[len(cells) :]))
            self._warn(log.FEWER_CELLS.says())

    def _warn(self, what: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            LOGGER.warning("%s: the file has %s.", self._stream, what)


@contextmanager
def _told(*, final: bool = False) -> Iterator[None]:
    """Say of a table that cannot be read what a person can do about it.

    Args:
        final: Whether it is of no use to fetch the file again.
    """
    try:
        yield
    except OtherLayoutError as error:
        raise files.NO_TABLE.error(reason=error) from None
    except BrokenTableError as error:
        if not final:
            raise
        raise files.BROKEN_TABLE.error(reason=error) from None
