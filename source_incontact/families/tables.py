"""A decoded report file as rows of text: encoding, separator, quotes, header."""

from __future__ import annotations

import codecs
import csv
import io
import re
import uuid
from typing import IO, TYPE_CHECKING

from source_incontact.names import unique_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_KINDS = (
    (b"PK\3\4", "an Excel file or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"%PDF", "a PDF"),
)
_MARKUP = re.compile(r'\s*(<|\{\s*("|$))')
"""How a web page, XML or JSON begins, and no header does."""
_ESCAPED = re.compile("[\udc80-\udcff]+")
"""What "surrogateescape" makes of bytes that are no UTF-8."""

MAX_ROW_CHARACTERS = 32 << 20
"""Longest row; warehouses take cells of 16 MiB at most."""

csv.field_size_limit(MAX_ROW_CHARACTERS)  # the default of 128 KiB fails on long cells


class BrokenTableError(ValueError):
    """The file is no table: a quote that never closes, or bytes of no known encoding."""


def read_table(
    file: IO[bytes], tell: Callable[[str], None] = lambda _: None
) -> Iterator[list[str]]:
    """Every row of a comma or tab separated file, the header first.

    Empty lines are passed over everywhere, rows of nothing but empty cells at the end. A second
    pair of quotes around a cell is removed [L]. Bytes that are no UTF-8 are read as the Windows
    code page, so that no row is lost to them.

    Args:
        file: The decoded file, at its start.
        tell: Told what rows have that is odd, as often as it is found.

    Raises:
        BrokenTableError: The file cannot be read to its end.
    """
    encoding = _encoding(file)
    errors = "strict" if encoding.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(file, encoding, errors, newline="")
    try:
        yield from _rows(_Lines(text, tell))
    except (csv.Error, UnicodeError) as error:
        raise BrokenTableError(f"the file cannot be read as a table ({error})") from None
    finally:
        text.detach()


def columns(header: Sequence[str], reserved: Iterable[str]) -> list[str]:
    """Names for the cells of a row: the header as written, made unique.

    A repeated header gets ``_2``, ``_3``; so does one that is called like a field of ours. An empty
    one is called by its place, ``column_3``.
    """
    named = [cell if cell.strip() else f"column_{place}" for place, cell in enumerate(header, 1)]
    return unique_names(named, reserved)


def _encoding(file: IO[bytes]) -> str:
    start = file.read(4)
    file.seek(0)
    for signature, kind in _OTHER_KINDS:
        if start.startswith(signature):
            raise BrokenTableError(f"the file is {kind} and no table")
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    # No header begins with a NUL: a file that seems to is UTF-16 whose byte order mark is missing.
    if start[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if start[:1] == b"\0" else "utf-8"


def _rows(lines: _Lines) -> Iterator[list[str]]:
    waiting: list[tuple[int, int]] = []  # width and number of empty rows: there may be millions
    delimiter = _delimiter(lines.first)
    for cells in csv.reader(lines, delimiter=delimiter):
        if cells and cells[-1].endswith(lines.sentinel):
            if cells != [lines.sentinel]:
                raise BrokenTableError("the file ends inside a quoted cell")
            return
        lines.end_row(delimiter)
        if not cells:
            continue
        row = [_unquoted(cell) for cell in cells]
        if any(row):
            yield from ([""] * width for width, times in waiting for _ in range(times))
            waiting.clear()
            yield row
        elif waiting and waiting[-1][0] == len(row):
            waiting[-1] = (len(row), waiting[-1][1] + 1)
        else:
            waiting.append((len(row), 1))


class _Lines:
    """The lines of a file, each with its newline, then one of our own.

    If a quote swallows the line at the end, that quote was never closed. Until then it may have
    swallowed the whole file, so what goes into one row is bounded.

    Args:
        text: The file; its first lines are passed over if they are empty.
        tell: Told what rows have that is odd.

    Attributes:
        first: The first line that is not empty.
        sentinel: The line at the end.
    """

    def __init__(self, text: io.TextIOWrapper, tell: Callable[[str], None]) -> None:
        self._text = text
        self._tell = tell
        self.first = self._read()
        while self.first and not self.first.strip("\r\n"):
            self.first = self._read()
        if "\0" in self.first:
            raise BrokenTableError("the file is no text")
        if _MARKUP.match(self.first):
            raise BrokenTableError("the file is a web page, XML or JSON, and no table")
        self.sentinel = uuid.uuid4().hex
        self._row: list[str] = []
        self._size = 0

    def _read(self) -> str:
        """The next line.

        Raises:
            UnicodeError: It holds a byte that the Windows code page does not know either.
        """
        line = self._text.readline(MAX_ROW_CHARACTERS)
        if line.isascii() or not _ESCAPED.search(line):
            return line
        self._tell("bytes that are not UTF-8; they are read as Windows-1252")
        return _ESCAPED.sub(_as_windows_1252, line)

    def __iter__(self) -> Iterator[str]:
        line = last = self.first
        while line:
            self._row.append(line)
            self._size += len(line)
            if self._size >= MAX_ROW_CHARACTERS:
                raise BrokenTableError("a row of the file does not end, or a quoted cell in it")
            yield line
            last, line = line, self._read()
        if not last.endswith(("\n", "\r")):
            yield "\n"
        yield self.sentinel

    def end_row(self, delimiter: str) -> None:
        """Say that the lines since the last call were one row.

        Raises:
            BrokenTableError: They are several, held together by quotes that do not match: a stray
                quote opened a cell, and another one rows later closed it.
        """
        if len(self._row) > 1:
            try:
                list(csv.reader(self._row, delimiter=delimiter, strict=True))
            except csv.Error:
                raise BrokenTableError("quotes in the file do not match") from None
        self._row.clear()
        self._size = 0


def _as_windows_1252(escaped: re.Match[str]) -> str:
    """The text of some bytes that are no UTF-8.

    Raises:
        UnicodeError: They are not of the Windows code page either.
    """
    found = escaped[0].encode("ascii", "surrogateescape")
    try:
        return found.decode("cp1252")
    except UnicodeError:
        # A cell may be cut to a length in the middle of a character.
        if codecs.getincrementaldecoder("utf-8")().decode(found) == "":
            return "\ufffd"
        raise


def _delimiter(line: str) -> str:
    """Tab if the header has more tabs than commas outside of quotes."""
    unquoted = "".join(line.split('"')[::2])
    return "\t" if unquoted.count("\t") > unquoted.count(",") else ","


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1]
    return cell
