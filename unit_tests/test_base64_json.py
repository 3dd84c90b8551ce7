"""The scanner of base64 files in JSON: any table, any cutting, any truncation."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.api.base64_json import BrokenAnswerError, FileAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable


def scan(body: bytes, cuts: Iterable[int] = ()) -> tuple[bytes, dict[str, str]]:
    """The file and the other texts of a body that arrives cut at ``cuts``."""
    decoded = bytearray()
    answer = FileAnswer(decoded.extend)
    edges = [0, *sorted({min(cut, len(body)) for cut in cuts}), len(body)]
    for start, end in pairwise(edges):
        answer.feed(body[start:end])
    answer.finish()
    return bytes(decoded), answer.texts


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
FLAT_LAST = '{{"errorMessage": "", "fileName": "a\\"b", "URI": "", "fileType": null, "file": "{}"}}'


@given(
    content=st.binary(max_size=2000),
    style=STYLES,
    shape=st.sampled_from([WRAPPED, FLAT_FIRST, FLAT_LAST]),
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
    with pytest.raises(BrokenAnswerError):
        scan(body[:end], [end // 2])


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=5), CUTS)
def test_the_other_texts_are_read_as_json_reads_them(
    texts: dict[str, str], cuts: list[int]
) -> None:
    others = {key.lower(): text for key, text in texts.items() if key.lower() != "file"}
    body = json.dumps({**others, "File": ""}).encode()
    assert scan(body, cuts) == (b"", {**others, "file": ""})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"", "cut off", id="nothing"),
        pytest.param(b"<html>Sign in</html>", "not a JSON object", id="a web page"),
        pytest.param(b'["file"]', "not a JSON object", id="a list"),
        pytest.param(b'"file"', "not a JSON object", id="a text"),
        pytest.param(b'{"file": "QUJD"} trailing', "not a JSON object", id="text behind"),
        pytest.param(b'{"file": "QUJD"}{}', "not a JSON object", id="two objects"),
        pytest.param(b'{"file": "QU-D"}', "not valid base64", id="another alphabet"),
        pytest.param(b'{"file": "QUJD!UJD"}', "not valid base64", id="a wrong character"),
        pytest.param(b'{"file": "QUJ"}', "ends early", id="no padding"),
        pytest.param(b'{"file": "QQ==QUJD"}', "not valid base64", id="goes on"),
        pytest.param(b'{"file": "\\u00e9AAA"}', "not valid base64", id="an escaped accent"),
        pytest.param(b'{"file": "QUJD", "x": {"file": "QUJD"}}', "two files", id="two files"),
        pytest.param(b'{"a": ]}', "not a JSON object", id="wrong bracket"),
        pytest.param(b'{"a": oops}', "not a JSON object", id="no literal"),
        pytest.param(b'{"a": ' + b"[" * 100, "nested too deeply", id="a bomb of brackets"),
        pytest.param(
            b"{" + b",".join(b'"%d": ""' % key for key in range(101)) + b"}",
            "too many texts",
            id="a bomb of texts",
        ),
    ],
)
def test_what_is_no_such_answer_is_said(body: bytes, said: str) -> None:
    with pytest.raises(BrokenAnswerError, match=said):
        scan(body)


def test_base64_that_goes_on_after_its_padding_is_noticed_between_pieces() -> None:
    with pytest.raises(BrokenAnswerError, match="after the base64 padding"):
        scan(b'{"file": "QQ==QUJD"}', [14])


def test_an_answer_without_a_file_has_its_texts() -> None:
    body = b'{"errorMessage": "Report not found", "file": "", "URI": null}'
    assert scan(body) == (b"", {"errormessage": "Report not found", "file": ""})


@pytest.mark.parametrize("cut", range(12, 22))
@pytest.mark.parametrize("said", ["5", "true", '{"text": "timed out"}', '["timed out"]'])
def test_a_reason_that_is_not_text_is_not_taken_for_none(said: str, cut: int) -> None:
    body = f'{{"errorMessage": {said}, "file": "", "status": {{"errorMessage": ""}}}}'.encode()
    assert scan(body, [cut])[1]["errormessage"]


@pytest.mark.parametrize("nothing", ["null", "false", "0", '""', "[]"])
def test_an_empty_reason_is_none(nothing: str) -> None:
    body = f'{{"errorMessage": {nothing}, "size": 5, "file": "QUJD"}}'.encode()
    assert not scan(body, [18])[1].get("errormessage")
