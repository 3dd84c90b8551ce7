"""How a report file lays out its table: the separator, and where the header is.

A file that begins in another way than a plain table is understood exactly, or refused by name: rows
under columns of rubbish are worse than no rows.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from source_incontact.messages import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SEPARATORS = ",\t;|"
"""What may stand between cells: the comma is the vendor's [L], the tab an option of its screens
[S], the others are those of European and older exports [A 21]."""

MOST_SAMPLE_LINES = 200
"""How many lines of a file are looked at for its layout."""

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[,;|\t]*', re.IGNORECASE)
_ENOUGH = 0.5
"""Share of the rows that must fit below a header."""


class OtherLayoutError(ValueError):
    """The file is a table of a kind that cannot be read without a guess."""


class RowLines:
    """Lines, of which those of the present row are kept.

    Args:
        lines: Each with its line end.

    Attributes:
        row: The lines of the present row.
        ended: Whether there are no more.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.row: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        """The lines that are still to come."""
        return self

    def __next__(self) -> str:
        """The next line, which belongs to the present row."""
        line = next(self._lines, "")
        if not line:
            self.ended = True
            raise StopIteration
        self.row.append(line)
        return line


def split_rows(
    lines: RowLines, separator: str, repair: Callable[[Sequence[str]], list[str]]
) -> Iterator[list[str]]:
    """The cells of each row, those of an empty line too.

    Args:
        lines: Where the rows are.
        separator: What stands between cells.
        repair: Given the lines of a row whose quotes do not match; its cells.
    """
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        lines.row.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = repair(lines.row)
        yield cells


def cells_despite_quotes(line: str, separator: str) -> list[str] | None:
    """The cells of a line with quotes in its quoted cells that should have been doubled.

    A quote closes a cell only in front of a separator or the end. ``None`` if one never does.
    """
    cells: list[str] = []
    quoted: list[str] = []
    for part in line.rstrip("\r\n").split(separator):
        if not quoted and not part.lstrip(" ").startswith('"'):
            cells.append(part)
            continue
        quoted.append(part)
        cell = separator.join(quoted).strip(" ")[1:]
        quotes_at_end = len(cell) - len(cell.rstrip('"'))
        if quotes_at_end % 2:
            cells.append(cell[:-1].replace('""', '"'))
            quoted.clear()
    return None if quoted else cells


@dataclass(frozen=True)
class Layout:
    """Where the table of a file is.

    Attributes:
        separator: What stands between cells.
        skipped: How many lines of the file come before its header.
        titles: How many of them are titles.
    """

    separator: str
    skipped: int = 0
    titles: int = 0


@dataclass(frozen=True)
class _Row:
    """A row of the sample.

    Attributes:
        start: How many lines come before it.
        cells: Its cells; empty at the end if the writer pads.
        after_gap: Whether an empty line, or a row of several empty cells, comes before it.
    """

    start: int
    cells: Sequence[str]
    after_gap: bool

    @cached_property
    def width(self) -> int:
        """How many cells it has up to the last that is not empty."""
        return max((place for place, cell in enumerate(self.cells, 1) if cell.strip()), default=0)


def layout_of(lines: Sequence[str], *, whole: bool) -> Layout:
    """How a file is laid out, by its first lines.

    Args:
        lines: The first lines, each with its line end.
        whole: Whether these are all lines; else the last row of them may be cut.

    Raises:
        OtherLayoutError: It cannot be told without a guess; the text says what is there.
    """
    named = _SEPARATOR_LINE.fullmatch(lines[0].rstrip("\r\n")) if lines else None
    if named is None:
        return _chosen([_view(separator, lines, whole=whole) for separator in SEPARATORS])
    if named[1] not in SEPARATORS:
        raise OtherLayoutError(files.UNKNOWN_SEPARATOR.says())
    found = _chosen([_view(named[1], lines[1:], whole=whole)])
    return Layout(found.separator, found.skipped + 1, found.titles)


@dataclass(frozen=True)
class _View:
    """The sample as it reads with one separator.

    Attributes:
        separator: What is taken to stand between cells.
        rows: Its rows, the empty ones left out.
        in_header: How often the separator stands outside of quotes in the first.
    """

    separator: str
    rows: Sequence[_Row]
    in_header: int

    @property
    def width(self) -> int:
        """How many columns the first row names."""
        return self.rows[0].width if self.rows else 0

    @cached_property
    def share(self) -> float:
        """Which part of the rows fits below the first."""
        return _share(self.rows)

    @property
    def is_plain(self) -> bool:
        """Whether the first row is a header of several columns, and most rows fit below it."""
        return self.in_header > 0 and self.width > 1 and self.share >= _ENOUGH

    @property
    def is_neat(self) -> bool:
        """Whether the first row reads like names, and not like prose or words with their values."""
        header = self.rows[0].cells
        return not (
            any(cell.startswith(" ") for cell in header[1:])
            or any(cell.rstrip().endswith(":") for cell in header)
        )

    @property
    def has_gap(self) -> bool:
        """Whether an empty line stands between two of its rows."""
        return any(row.after_gap for row in self.rows[1:])

    @cached_property
    def table(self) -> int:
        """The place of a wider row behind a gap, from which on most rows fit; else 0."""
        widest = max(self.width, 1)
        for place, row in enumerate(self.rows[1:], 1):
            if row.after_gap and row.width > widest:
                return place if _share(self.rows[place:]) >= _ENOUGH else 0
            widest = max(widest, row.width)
        return 0

    @property
    def has_titles(self) -> bool:
        """Whether such a row has only lines of one cell above it."""
        return self.table > 0 and all(row.width <= 1 for row in self.rows[: self.table])

    @property
    def is_column(self) -> bool:
        """Whether no row has more than one cell."""
        return all(row.width <= 1 for row in self.rows)

    @property
    def is_wider_below(self) -> bool:
        """Whether from some row on, all rows have more cells than the first."""
        wider = [row.width > max(self.width, 1) for row in self.rows[1:]]
        return any(wider) and all(wider[wider.index(True) :])

    @property
    def all_wider(self) -> bool:
        """Whether several rows are there, and all have more cells than the first."""
        body = self.rows[1:]
        return len(body) > 1 and all(row.width > self.width for row in body)


def _view(separator: str, lines: Sequence[str], *, whole: bool) -> _View:
    """How some lines read with a separator; a last row that may be cut is left out."""
    rows: list[_Row] = []
    tracked = RowLines(lines)
    header, start, gap = "", 0, False
    for cells in split_rows(tracked, separator, lambda row: _roughly(row, separator)):
        # A line of two quotes is a row of one empty cell, and no empty line.
        gap_before, gap = gap, len(cells) != 1 and not any(cell.strip() for cell in cells)
        if not gap:
            rows.append(_Row(start, cells, gap_before))
            header = header or "".join(tracked.row)
        start += len(tracked.row)
    if len(rows) > 1 and not (whole and lines[-1].endswith(("\n", "\r"))):
        del rows[-1]
    return _View(separator, rows, "".join(header.split('"')[::2]).count(separator))


def _roughly(lines: Sequence[str], separator: str) -> list[str]:
    cells = cells_despite_quotes(lines[0], separator) if len(lines) == 1 else None
    return cells or "".join(lines).split(separator)


def _share(rows: Sequence[_Row]) -> float:
    """Which part of the rows fits below the first; 1 if there are none."""
    body = rows[1:]
    if not body:
        return 1.0
    least, most = rows[0].width, len(rows[0].cells)
    return sum(least <= len(row.cells) and row.width <= most for row in body) / len(body)


def _chosen(views: Sequence[_View]) -> Layout:
    """The layout that explains the sample; the first view is the usual one.

    Raises:
        OtherLayoutError: None does.
    """
    plain = [view for view in views if view.is_plain]
    if plain:
        return _plain(plain)
    usual = views[0]
    # A text of one column may hold another separator: that needs a row more to be believed.
    titled = [v for v in views if v.has_titles and (v is usual or v.rows[v.table + 1 :])]
    if titled:
        return _titled(titled)
    if any(view.table for view in views):
        raise OtherLayoutError(files.TITLES.says())
    return _ragged(views)


def _plain(views: Sequence[_View]) -> Layout:
    """Of several, the one that fits all rows; then one of neat names, and of many."""
    best = max(views, key=lambda view: (view.share, view.is_neat, view.width))
    if best.has_gap and not best.is_neat:
        raise OtherLayoutError(files.TITLES.says())
    return Layout(best.separator)


def _titled(views: Sequence[_View]) -> Layout:
    best = max(
        views, key=lambda view: (_share(view.rows[view.table :]), view.rows[view.table].width)
    )
    return Layout(best.separator, best.rows[best.table].start, best.table)


def _ragged(views: Sequence[_View]) -> Layout:
    """A table of one column, or one whose rows have other numbers of cells than its header."""
    usual = views[0]
    other = max(views, key=lambda view: view.in_header)
    if other.in_header > usual.in_header and other.separator == "\t":
        return Layout("\t")
    if usual.is_column:
        return Layout(usual.separator)
    if usual.width <= 1 and (other.in_header or usual.is_wider_below):
        raise OtherLayoutError(files.FEWER_HEADERS.says())
    if usual.share == 0 and (usual.has_gap or not usual.is_neat or usual.all_wider):
        raise OtherLayoutError(files.OTHER_HEADERS.says())
    return Layout(usual.separator)
