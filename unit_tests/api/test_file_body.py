"""Base64 files in JSON: any content, any cut, any truncation."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.api import file_body
from source_incontact.api.file_body import BrokenFileError, FileBody

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_incontact.api.envelopes import Envelope


def scan(body: bytes, cuts: Iterable[int] = ()) -> tuple[bytes, Envelope]:
    """The file, and what else is said, of a body that arrives cut at ``cuts``."""
    decoded = bytearray()
    reader = FileBody(decoded.extend)
    edges = [0, *sorted({min(cut, len(body)) for cut in cuts}), len(body)]
    for start, end in pairwise(edges):
        reader.feed(body[start:end])
    said = reader.finish()
    return bytes(decoded), said


def escaped(text: str, style: str) -> str:
    """Base64 as a JSON string may spell it."""
    if style == "slashes":
        return text.replace("/", r"\/")
    if style == "unicode":
        return text.replace("+", r"\u002B").replace("A", r"\u0041")
    if style == "lines":
        return r"\r\n".join(text[start : start + 19] for start in range(0, len(text), 19))
    return text


STYLES = st.sampled_from(["plain", "slashes", "unicode", "lines"])
CUTS = st.lists(st.integers(0, 4000), max_size=30)
WRAPPED = '{{"files": {{"fileName": "Reports\\\\x.csv", "file": "{}"}}}}'
FLAT_FIRST = (
    '{{"file": "{}", "errorMessage": "", "n": [1, -2.5e3, null, true, {{"a": "b"}}], "URI": ""}}'
)
LONG = b'{"%b": "' + b"QUJD" * (1 << 15) + b'", "%b": "' + b"QUJD" * (1 << 15) + b'"}'
FLAT_LAST = '{{"errorMessage": "", "fileName": "a\\"b", "URI": "", "fileType": null, "file": "{}"}}'
SHAPES = st.sampled_from([WRAPPED, FLAT_FIRST, FLAT_LAST])


@given(
    content=st.binary(max_size=2000),
    style=STYLES,
    shape=SHAPES,
    cuts=CUTS,
)
def test_a_file_comes_back_byte_for_byte_however_the_answer_is_cut(
    content: bytes, style: str, shape: str, cuts: list[int]
) -> None:
    body = shape.format(escaped(base64.b64encode(content).decode(), style)).encode()
    assert json.loads(body)  # the body really is JSON
    assert scan(body, cuts)[0] == content


@given(content=st.binary(min_size=1, max_size=300), style=STYLES, data=st.data())
def test_any_truncation_is_an_error(content: bytes, style: str, data: st.DataObject) -> None:
    body = WRAPPED.format(escaped(base64.b64encode(content).decode(), style)).encode()
    end = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(BrokenFileError):
        scan(body[:end], [end // 2])


@pytest.mark.parametrize("longest", [0, 1, 64])
@given(content=st.binary(max_size=300), style=STYLES, shape=SHAPES, cuts=CUTS)
def test_a_file_that_is_too_long_to_keep_is_decoded_on_the_way(
    content: bytes, style: str, shape: str, cuts: list[int], longest: int
) -> None:
    body = shape.format(escaped(base64.b64encode(content).decode(), style)).encode()
    with patch.object(file_body, "_LONGEST_STRING", max(longest, 20)):
        assert scan(body, cuts)[0] == content


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=5), CUTS)
def test_the_other_texts_are_read_as_json_reads_them(
    texts: dict[str, str], cuts: list[int]
) -> None:
    others = {key.lower(): text for key, text in texts.items() if key.lower() != "file"}
    content, said = scan(json.dumps({**others, "File": ""}).encode(), cuts)
    assert content == b""
    assert {key: said.text(key) for key in others} == {k: v.strip() for k, v in others.items()}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"", "cut off", id="nothing"),
        pytest.param(b"<html>Sign in</html>", "not a JSON object", id="a web page"),
        pytest.param(b'["file"]', "not a JSON object", id="a list"),
        pytest.param(b'"file"', "not a JSON object", id="a text"),
        pytest.param(b'{"file": "QUJD"} trailing', "not JSON", id="text behind"),
        pytest.param(b'{"file": "QUJD"}{}', "not JSON", id="two objects"),
        pytest.param(b'{"file": "QU-D"}', "not valid base64", id="another alphabet"),
        pytest.param(b'{"file": "QUJD!UJD"}', "not valid base64", id="a wrong character"),
        pytest.param(b'{"file": "QUJ"}', "ends early", id="no padding"),
        pytest.param(b'{"file": "QQ==QUJD"}', "not valid base64", id="goes on"),
        pytest.param(b'{"file": "\\u00e9AAA"}', "not valid base64", id="an escaped accent"),
        pytest.param(b'{"file": "QUJD", "x": {"file": "QUJD"}}', "two files", id="two files"),
        pytest.param(b'{"file": "QUJD", "File": "QUJD"}', "two files", id="a key twice"),
        pytest.param(LONG % (b"file", b"file"), "two files", id="two long files"),
        pytest.param(LONG % (b"file", b"fileName"), "two files", id="two long texts"),
        pytest.param(
            b'{"x": "' + b"QUJD" * (1 << 16) + b'"}', "not its file", id="another long text"
        ),
        pytest.param(b'{"file": ["QUJD"]}', "not text", id="a list of files"),
        pytest.param(b'{"file": 5}', "not text", id="a number"),
        pytest.param(b'{"a": ]}', "not JSON", id="wrong bracket"),
        pytest.param(b'{"a" "b" "file": "QUJD"}', "not JSON", id="no commas"),
        pytest.param(b'{"a": oops}', "not JSON", id="no literal"),
        pytest.param(b'{"a": ' + b"[" * 100_000, "not JSON", id="a bomb of brackets"),
        pytest.param(b'{"a": [' + b"1," * (1 << 20), "too large", id="a bomb of numbers"),
    ],
)
def test_what_is_no_such_response_is_said(body: bytes, said: str) -> None:
    with pytest.raises(BrokenFileError, match=said):
        scan(body)


def test_base64_that_goes_on_after_its_padding_is_noticed_between_pieces() -> None:
    body = b'{"file": "' + b"A" * (1 << 16) + b'QQ==QUJD"}'
    with pytest.raises(BrokenFileError, match="after the base64 padding"):
        scan(body, [len(body) - 6])


@pytest.mark.parametrize("empty", ['""', "null"])
def test_a_response_without_a_file_has_its_texts(empty: str) -> None:
    content, said = scan(f'{{"errorMessage": "Not found", "file": {empty}, "URI": null}}'.encode())
    assert content == b""
    assert (said.error_words, said.text("URI"), said.states("file")) == ("Not found", "", True)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"fileName": "D\xe9tail", "file": "QUJD"}', id="Windows-1252"),
        pytest.param(b'{"fileName": "D\ttail", "file": "QU\nJD"}', id="control characters"),
        pytest.param(b'\xef\xbb\xbf{"file": "QUJD"}', id="a byte order mark"),
        pytest.param(b'{"file": null, "files": {"file": "QUJD"}}', id="a null first"),
        pytest.param(b'{"file": "QUJD", "file": ""}', id="an empty one last"),
    ],
)
def test_a_slip_around_the_file_does_not_cost_it(body: bytes) -> None:
    assert scan(body)[0] == b"ABC"


@pytest.mark.parametrize("said", ["5", "true", '{"text": "timed out"}', '["timed out"]'])
def test_a_reason_that_is_not_text_is_not_taken_for_none(said: str) -> None:
    body = f'{{"errorMessage": {said}, "file": "", "status": {{"errorMessage": ""}}}}'.encode()
    assert scan(body)[1].error_words


@pytest.mark.parametrize("nothing", ["null", "false", "0", '""', "[]"])
def test_an_empty_reason_is_none(nothing: str) -> None:
    body = f'{{"errorMessage": {nothing}, "size": 5, "file": "QUJD"}}'.encode()
    assert not scan(body)[1].error_words
