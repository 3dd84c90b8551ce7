"""Text that claims to be UTF-8: bytes that are not, kept by ``surrogateescape``, become text."""

from __future__ import annotations

import codecs
import re

_ESCAPED = re.compile("[\udc80-\udcff]+")


def not_utf_8(text: str) -> bool:
    """Whether text that was decoded with ``surrogateescape`` holds bytes that are not UTF-8."""
    return not text.isascii() and _ESCAPED.search(text) is not None


def with_windows_1252(text: str) -> str:
    """The text with such bytes read as Windows-1252, what .NET servers of old write.

    Raises:
        UnicodeError: They are not of that code page either.
    """
    return _ESCAPED.sub(_as_windows_1252, text)


def _as_windows_1252(escaped: re.Match[str]) -> str:
    found = escaped[0].encode("ascii", "surrogateescape")
    try:
        return found.decode("cp1252")
    except UnicodeError:
        # A cell may be cut to a length in the middle of a character.
        if codecs.getincrementaldecoder("utf-8")().decode(found) == "":
            return "\ufffd"
        raise
