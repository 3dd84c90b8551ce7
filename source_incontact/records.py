"""Wire values to typed records: one normaliser for every stream, driven by the stream's schema.

The vendor writes numbers and booleans as text, durations as ISO 8601 with days, and drifts in the
case and the names of keys between API versions [L]. What a value becomes is decided once a schema,
not once a record.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from source_incontact.durations import duration_seconds
from source_incontact.messages.log import OTHER_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LOGGER = logging.getLogger("airbyte.source_incontact.records")

_INTEGER = re.compile(r"[+-]?\d+(?:\.0+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
INSTANT = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
"""ISO 8601, what destinations read as an instant; one without a zone is UTC for them."""
_INSTANT = re.compile(INSTANT, re.ASCII | re.IGNORECASE)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class _MisfitError(ValueError):
    """The value does not fit the type that the schema states."""


def _integer(value: Any) -> Any:
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        if _INTEGER.fullmatch(text):
            return int(text.partition(".")[0])
        if not text:
            return None
    raise _MisfitError


def _number(value: Any) -> Any:
    if type(value) in {int, float}:
        return value
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text) and isfinite(float(text)):
            return float(text)
        if not text:
            return None
        seconds = duration_seconds(text)
        if seconds is not None:
            return seconds
    raise _MisfitError


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, (str, int)) else None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text == "":
        return None
    raise _MisfitError


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    raise _MisfitError


def _instant(value: Any) -> Any:
    if isinstance(value, str):
        if _INSTANT.fullmatch(value):
            return value
        if not value.strip():
            return None
    raise _MisfitError


def _container(wanted: type) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if isinstance(value, wanted):
            return value
        if isinstance(value, str) and not value.strip():
            return None
        raise _MisfitError

    return convert


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": _text,
    "array": _container(list),
    "object": _container(dict),
    "date-time": _instant,
}


def _kind(prop: Mapping[str, Any]) -> str:
    """What a property holds: its JSON type, or ``date-time``."""
    return str(prop.get("format") or next(name for name in prop["type"] if name != "null"))


UNCHANGED: Mapping[str, frozenset[type]] = {
    "integer": frozenset({int, type(None)}),
    "number": frozenset({int, float, type(None)}),
    "boolean": frozenset({bool, type(None)}),
    "string": frozenset({str, type(None)}),
    "array": frozenset({list, type(None)}),
    "object": frozenset({dict, type(None)}),
    "date-time": frozenset({type(None)}),
}
"""The types of values that need no conversion, by kind: a schema's commonest case by far."""

_MOST_SHAPES = 1000
_MOST_TYPINGS = 5000


@dataclass(frozen=True)
class _Shape:
    """Rows with the same keys in the same order.

    Attributes:
        names: The names that the values are emitted under.
        kinds: What each holds; empty for fields that the schema does not know.
        plain: Whether the names are the keys.
        mixed: Whether a name comes twice, or a value is a credential.
        unusual: The names whose values need a conversion, by the types of all values.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    plain: bool
    mixed: bool
    unusual: dict[tuple[type, ...], tuple[str, ...]] = field(default_factory=dict)

    def learn(self, types: tuple[type, ...]) -> tuple[str, ...]:
        """The names of the values of such a row that need a conversion."""
        unusual = tuple(
            name
            for name, kind, found in zip(self.names, self.kinds, types, strict=True)
            if kind and found not in UNCHANGED[kind]
        )
        if len(self.unusual) < _MOST_TYPINGS:
            self.unusual[types] = unusual
        return unusual


class Normaliser:
    """Turns the wire rows of one stream into records that fit its schema.

    Keys match the schema without regard to case; ``renames`` maps further names that older or newer
    API versions use. Fields that the schema does not know pass unchanged. A value that does not
    fit stays as it came, with one warning for each field. Safe to share between threads.

    Args:
        stream: Name of the stream, for warnings.
        schema: The stream's JSON schema; each property's type is a list with ``"null"``.
        renames: Other names of fields, mapped to the schema's.
        credentials: Names of fields that hold credentials and are never emitted.

    Attributes:
        kinds: What each field of the schema holds: its JSON type, or ``date-time``.
    """

    def __init__(
        self,
        stream: str,
        schema: Mapping[str, Any],
        *,
        renames: Mapping[str, str] | None = None,
        credentials: Iterable[str] = (),
    ) -> None:
        self._stream = stream
        properties: Mapping[str, Any] = schema["properties"]
        self.kinds = {name: _kind(prop) for name, prop in properties.items()}
        self._converters = {name: _CONVERTERS[kind] for name, kind in self.kinds.items()}
        self._names = {name.lower(): name for name in properties}
        self._names.update({old.lower(): new for old, new in (renames or {}).items()})
        self._credentials = {name.lower() for name in credentials}
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._warned: set[str] = set()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """One wire row as a record; the row itself may become it."""
        keys = tuple(row)
        shape = self._shapes.get(keys) or self._learn(keys)
        if shape.mixed:
            return self._merge_twins(row)
        types = tuple(map(type, row.values()))
        record = row if shape.plain else dict(zip(shape.names, row.values(), strict=True))
        unusual = shape.unusual.get(types)
        for name in shape.learn(types) if unusual is None else unusual:
            try:
                record[name] = self._converters[name](record[name])
            except ValueError:  # noqa: PERF203 - each value has its own fate, and few come here
                self._warn(name)
        return record

    def _learn(self, keys: tuple[str, ...]) -> _Shape:
        """What is the same for all rows with these keys; a report has few such shapes."""
        resolved = [self._resolve(key) for key in keys]
        names = tuple(name or "" for name in resolved)
        shape = _Shape(
            names=names,
            kinds=tuple(self.kinds.get(name, "") for name in names),
            plain=names == keys,
            mixed=None in resolved or len(set(names)) < len(names),
        )
        if len(self._shapes) < _MOST_SHAPES:
            self._shapes[keys] = shape
        return shape

    def keeps(self, key: str) -> bool:
        """Whether a field is emitted under the name that it comes under."""
        return self._resolve(key) == key

    def _resolve(self, key: str) -> str | None:
        """The name a key is emitted under; ``None`` for a credential."""
        lower = key.lower()
        return None if lower in self._credentials else self._names.get(lower, key)

    def _merge_twins(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row that holds a field under two names [L]: the plain name wins, no value gets lost."""
        record: dict[str, Any] = {}
        for key in sorted(row, key=lambda key: self._resolve(key) != key):
            name = self._resolve(key)
            if name is None:
                continue
            value = self.convert(name, row[key]) if row[key] is not None else None
            if record.get(name) is None:
                record[name] = value
            elif value is not None and value != record[name]:
                record[key] = value
        return record

    def convert(self, name: str, value: Any) -> Any:
        """A value of a field as its kind; with a warning as it came, if it does not fit."""
        converter = self._converters.get(name)
        if converter is None:
            return value
        try:
            return converter(value)
        except ValueError:
            self._warn(name)
            return value

    def _warn(self, name: str) -> None:
        if name not in self._warned:
            self._warned.add(name)
            note = OTHER_TYPE.says(name=name, kind=self.kinds[name])
            LOGGER.warning("%s: %s", self._stream, note)
