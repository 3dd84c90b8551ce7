"""A base64 file inside a JSON response, decoded as the bytes arrive.

The vendor sends a file as one JSON string, ``{"files": {"file": "<base64>", ...}}`` or
``{"errorMessage": "", "file": "<base64>", "URI": ""}`` [L]. JSON libraries, streaming ones too,
return a string whole. So the one string that is too long to keep is decoded on the way; what is
left, with a mark in its place, is ordinary JSON for the ordinary parser.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from itertools import chain
from typing import TYPE_CHECKING, Any

from source_incontact.api.envelopes import Envelope
from source_incontact.messages import reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FILE_KEY = "file"

_LONGEST_STRING = 1 << 16
_LARGEST_REST = 1 << 20
_ESCAPE_BYTES = len(r"\u0000")
_SPACE = re.compile(rb"\s+")
_BLANKS = b" \t\n\r\f\v"
_PARTS = re.compile(rb'"|\\|[^"\\]+')


class BrokenFileError(ValueError):
    """A file, or the response around it, is cut off or is not what it should be.

    Args:
        said: What it is.
        unfinished: Whether it looks like a file that is still being written.
    """

    def __init__(self, said: str = "", *, unfinished: bool = False) -> None:
        super().__init__(said)
        self.unfinished = unfinished


class EmptyFileError(BrokenFileError):
    """There is nothing where a file should be, and no word of why."""

    def __init__(self, said: str, *, unfinished: bool = True) -> None:
        super().__init__(said, unfinished=unfinished)


class Base64Decoder:
    """Decodes base64 that comes in pieces; white space between them is skipped.

    Args:
        sink: Takes the decoded bytes.
    """

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink = sink
        self._rest = b""
        self._padded = False

    def feed(self, piece: bytes) -> None:
        """Decode the complete groups so far.

        Raises:
            BrokenFileError: A character that base64 does not have, or text after the padding.
        """
        text = self._rest + piece.translate(None, _BLANKS)
        whole = len(text) - len(text) % 4
        self._rest = text[whole:]
        if not whole:
            return
        if self._padded:
            raise BrokenFileError(reasons.BASE64_GOES_ON.says())
        try:
            decoded = base64.b64decode(text[:whole], validate=True)
        except ValueError:
            raise BrokenFileError(reasons.NOT_BASE64.says()) from None
        self._padded = text[whole - 1 : whole] == b"="
        self._sink(decoded)

    def finish(self) -> None:
        """Declare the end of the text.

        Raises:
            BrokenFileError: The last group is not whole.
        """
        if self._rest:
            raise BrokenFileError(reasons.BASE64_ENDS_EARLY.says())


class FileBody:
    """Reads one response that comes in pieces of any size.

    Args:
        sink: Takes the decoded bytes of the file.
    """

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._decoder = Base64Decoder(sink)
        self._mark = uuid.uuid4().hex
        self._rest = bytearray()  # the JSON, but for the file
        self._string: bytearray | None = None  # the string that is being read
        self._escaped = False
        self._is_file = False  # whether that string has turned out to be the file
        self._file_seen = False

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body.

        Raises:
            BrokenFileError: It cannot belong to a JSON object with a base64 file.
        """
        inside = self._string is not None and not self._escaped
        is_plain = inside and b'"' not in piece and b"\\" not in piece
        for part in (piece,) if is_plain else _PARTS.findall(piece):
            if self._string is None:
                self._add_around(part)
                self._string = bytearray() if part == b'"' else None
            elif part == b'"' and not self._escaped:
                self._end_string(self._string)
            else:
                self._escaped = part == b"\\" and not self._escaped
                self._string += part
                if len(self._string) > _LONGEST_STRING:
                    self._spill(self._string)
        if len(self._rest) > _LARGEST_REST:
            raise BrokenFileError(reasons.TOO_MUCH_AROUND.says())

    def finish(self) -> Envelope:
        """Declare the end of the body; what it says beside the file.

        Returns:
            The values of the object and of the objects in it, since the wrapper's name varies [L].
            Of several under one key, the first that says something. The file, which went to the
            sink, is an empty text, and so is a null in its place.

        Raises:
            BrokenFileError: It is not a complete JSON object, or its file not complete base64.
        """
        payload = _parsed(_text(self._rest))
        inner = [values.items() for values in payload.values() if isinstance(values, dict)]
        values = _merged(list(chain(payload.items(), *inner)))
        if FILE_KEY in values:
            self._take_file(values[FILE_KEY])
            values[FILE_KEY] = ""
        elif self._file_seen:
            raise BrokenFileError(reasons.LONG_TEXT.says())
        # What was inside lies beside them now.
        return Envelope({k: bool(v) if isinstance(v, dict) else v for k, v in values.items()})

    def _add_around(self, part: bytes) -> None:
        """Keep what stands outside of strings; there may be gigabytes of white space."""
        short = _SPACE.sub(b" ", part)
        if short != b" " or not self._rest.endswith(b" "):
            self._rest += short

    def _take_file(self, value: object) -> None:
        """Decode a file that was short enough to be kept."""
        if self._file_seen:
            if value != self._mark:
                raise BrokenFileError(reasons.TWO_FILES.says())
            return
        if value is not None and not isinstance(value, str):
            raise BrokenFileError(reasons.FILE_NOT_TEXT.says())
        self._decoder.feed(_ascii(value or ""))
        self._decoder.finish()

    def _spill(self, string: bytearray) -> None:
        """Decode a string that is too long to keep, except an escape that may not be whole yet."""
        if not self._is_file:
            if self._file_seen:
                raise BrokenFileError(reasons.TWO_FILES.says())
            self._file_seen = self._is_file = True
        cut = string.rfind(b"\\", -_ESCAPE_BYTES)
        whole = len(string) if cut < 0 else cut
        self._decode(string[:whole])
        del string[:whole]

    def _end_string(self, string: bytearray) -> None:
        if self._is_file:
            self._decode(string)
            self._decoder.finish()
            self._is_file = False
            string[:] = self._mark.encode()
        self._rest += string + b'"'
        self._string = None

    def _decode(self, string: bytearray) -> None:
        if b"\\" not in string:
            self._decoder.feed(bytes(string))
            return
        try:
            text = json.loads(b'"%b"' % bytes(string), strict=False)
        except ValueError:
            raise BrokenFileError(reasons.NOT_BASE64.says()) from None
        self._decoder.feed(_ascii(text))


def _parsed(text: str) -> dict[str, Any]:
    """The JSON object of a text.

    Raises:
        BrokenFileError: It is none.
    """
    try:
        payload = json.loads(text, strict=False, object_pairs_hook=_merged)
    except (json.JSONDecodeError, RecursionError):
        if text.lstrip()[:1] in {"", "{"}:
            raise BrokenFileError(reasons.BODY_CUT_OFF.says()) from None
        payload = None
    if not isinstance(payload, dict):
        raise BrokenFileError(reasons.NO_OBJECT.says())
    return payload


def _merged(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs by lower-case key; of several, the first that says something.

    Raises:
        BrokenFileError: Several hold a file.
    """
    merged: dict[str, Any] = {}
    for name, value in pairs:
        key = name.lower()
        if key == FILE_KEY and value and merged.get(key):
            raise BrokenFileError(reasons.TWO_FILES.says())
        merged[key] = merged.get(key) or value
    return merged


def _text(body: bytes | bytearray) -> str:
    """UTF-8; one wrong byte, in a file's name say, is not worth the file."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _ascii(text: str) -> bytes:
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        raise BrokenFileError(reasons.NOT_BASE64.says()) from None
