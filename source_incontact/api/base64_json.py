"""A base64 file inside a JSON answer, decoded as the bytes arrive.

The vendor sends a file as one JSON string, ``{"files": {"file": "<base64>", ...}}`` or
``{"errorMessage": "", "file": "<base64>", "URI": ""}`` [L]. JSON libraries hand a string over
whole, so the object is scanned here: the text under ``file`` is decoded in pieces, every other
text is kept, numbers and literals are passed over.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FILE_KEY = "file"

_LONGEST_TEXT = 1 << 16
_MOST_TEXTS = 100
_DEEPEST = 64
_WRAPPED = 2
"""Depth of the texts that count: those of the object itself, or of its one wrapper."""
_ERROR_KEY = "errormessage"
_SAYS_NOTHING = frozenset({b"", b"null", b"false", b"0"})
_SPACE = re.compile(rb"\s+")
_STRING_END = re.compile(rb'["\\]')
_STRUCTURE = re.compile(rb'["{}\[\]:,]')
_OUTSIDE_TEXT = frozenset(b"{}[]:,-+.0123456789eEtrufalsn \t\r\n")


class BrokenAnswerError(ValueError):
    """The answer is cut off, is not JSON, or its file is not base64."""


class Base64Decoder:
    """Decodes base64 that comes in pieces; white space between them is skipped.

    Args:
        sink: Takes the decoded bytes.
    """

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink = sink
        self._rest = b""
        self._ended = False

    def feed(self, piece: bytes) -> None:
        """Decode what is whole so far.

        Raises:
            BrokenAnswerError: A character that base64 does not have, or text after the padding.
        """
        text = self._rest + _SPACE.sub(b"", piece)
        whole = len(text) - len(text) % 4
        self._rest = text[whole:]
        if not whole:
            return
        if self._ended:
            raise BrokenAnswerError("its file goes on after the base64 padding")
        try:
            decoded = base64.b64decode(text[:whole], validate=True)
        except binascii.Error:
            raise BrokenAnswerError("its file is not valid base64") from None
        self._ended = text[whole - 1 : whole] == b"="
        self._sink(decoded)

    def finish(self) -> None:
        """Declare the end of the text.

        Raises:
            BrokenAnswerError: The last group is not whole.
        """
        if self._rest:
            raise BrokenAnswerError("its file's base64 ends early")


class FileAnswer:
    """Scans one JSON object that comes in pieces of any size.

    Args:
        sink: Takes the decoded bytes of the value under ``file``.

    Attributes:
        texts: The texts of the answer by lower-case key, such as ``uri``; that of the file, which
            went to the sink, is empty. Of several under one key, the first that says something.
    """

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self.texts: dict[str, str] = {}
        self._decoder = Base64Decoder(sink)
        self._stack: list[int] = []
        self._text: bytearray | None = None
        self._escape = b""
        self._literal = b""
        self._key = ""
        self._in_value = False
        self._begun = False
        self._file_seen = False

    def feed(self, piece: bytes) -> None:
        """Scan a piece of the body.

        Raises:
            BrokenAnswerError: It cannot belong to a JSON object with a base64 file.
        """
        position = 0
        while position < len(piece):
            if self._text is not None:
                position = self._scan_text(piece, position)
            else:
                position = self._scan_structure(piece, position)

    def finish(self) -> None:
        """Declare the end of the body.

        Raises:
            BrokenAnswerError: The object is not complete.
        """
        if not self._begun or self._stack or self._text is not None:
            raise BrokenAnswerError("it is cut off")

    @property
    def _is_file(self) -> bool:
        return self._in_value and self._key == FILE_KEY

    def _scan_structure(self, piece: bytes, position: int) -> int:
        found = _STRUCTURE.search(piece, position)
        end = found.start() if found else len(piece)
        between = piece[position:end]
        if between.strip() and (not self._stack or not _OUTSIDE_TEXT.issuperset(between)):
            raise BrokenAnswerError("it is not a JSON object")
        if self._says_error and len(self._literal) < _DEEPEST:
            self._literal += between.strip()
        if found is None:
            return end
        self._take_mark(found.group()[0])
        return end + 1

    @property
    def _says_error(self) -> bool:
        return self._in_value and self._key == _ERROR_KEY and len(self._stack) <= _WRAPPED

    def _take_mark(self, mark: int) -> None:
        if not self._stack and (self._begun or mark != ord("{")):
            raise BrokenAnswerError("it is not a JSON object")
        if len(self._stack) > _DEEPEST:
            raise BrokenAnswerError("it is nested too deeply")
        self._end_literal(mark)
        if mark == ord('"'):
            self._begin_text()
        elif mark in b"{[":
            self._begun = True
            self._stack.append(mark)
            self._in_value = mark == ord("[")
        elif mark in b"}]":
            if self._stack.pop() != mark - 2:  # '{' and '[' stand two before '}' and ']'
                raise BrokenAnswerError("it is not a JSON object")
            self._in_value = False
        elif mark == ord(":"):
            self._in_value = True
        else:
            self._in_value = self._stack[-1] == ord("[")

    def _end_literal(self, mark: int) -> None:
        """A reason that is a number or an object is one all the same."""
        if self._literal not in _SAYS_NOTHING or (self._says_error and mark == ord("{")):
            self._keep(_ERROR_KEY, "an errorMessage that is not text")
        self._literal = b""

    def _begin_text(self) -> None:
        self._text = bytearray()
        if self._is_file:
            if self._file_seen:
                raise BrokenAnswerError("it holds two files")
            self._file_seen = True

    def _scan_text(self, piece: bytes, position: int) -> int:
        if self._escape:
            return self._scan_escape(piece, position)
        found = _STRING_END.search(piece, position)
        end = found.start() if found else len(piece)
        self._add(piece[position:end])
        if found is None:
            return end
        if found.group() == b"\\":
            self._escape = b"\\"
        else:
            self._end_text()
        return end + 1

    def _scan_escape(self, piece: bytes, position: int) -> int:
        """An escape may be cut anywhere, so it is gathered byte by byte."""
        self._escape += piece[position : position + 1]
        length = 6 if self._escape[1:2] == b"u" else 2
        if len(self._escape) == length:
            if self._is_file:
                try:
                    self._add(json.loads(b'"' + self._escape + b'"').encode("ascii"))
                except ValueError:
                    raise BrokenAnswerError("its file is not valid base64") from None
            else:
                self._add(self._escape)
            self._escape = b""
        return position + 1

    def _add(self, text: bytes) -> None:
        if self._is_file:
            self._decoder.feed(text)
        elif self._text is not None and len(self._text) < _LONGEST_TEXT:
            self._text += text

    def _end_text(self) -> None:
        text, self._text = self._text or bytearray(), None
        if self._is_file:
            self._decoder.finish()
            self._keep(FILE_KEY, "")
            return
        try:
            read = json.loads(b'"' + bytes(text) + b'"')
        except ValueError:
            raise BrokenAnswerError("it is not JSON") from None
        if self._in_value:
            if len(self._stack) <= _WRAPPED:
                self._keep(self._key, read)
        else:
            self._key = read.lower()

    def _keep(self, key: str, text: str) -> None:
        self.texts[key] = self.texts.get(key) or text
        if len(self.texts) > _MOST_TEXTS:
            raise BrokenAnswerError("it holds too many texts")
