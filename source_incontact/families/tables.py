"""A decoded report file as rows of text: encoding, separator, quotes, header, and its end."""

from __future__ import annotations

import codecs
import csv
import io
import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from source_incontact.api.file_body import EmptyFileError
from source_incontact.families.table_layout import (
    Layout,
    cells_despite_quotes,
    layout_of,
    split_rows,
)
from source_incontact.families.table_lines import MAX_ROW_CHARACTERS, BrokenTableError, TableLines
from source_incontact.messages import files, log, reasons
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
_PROSE = re.compile(
    r"\b(error|exception|failed|failure|timed out|time-?out|unable|denied|try again)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3

csv.field_size_limit(MAX_ROW_CHARACTERS)  # the default of 128 KiB fails on long cells


def read_table(
    file: IO[bytes], tell: Callable[[str], None] = lambda _: None
) -> Iterator[list[str]]:
    """Every row of a table, the header first.

    Lines of titles above the header, empty lines, and rows of nothing but empty cells at the end
    are passed over. A second pair of quotes around a cell is removed [L]. Bytes that are no UTF-8
    are read as the Windows code page, so that no row is lost to them.

    Args:
        file: The decoded file, at its start.
        tell: Told what is unusual in the file, as often as it is found.

    Raises:
        BrokenTableError: The file cannot be read to its end, or has none.
        OtherLayoutError: The file is laid out in a way that would have to be guessed.
    """
    with _opened(file, tell) as table:
        yield from table.filled_rows()


def inspect_table(file: IO[bytes]) -> bool:
    """Read a file to its end, and say whether that is one for sure: a line end like the others.

    Raises:
        EmptyFileError: It has not even a header.
        BrokenTableError: It cannot be read to its end, or has none.
        OtherLayoutError: It is laid out in a way that would have to be guessed.
    """
    with _opened(file, lambda _: None) as table:
        for _ in table.rows():
            pass
        table.require_content()
        return table.ends


def columns(header: Sequence[str], reserved: Iterable[str]) -> list[str]:
    """Names for the cells of a row: the header as written, made unique.

    A repeated header gets ``_2``, ``_3``, and so does one that is called like a field of ours, both
    without regard to case and punctuation. An empty one is called by its place, ``column_3``.
    """
    named = [cell if cell.strip() else f"column_{place}" for place, cell in enumerate(header, 1)]
    return unique_names(named, reserved)


def _encoding(file: IO[bytes]) -> str:
    start = file.read(4)
    file.seek(0)
    for signature, kind in _OTHER_KINDS:
        if start.startswith(signature):
            raise BrokenTableError(files.OTHER_KIND.says(kind=kind))
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    # No header begins with a NUL: a file that seems to is UTF-16 whose byte order mark is missing.
    if start[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if start[:1] == b"\0" else "utf-8"


@contextmanager
def _opened(file: IO[bytes], tell: Callable[[str], None]) -> Iterator[_Table]:
    """The table of a file, whose own errors are told as those of a table."""
    encoding = _encoding(file)
    errors = "strict" if encoding.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(file, encoding, errors, newline="")
    try:
        yield _Table(TableLines(text, tell), tell)
    except (csv.Error, UnicodeError) as error:
        cut = getattr(error, "reason", "") == "truncated data"
        raise BrokenTableError(files.UNREADABLE.says(error=error), unfinished=cut) from None
    finally:
        text.detach()


class _Table:
    """The rows of a file.

    Args:
        lines: The file's lines, at its start.
        tell: Told what is unusual in the file.
    """

    def __init__(self, lines: TableLines, tell: Callable[[str], None]) -> None:
        self._lines = lines
        self._tell = tell
        sample, whole = lines.sample()
        self._layout = layout_of(sample, whole=whole) if sample else Layout(",")
        self._header: list[str] = []
        self._count = 0
        if self._layout.titles:
            tell(log.TITLES_PASSED_OVER.says())

    def rows(self) -> Iterator[list[str]]:
        """The cells of each row as written, the header first; none of an empty line."""
        for _ in range(self._layout.skipped):
            next(self._lines)
        cells: list[str] = []
        for cells in split_rows(self._lines, self._layout.separator, self._mended):
            if not cells:
                continue
            self._header = self._header or cells
            self._count += 1
            yield cells
        if self._lines.is_open and len(cells) < len(self._header):
            raise BrokenTableError(files.SHORT_LAST_ROW.says(), unfinished=True)

    def filled_rows(self) -> Iterator[list[str]]:
        """The rows without a second pair of quotes, and without empty ones at the end."""
        waiting: list[tuple[int, int]] = []  # width and number of empty rows: may be millions
        for cells in self.rows():
            row = list(map(_unquoted, cells)) if '"' in "".join(cells) else cells
            if any(row):
                yield from ([""] * width for width, times in waiting for _ in range(times))
                waiting.clear()
                yield row
            elif waiting and waiting[-1][0] == len(row):
                waiting[-1] = (len(row), waiting[-1][1] + 1)
            else:
                waiting.append((len(row), 1))

    def require_content(self) -> None:
        """Pass if there is a table, after all rows were read.

        Raises:
            EmptyFileError: There is not even a header.
            BrokenTableError: There is a message in its place.
        """
        if not self._header:
            raise EmptyFileError(reasons.NO_HEADER.says())
        [first, *others] = self._header
        words = len(first.split())
        if not others and self._count == 1 and words >= _FEWEST_WORDS and _PROSE.search(first):
            raise BrokenTableError(files.PROSE.says())

    @property
    def ends(self) -> bool:
        """Whether the last line ended as the others do, after all rows were read."""
        return self._lines.ends

    def _mended(self, lines: Sequence[str]) -> list[str]:
        """The cells of a row with quotes that do not match, if the header says how many.

        Raises:
            BrokenTableError: They cannot be told apart.
        """
        if self._lines.ended:
            raise BrokenTableError(files.ENDS_INSIDE_CELL.says(), unfinished=True)
        cells = cells_despite_quotes(lines[0], self._layout.separator) if len(lines) == 1 else None
        if cells is None or len(cells) != len(self._header):
            raise BrokenTableError(files.QUOTES_DO_NOT_MATCH.says())
        self._tell(log.QUOTES_INSIDE.says())
        return cells


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1]
    return cell
