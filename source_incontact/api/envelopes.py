"""The wrapping around rows: which key holds them, counts and links, and the vendor's own words.

Envelopes drift between API versions [L]: some wrap everything in ``resultSet``, and the case of
keys changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_incontact.typed_rows import WRAPPERS, TypedRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from source_incontact.typed_rows import Row

ONLY_LIST = "*"
"""As a key of rows: whatever the name of the response's one list is."""
_WORD_KEYS = ("error_description", "errordescription", "errormessage", "message", "error")
_COUNT = "totalrecords"
_ROW = (dict, TypedRow)
_MAX_WORDS = 300
_FIRST_FAILING_STATUS = 400


class Envelope:
    """A JSON object of the API, its keys read without regard to case and its wrapper removed.

    Attributes:
        document: The object as it came.
        repairs: What was wrong with its text and could be put right, for a warning; or ``""``.
        vital_names: The names, as written, that may stand once only: those of lists and counts.
    """

    def __init__(self, payload: Mapping[str, Any], repairs: str = "") -> None:
        self.document = payload
        self.repairs = repairs
        self.vital_names: list[str] = []
        self._values: dict[str, Any] = {}
        self._twice: set[str] = set()
        self._take(payload)
        for wrapper in WRAPPERS:
            inner = self._values.get(wrapper)
            if isinstance(inner, dict):
                self._take(inner)

    def _take(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            key = name.lower()
            if isinstance(value, list) or key == _COUNT:
                self.vital_names.append(name)
            if isinstance(self._values.get(key), list):
                self._twice.add(key)
            self._values[key] = value

    def has_rows(self, keys: str | Sequence[str]) -> bool:
        """Whether the rows' own key is there, once, over objects; else a response proves nothing.

        Of several keys, one alone may have rows.
        """
        present = self._present(keys)
        if not present or not self._twice.isdisjoint(present):
            return False
        lists = [self._values[key] for key in present]
        if sum(bool(rows) for rows in lists) > 1:
            return False
        return all(
            rows is None or (isinstance(rows, list) and all(isinstance(row, _ROW) for row in rows))
            for rows in lists
        )

    def rows(self, keys: str | Sequence[str]) -> list[Row]:
        """The rows under the key, or under that of several which has some; a null is none."""
        found = (self._values.get(key) for key in self._present(keys))
        return next((rows for rows in found if rows), [])

    def is_null(self, keys: str | Sequence[str]) -> bool:
        """Whether null stands where the list of rows should be."""
        present = self._present(keys)
        return bool(present) and all(self._values[key] is None for key in present)

    def _present(self, keys: str | Sequence[str]) -> list[str]:
        """Those of the keys that are there; `ONLY_LIST` is the response's one list, if need be."""
        wanted = _lower(keys)
        present = [key for key in wanted if key in self._values]
        if not present and ONLY_LIST in wanted:
            lists = [key for key, value in self._values.items() if isinstance(value, list)]
            return lists if len(lists) == 1 else []
        return present

    @property
    def list_sizes(self) -> list[int]:
        """How many rows each list has."""
        return [len(value) for value in self._values.values() if isinstance(value, list)]

    def count(self, key: str) -> int | None:
        """A whole number such as ``totalRecords``; ``None`` if absent or unreadable."""
        value = self._values.get(key.lower())
        if isinstance(value, float) and value.is_integer():
            return int(value)
        text = "" if isinstance(value, bool) else str(value).strip()
        return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else None

    def states(self, key: str) -> bool:
        """Whether the response says anything at all under ``key``."""
        return self._values.get(key.lower()) is not None

    def text(self, key: str) -> str:
        """A short text or number such as ``jobId``, as text; ``""`` if absent."""
        value = self._values.get(key.lower())
        return str(value).strip() if isinstance(value, (str, int)) else ""

    @property
    def has_next(self) -> bool | None:
        """Whether the response links to a next page; ``None`` if it carries no links at all."""
        links = self._values.get("_links")
        if not isinstance(links, dict):
            return None
        return any(key.lower() == "next" and bool(value) for key, value in links.items())

    @property
    def error_words(self) -> str:
        """A non-empty ``errorMessage``: the API's way to fail with status 200 [L]."""
        said = self._values.get("errormessage")
        if said and not isinstance(said, str):
            return "an errorMessage that is not text"
        return clean_words(said)

    @property
    def failure(self) -> str:
        """What speaks against an empty list beside it: the vendor's words, or a failing status."""
        if self.words:
            return self.words
        status = self.count("statusCode") or 0
        if status >= _FIRST_FAILING_STATUS:
            return f"status {status}"
        unreadable = (f"'{key}' that is not text" for key in _WORD_KEYS if self._values.get(key))
        return next(unreadable, "")

    @property
    def words(self) -> str:
        """Whatever the vendor says in prose, or ``""``."""
        return words_of(self._values)


def _lower(keys: str | Sequence[str]) -> list[str]:
    return [key.lower() for key in ([keys] if isinstance(keys, str) else keys)]


def words_of(values: Mapping[str, Any]) -> str:
    """What the vendor says in prose under any of its names for that, or ``""``.

    Args:
        values: By lower-case key.
    """
    return next((text for key in _WORD_KEYS if (text := clean_words(values.get(key)))), "")


def clean_words(value: object) -> str:
    """The vendor's prose on one line, cut to a readable length, secrets masked."""
    if not isinstance(value, str):
        return ""
    return filter_secrets(re.sub(r"\s+", " ", value).strip())[:_MAX_WORDS]
