"""Report files as tables: every encoding, separator and quote, cell for cell."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import sys
import tracemalloc
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from source_incontact.api.file_body import BrokenFileError, EmptyFileError, FileBody
from source_incontact.api.spool import Spool
from source_incontact.families.file_rows import OURS
from source_incontact.families.table_layout import OtherLayoutError
from source_incontact.families.table_lines import BrokenTableError
from source_incontact.families.tables import columns, inspect_table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def table(content: bytes) -> list[list[str]]:
    return list(read_table(io.BytesIO(content)))


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12
).filter(lambda cell: not (len(cell) > 1 and cell[0] == cell[-1] == '"'))
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(
    rows=TABLES,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from([",", "\t"]),
    line_end=st.sampled_from(["\r\n", "\n"]),
    quote_all=st.booleans(),
)
def test_any_table_comes_back_cell_for_cell(
    rows: list[list[str]], encoding: str, delimiter: str, line_end: str, *, quote_all: bool
) -> None:
    header = [f"column {number}" for number in range(len(rows[0]) + 1)]
    rows = [[*row, "x"] for row in rows]  # no row of nothing but empty cells
    text = io.StringIO()
    # Python's writer leaves a lone carriage return unquoted: no reader could tell it from a line.
    bare_return = any("\r" in cell for row in rows for cell in row)
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=line_end,
        quoting=csv.QUOTE_ALL if quote_all or bare_return else csv.QUOTE_MINIMAL,
    )
    writer.writerows([header, *rows])
    assert table(text.getvalue().encode(encoding)) == [header, *rows]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b"", [], id="nothing at all"),
        pytest.param(b"a,b\r\n", [["a", "b"]], id="header only"),
        pytest.param(b"a,b", [["a", "b"]], id="header without line end"),
        pytest.param(b"\r\n\r\na,b\r\n1,2", [["a", "b"], ["1", "2"]], id="blank lines before"),
        pytest.param(b"a\tb\n1,5\t2\n", [["a", "b"], ["1,5", "2"]], id="tabs"),
        pytest.param(b'a,b\n"""x""",y\n', [["a", "b"], ["x", "y"]], id="triple quotes"),
        pytest.param(b'"""a, b""",c\n1,2\n', [["a, b", "c"], ["1", "2"]], id="quoted header"),
        pytest.param(b'a\n"He said ""hi"" twice"\n', [["a"], ['He said "hi" twice']], id="inner"),
        pytest.param(
            b'a,b\n"1\r\n2",3\n', [["a", "b"], ["1\r\n2", "3"]], id="line break in a cell"
        ),
        pytest.param(b"a,b\n\n1,2\n\n\n,\n,\n", [["a", "b"], ["1", "2"]], id="trailing blanks"),
        pytest.param(b"a,b\n,\n1,2\n", [["a", "b"], ["", ""], ["1", "2"]], id="empty cells inside"),
        pytest.param(b"a,b\n1\n1,2,3\n", [["a", "b"], ["1"], ["1", "2", "3"]], id="ragged"),
        pytest.param(b"a,b\n007,=1+1\n", [["a", "b"], ["007", "=1+1"]], id="as written"),
        pytest.param("a,b\nå,é\n".encode(), [["a", "b"], ["å", "é"]], id="accents"),
        pytest.param("a\nå\n".encode("cp1252"), [["a"], ["å"]], id="Windows code page"),
        pytest.param(b"a\nx\xe3\x81\n", [["a"], ["x\ufffd"]], id="cut inside a character"),
        pytest.param(b"{a},<b>\n1,2\n", [["{a}", "<b>"], ["1", "2"]], id="brackets"),
        pytest.param("a\nå\n".encode("utf-16-le"), [["a"], ["å"]], id="UTF-16 LE, no mark"),
        pytest.param("a\nå\n".encode("utf-16-be"), [["a"], ["å"]], id="UTF-16 BE, no mark"),
        pytest.param(b"a,b\r1,2\r3,4\r", [["a", "b"], ["1", "2"], ["3", "4"]], id="CR alone"),
        pytest.param(b"a\n1\n2,5\n3\n", [["a"], ["1"], ["2", "5"], ["3"]], id="a stray comma"),
        pytest.param(b"a;b\n1;2,5\n", [["a", "b"], ["1", "2,5"]], id="semicolons"),
        pytest.param(b"a;b, c\n1;2,5\n", [["a", "b, c"], ["1", "2,5"]], id="a comma in a name"),
        pytest.param(b"a|b\n1|2,5\n3|4;x\n", [["a", "b"], ["1", "2,5"], ["3", "4;x"]], id="pipes"),
        pytest.param(b"a,b; c\n1,2; 3\n", [["a", "b; c"], ["1", "2; 3"]], id="semicolons in cells"),
        pytest.param(b"a;b\n1\n2\n", [["a;b"], ["1"], ["2"]], id="a semicolon in a name"),
        pytest.param(b"a\n1;2\n3;4\n", [["a"], ["1;2"], ["3;4"]], id="semicolons in one column"),
        pytest.param(b'a\n""\n1;2\n', [["a"], [""], ["1;2"]], id="an empty cell in one column"),
        pytest.param(b"sep=;\r\na;b\r\n1;2\r\n", [["a", "b"], ["1", "2"]], id="a separator line"),
        pytest.param(b'"sep=\t"\r\na\tb\r\n1\t2\r\n', [["a", "b"], ["1", "2"]], id="quoted"),
        pytest.param(b"\xef\xbb\xbfsep=,\na\n1\n", [["a"], ["1"]], id="a mark before it"),
        pytest.param(b"sep=,,\na,b\n1,2\n", [["a", "b"], ["1", "2"]], id="a padded one"),
        pytest.param(b"North\n\na,b\n1,2\n", [["a", "b"], ["1", "2"]], id="a title"),
        pytest.param(b"North\nW 47\n\na,b\n1,2\n", [["a", "b"], ["1", "2"]], id="two titles"),
        pytest.param(b"North,\n,\na,b\n1,2\n", [["a", "b"], ["1", "2"]], id="a padded title"),
        pytest.param(b"North\n\nW 47\n\na,b\n", [["a", "b"]], id="titles and no rows"),
        pytest.param(
            b"North W 47\n\na;b;c\n1;2,5;3\n", [["a", "b", "c"], ["1", "2,5", "3"]], id="European"
        ),
        pytest.param(
            b"sep=;\nNorth\n\na;b\n1;2\n", [["a", "b"], ["1", "2"]], id="a separator and a title"
        ),
        pytest.param(
            b"North\n\na,b\n1,2\n\nTotal\n", [["a", "b"], ["1", "2"], ["Total"]], id="a footer"
        ),
        pytest.param(
            b'a,b,c\n1,"he said "hi, you" twice",2\n3,"x" ,4\n',
            [["a", "b", "c"], ["1", 'he said "hi, you" twice', "2"], ["3", "x", "4"]],
            id="quotes that should be doubled",
        ),
        pytest.param(b"< 30 s,> 30 s\n1,2\n", [["< 30 s", "> 30 s"], ["1", "2"]], id="less than"),
        pytest.param(b"<none>,b\n1,2\n", [["<none>", "b"], ["1", "2"]], id="angle brackets"),
        pytest.param(b"[a],[b]\n1,2\n", [["[a]", "[b]"], ["1", "2"]], id="square brackets"),
    ],
)
def test_a_file_is_read_as_it_was_meant(content: bytes, rows: list[list[str]]) -> None:
    assert table(content) == rows


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'a,b\n1,"2\n3,4\n', id="a quote that never closes"),
        pytest.param(b'a,b\n1,"five\n2,x\n3,"z\n', id="stray quotes that meet"),
        pytest.param("a\nxyz\n".encode("utf-16")[:-1], id="half a character of UTF-16"),
        pytest.param("a\n通話。\n".encode("shift-jis"), id="bytes of another code page"),
        pytest.param(b"PK\3\4\x14\0\6\0\x08,1\n", id="a new Excel file"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1,1\n", id="an old Excel file"),
        pytest.param(b"%PDF-1.7\na,b\n", id="a PDF"),
        pytest.param(b"\r\n<!DOCTYPE html>\n<p>503, try later\n", id="a web page"),
        pytest.param(b"<HTML><body>503</body>\n", id="another web page"),
        pytest.param(b"\xef\xbb\xbf<!DOCTYPE html>\n", id="a web page with a byte order mark"),
        pytest.param("<html>\n".encode("utf-16"), id="a web page in UTF-16"),
        pytest.param(b"\n" * 30 + b"<?xml version='1.0'?>\n", id="XML behind blank lines"),
        pytest.param(b'{"message": "try later"}', id="JSON"),
        pytest.param(b'{\n  "message": "try later"\n}', id="JSON on several lines"),
        pytest.param(b"[\n  {}\n]", id="a list of JSON"),
        pytest.param(b'<meta content="a,b">\n', id="a tag with a comma"),
        pytest.param(b"ab\0c,d\n1,2\n", id="no text"),
        pytest.param(b"a,b\n1,2\n3", id="a last row that is cut"),
        pytest.param(b"a,b\n1,2\n,\n\n3", id="a last row that is cut behind empty ones"),
        pytest.param(b'a,b\n1,"x" y", z"\n', id="quotes with two meanings"),
        pytest.param(b'a,b\n1,"say "hi\n2,x\n', id="a quote too few in a line"),
    ],
)
def test_a_broken_file_is_an_error_and_never_fewer_rows(content: bytes) -> None:
    with pytest.raises(BrokenTableError):
        table(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"North\na,b\n1,2\n", id="a title and no gap"),
        pytest.param(b"North,,\na,b,c\n1,2,3\n", id="a padded title and no gap"),
        pytest.param(b"Report,Weekly\nWeek,47\n\na,b,c\n1,2,3\n", id="titles of two cells"),
        pytest.param(b"Report:,Weekly\n\na,b\n1,2\n", id="a word with its value"),
        pytest.param(b"North, W 47\n\na,b\n1,2\n", id="prose as wide as the table"),
        pytest.param(b"North, South, East\na,b\n1,2\n", id="prose wider than the table"),
        pytest.param(b"a,b\n1,2,3\n4,5,6\n", id="a header too short"),
        pytest.param(b"a;b;c\n1;2,5\n3;4,5\n6\n", id="ragged semicolons"),
        pytest.param(b"sep=x\naxb\n", id="a separator of another kind"),
    ],
)
def test_a_table_that_would_have_to_be_guessed_is_refused(content: bytes) -> None:
    with pytest.raises(OtherLayoutError):
        table(content)


@given(
    header=st.lists(st.text("abc XYZ-_%", min_size=1), min_size=1, max_size=4),
    data=st.data(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quote_all=st.booleans(),
)
def test_what_a_writer_writes_is_read_back_whatever_the_cells_hold(
    header: list[str], data: st.DataObject, encoding: str, *, quote_all: bool
) -> None:
    assume(all(name.strip() == name for name in header))
    odd = st.sampled_from(
        ["", "a;b", "x|y\tz", "\n\n", "a\n\nb;c", 'say "hi", "you"', "sep=;", ","]
    )
    row = st.lists(odd | CELLS, min_size=len(header), max_size=len(header))
    rows = data.draw(st.lists(row, max_size=6))
    quote_all = quote_all or any("\r" in cell for cells in rows for cell in cells)
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    writer.writerows([header, *rows])
    content = text.getvalue().encode(encoding)
    while rows and not any(rows[-1]):  # those are passed over
        rows.pop()
    assert table(content) == [header, *rows]
    assert inspect_table(io.BytesIO(content))


@given(rows=TABLES, data=st.data())
def test_no_beginning_of_a_file_seems_to_end(rows: list[list[str]], data: st.DataObject) -> None:
    text = io.StringIO()
    header = [f"column {number}" for number in range(len(rows[0]))]
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    content = text.getvalue().encode()
    ends = [match.end() for match in re.finditer(b"\r\n", content)]
    cut = data.draw(st.integers(0, len(content) - 1).filter(lambda end: end not in ends))
    unfinished = False
    try:
        unfinished = not inspect_table(io.BytesIO(content[:cut]))
    except (BrokenTableError, EmptyFileError) as error:
        unfinished = error.unfinished
    assert unfinished


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        pytest.param(b"a,b\r\n1,2\r\n", True, id="a line end"),
        pytest.param(b"a,b\r\n1,2", False, id="none"),
        pytest.param(b"a,b\r\n1,2\r", False, id="half of one"),
        pytest.param(b"a,b", False, id="a header alone"),
        pytest.param(b"a,b\r", False, id="half of one behind a header alone"),
        pytest.param(b"a\nx\xc3", False, id="half a character"),
    ],
)
def test_a_file_surely_ends_where_its_last_line_does(content: bytes, *, ends: bool) -> None:
    assert inspect_table(io.BytesIO(content)) is ends


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_header_is_empty(content: bytes) -> None:
    with pytest.raises(EmptyFileError, match="without even the header"):
        inspect_table(io.BytesIO(content))


@pytest.mark.parametrize("content", [b"The report timed out.\n", b"An error has occurred"])
def test_a_message_is_no_header(content: bytes) -> None:
    with pytest.raises(BrokenTableError, match="is a message and no table"):
        inspect_table(io.BytesIO(content))


@pytest.mark.parametrize(
    ("header", "named"),
    [
        pytest.param(["Talk", "Talk", "Talk"], ["Talk", "Talk_2", "Talk_3"], id="repeated"),
        pytest.param(["a", "", " "], ["a", "column_2", "column_3"], id="empty"),
        pytest.param(["_row_number", "_report_id"], ["_row_number_2", "_report_id_2"], id="ours"),
        pytest.param(["Talk_2", "Talk", "Talk"], ["Talk_2", "Talk", "Talk_3"], id="taken"),
        pytest.param(["Calls", "CALLS"], ["Calls", "CALLS_2"], id="another case"),
        pytest.param(["A b", "A_b", "a-B"], ["A b", "A_b_2", "a-B_3"], id="punctuation"),
        pytest.param(["Talk 2", "Talk", "TALK"], ["Talk 2", "Talk", "TALK_3"], id="taken so"),
        pytest.param(["_ROW_NUMBER"], ["_ROW_NUMBER_2"], id="ours in capitals"),
        pytest.param(["BusinessUnitID", "通話"], ["BusinessUnitID_2", "通話"], id="ours as spelt"),
    ],
)
def test_columns_are_the_header_made_unique(header: list[str], named: list[str]) -> None:
    assert columns(header, OURS) == named


def test_no_row_is_given_out_that_the_end_of_the_file_proves_broken() -> None:
    rows = read_table(io.BytesIO(b'a,b\n1,"2\n3,4\n'))
    assert next(rows) == ["a", "b"]
    with pytest.raises(BrokenTableError, match="inside a quoted cell"):
        next(rows)


def test_empty_rows_are_counted_and_not_kept_while_they_wait() -> None:
    tracemalloc.start()
    rows = table(b"a,b\n" + b",\n" * 50_000 + b",,\n")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == [["a", "b"]]
    assert peak < 1_000_000


def test_the_steps_to_name_equal_headers_grow_with_their_number_and_not_its_square() -> None:
    steps = 0

    def count(_frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        nonlocal steps
        steps += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        named = columns(["A"] * 2_000, OURS)
    finally:
        sys.settrace(before)
    assert named[-1] == "A_2000"
    assert steps < 2_000 * 50


@given(st.lists(st.text(max_size=6), max_size=12))
def test_no_column_is_lost_to_another_or_to_ours(header: list[str]) -> None:
    named = columns(header, OURS)
    assert len(named) == len(header)
    stored = ["".join(c if c.isalnum() else "_" for c in name.lower()) for name in (*named, *OURS)]
    assert len({*stored}) == len(header) + len(OURS)


@given(rows=TABLES, cuts=st.lists(st.integers(0, 3000), max_size=20), data=st.data())
def test_any_table_in_an_answer_cut_anywhere_comes_back_and_any_truncation_is_an_error(
    rows: list[list[str]], cuts: list[int], data: st.DataObject
) -> None:
    rows = [[*row, "x"] for row in rows]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    file = base64.b64encode(text.getvalue().encode()).decode()
    body = json.dumps({"errorMessage": "", "file": file, "URI": ""}).encode()

    def receive(content: bytes) -> list[list[str]]:
        spool = Spool()
        answer = FileBody(spool.write)
        edges = [0, *sorted({min(cut, len(content)) for cut in cuts}), len(content)]
        for start, end in pairwise(edges):
            answer.feed(content[start:end])
        answer.finish()
        spool.file.seek(0)
        return list(read_table(spool.file))

    assert receive(body) == rows
    with pytest.raises(BrokenFileError):
        receive(body[: data.draw(st.integers(0, len(body) - 1))])


@pytest.mark.parametrize(
    "content",
    [b"a,b\n" + 33 * b"x" * (1 << 20), b'a,b\n"' + 40 * (b"x" * (1 << 20) + b"\n")],
    ids=["a line", "a quoted cell"],
)
def test_a_row_without_end_is_an_error_and_not_a_memory(content: bytes) -> None:
    with pytest.raises(BrokenTableError, match=r"does not end|field larger"):
        list(read_table(io.BytesIO(content)))


def test_a_long_file_of_short_rows_is_none() -> None:
    line = b"x" * 1000 + b",y\n"
    assert sum(1 for _ in read_table(io.BytesIO(line * 40_000))) == 40_000
