"""Tables of text and how a file writes them: encoding, separators, quotes, base64 inside JSON.

Everything is written piece by piece, so that a file of any size takes little memory.
"""

from __future__ import annotations

import base64
import csv
import io
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BLOCK = 47_880
"""Bytes that become one piece of base64: whole groups of three, whole lines of 57."""
_LINE = 76
_ROWS_AT_ONCE = 250
FILE_ACTIONS = (
    "break_base64",
    "bad_padding",
    "cut_row",
    "no_bytes",
    "extra_cells",
    "short_row",
    "big_rows",
)
"""What a fault can do to a file itself."""


class Table(NamedTuple):
    """What a correct reader makes of a file.

    Attributes:
        header: Column names as written: repeated and empty ones too; empty if there is no header.
        rows: Cells as plain text, without blank rows and without a second pair of quotes.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Style:
    """How a report writes its file.

    Attributes:
        encoding: Name of the encoding, which writes no byte order mark by itself.
        bom: Whether a byte order mark stands first.
        delimiter: Between cells.
        newline: Between rows.
        wrapped: Columns whose cells have a second pair of quotes.
        blank_rows: Empty lines at the end.
        awkward: Whether the JSON text has line breaks and escapes that it would not need.
    """

    encoding: str = "utf-8"
    bom: bool = False
    delimiter: str = ","
    newline: str = "\r\n"
    wrapped: frozenset[str] = frozenset()
    blank_rows: int = 0
    awkward: bool = False


BIG_HEADER = ("Row", *(f"Column {number}" for number in range(2, 21)))
_BIG_TAILS = tuple(
    tuple(f"{(turn + 3) * (column + 7) * 7919 % 1_000_000:07d}" for column in range(19))
    for turn in range(61)
)


def big_rows(count: int) -> Iterator[tuple[str, ...]]:
    """Made-up rows of 20 columns, about 160 bytes each, for a file of any size."""
    for number in range(count):
        yield (str(number), *_BIG_TAILS[number % len(_BIG_TAILS)])


def bent(rows: Iterable[Sequence[str]], do: dict[str, Any]) -> Iterator[Sequence[str]]:
    """The rows, the third with too many or too few cells if a fault says so."""
    for number, row in enumerate(rows, 1):
        cells = row
        if number == 3 and do.get("short_row"):
            cells = cells[:-1]
        if number == 3:
            cells = (*cells, *(f"extra {place}" for place in range(int(do.get("extra_cells", 0)))))
        yield cells


def file_bytes(
    header: Sequence[str], rows: Iterable[Sequence[str]], style: Style
) -> Iterator[bytes]:
    """The file, piece by piece; nothing at all, not even a byte order mark, for an empty one."""
    mark = "\ufeff" if style.bom else ""
    for text in _texts(header, rows, style):
        yield (mark + text).encode(style.encoding)
        mark = ""


def _texts(header: Sequence[str], rows: Iterable[Sequence[str]], style: Style) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=style.delimiter, lineterminator=style.newline)
    if header:
        writer.writerow(header)
    remaining = iter(rows)
    while batch := list(islice(remaining, _ROWS_AT_ONCE)):
        writer.writerows(batch)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    if rest := buffer.getvalue() + style.newline * style.blank_rows:
        yield rest


def without_end(pieces: Iterable[bytes], style: Style) -> Iterator[bytes]:
    """The file without its last cell and what follows; a file of one line stays whole."""
    text = b"".join(pieces).decode(style.encoding)
    lines = text.rstrip("\r\n")
    short = lines.rpartition(style.delimiter)[0]
    yield (short if style.newline in short else text).encode(style.encoding)


def wrapped(
    header: Sequence[str], rows: Iterable[Sequence[str]], style: Style
) -> Iterable[Sequence[str]]:
    """The rows with a second pair of quotes where the style has one."""
    places = {place for place, name in enumerate(header) if name in style.wrapped}
    if not places:
        return rows
    return (
        tuple(f'"{cell}"' if place in places else cell for place, cell in enumerate(row))
        for row in rows
    )


def base64_json(pieces: Iterable[bytes], do: dict[str, Any], *, awkward: bool) -> Iterator[bytes]:
    """A file as base64, escaped as the vendor's JSON escapes it, spoilt if a fault says so."""
    groups = _base64(pieces)
    if do.get("break_base64"):
        groups = _broken(groups)
    if do.get("bad_padding"):
        groups = _badly_padded(groups)
    for group in groups:
        yield (_awkward(group) if awkward else group).replace(b"/", b"\\/")


def _base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= _BLOCK:
            yield base64.b64encode(held[:_BLOCK])
            del held[:_BLOCK]
    if held:
        yield base64.b64encode(held)


def _broken(groups: Iterator[bytes]) -> Iterator[bytes]:
    """An illegal character in the middle of the second piece, or of the only one."""
    first, second = next(groups, b""), next(groups, None)
    target = first if second is None else second
    middle = len(target) // 2
    before = () if second is None else (first,)
    return chain(before, (target[:middle] + b"*" + target[middle:],), groups)


def _badly_padded(groups: Iterator[bytes]) -> Iterator[bytes]:
    """The last four characters become one, which no decoder can make sense of."""
    held = next(groups, b"AAAA")
    for group in groups:
        yield held
        held = group
    yield held[:-3]


def _awkward(group: bytes) -> bytes:
    """Lines of 76 characters, their breaks escaped, and every other line with escaped plusses."""
    lines = [group[start : start + _LINE] for start in range(0, len(group), _LINE)]
    lines[1::2] = [line.replace(b"+", b"\\u002B") for line in lines[1::2]]
    return b"".join(line + b"\\r\\n" for line in lines)
