"""The lines of a report file, and where it is no text or has no end."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from source_incontact.api.file_body import BrokenFileError
from source_incontact.api.text import not_utf_8, with_windows_1252
from source_incontact.families.table_layout import MOST_SAMPLE_LINES, RowLines
from source_incontact.messages import files, log

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

_MARKUP = re.compile(
    r"""\s*(
        <([!?/]|[a-z_](?![^<>]*>\s*[,;|\t]))   # <html>, but neither "< 30 s" nor "<none>,Calls"
        | \{\s*("|$)
        | \[\s*([\[{"\]]|$)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""How a web page, XML or JSON begins, and no header does."""
_SAMPLE_CHARACTERS = 1 << 16

MAX_ROW_CHARACTERS = 32 << 20
"""Longest row; warehouses take cells of 16 MiB at most."""


class BrokenTableError(BrokenFileError):
    """The file is cut off, or is no table."""


class TableLines(RowLines):
    """The lines of a file from the first that is not empty.

    A stray quote may swallow the whole file, so what goes into one row is bounded.

    Args:
        text: The file, at its start.
        tell: Told what is unusual in the file.

    Attributes:
        first: The first line.
    """

    def __init__(self, text: io.TextIOWrapper, tell: Callable[[str], None]) -> None:
        super().__init__(())
        self._text = text
        self._tell = tell
        self._ahead: deque[str] = deque()
        self._last = ""
        self._size = 0
        self._first_end = ""
        self._is_single = True
        self.first = self._read()
        while self.first and not self.first.strip("\r\n"):
            self.first = self._read()
        if "\0" in self.first:
            raise BrokenTableError(files.NO_TEXT.says())
        if _MARKUP.match(self.first):
            raise BrokenTableError(files.MARKUP.says())
        if self.first:
            self._ahead.append(self.first)

    def sample(self) -> tuple[list[str], bool]:
        """The first lines, still to come, and whether they are all."""
        size = len(self.first)
        while len(self._ahead) < MOST_SAMPLE_LINES and size < _SAMPLE_CHARACTERS:
            line = self._read()
            self._ahead.append(line)
            size += len(line)
            if not line:
                return list(self._ahead)[:-1], True
        return list(self._ahead), False

    def __next__(self) -> str:
        """The next line, which belongs to the present row."""
        line = self._ahead.popleft() if self._ahead else self._read()
        if not line:
            self.ended = True
            raise StopIteration
        self._size = len(line) + (self._size if self.row else 0)
        if self._size >= MAX_ROW_CHARACTERS:
            raise BrokenTableError(files.ENDLESS_ROW.says())
        self._is_single = not self._last
        self._last = line
        self._first_end = self._first_end or _line_end(line)
        self.row.append(line)
        return line

    @property
    def is_open(self) -> bool:
        """Whether the last line has no line end."""
        return not _line_end(self._last)

    @property
    def ends(self) -> bool:
        """Whether the last line has the line end of the first.

        A single line that ends in a carriage return alone may lack the line feed behind it.
        """
        is_half = self._is_single and self._first_end == "\r"
        return not self.is_open and _line_end(self._last) == self._first_end and not is_half

    def _read(self) -> str:
        """The next line.

        Raises:
            UnicodeError: It holds a byte that the Windows code page does not know either.
        """
        line = self._text.readline(MAX_ROW_CHARACTERS)
        if not not_utf_8(line):
            return line
        self._tell(log.ANOTHER_ENCODING.says())
        return with_windows_1252(line)


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
