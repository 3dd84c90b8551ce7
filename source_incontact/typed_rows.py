"""Rows with the fields of their schema: typed while they are decoded, or else by the column.

A row that has other names of fields is left to `records.Normaliser`, which gives the same result
for every row, at several times the cost.
"""

from __future__ import annotations

import re
from contextlib import suppress
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, cast

import msgspec
from pydantic_core import from_json

from source_incontact.typed_columns import hold_instants, type_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from source_incontact.records import Normaliser

_TYPES: Mapping[str, Any] = {
    "integer": int | None,
    "number": int | float | None,
    "boolean": bool | None,
    "string": str | None,
    "array": list[Any] | None,
    "object": dict[str, Any] | None,
    "date-time": str | None,
}
_MISFITS = (msgspec.DecodeError, ValueError, RecursionError)
WRAPPERS = ("resultset", "jobresult")
"""Keys, in lower case, that some API versions wrap a response in [L]."""
_MOST_FIELDS = 500
_NAME = re.compile(rb'\s*[{,]\s*"(?:[^"\\]|\\.)*"\s*:\s*')
_END = re.compile(rb"\s*\{?\s*\}\s*")
_as_values = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_as_rows = msgspec.json.Decoder(list[msgspec.Raw]).decode
_dump_lines = msgspec.json.Encoder().encode_lines
_NOTHING = msgspec.Raw(b"")
_dump_sorted = msgspec.json.Encoder(order="sorted").encode


class TypedRow(msgspec.Struct):
    """A row with the fields of a schema; where it is read, it serves as a mapping."""

    def get(self, name: str) -> Any:
        """The value of a field; ``None`` if there is none."""
        return getattr(self, name, None)


Row = TypedRow | dict[str, Any]


class RowDecoder:
    """Decodes the bodies of one endpoint. Safe to share between threads.

    Args:
        normalise: Knows the schema and the names of fields.
        records_key: The envelope's keys for the rows.
    """

    def __init__(self, normalise: Normaliser, records_key: str | Sequence[str]) -> None:
        self._normalise = normalise
        keys = [records_key] if isinstance(records_key, str) else records_key
        self._keys = {key.lower() for key in keys}
        self._is_of_use = True
        self._knows_order = False
        self._names = [name for name in normalise.kinds if normalise.keeps(name)]

    def _expect(self, names: list[str]) -> None:
        """Expect rows with these fields and no others; in this order they are found at once."""
        kinds = self._normalise.kinds
        row = _struct({name: _TYPES.get(kinds.get(name, ""), Any) for name in names})
        any_row = _struct(dict.fromkeys(names, Any))
        self._names = names
        self._instants = [name for name in names if kinds.get(name) == "date-time"]
        self._rows = msgspec.json.Decoder(list[row]).decode  # type: ignore[valid-type]  # made above
        self._any_rows = msgspec.json.Decoder(list[any_row]).decode  # type: ignore[valid-type]
        self._any_row = msgspec.json.Decoder(any_row).decode

    def values(self, body: bytes) -> dict[str, Any] | None:
        """The object that a body holds, its rows typed where they fit.

        Returns:
            ``None`` where the body is better read as any other: it is no plain JSON object, its
            rows do not fit, or a name may stand twice in it.
        """
        if not self._is_of_use:
            return None
        for read in (self._around_rows, self._object):
            with suppress(*_MISFITS):
                return read(body)
        return None

    def _around_rows(self, body: bytes) -> dict[str, Any]:
        """The object, where its rows are all between its first and its last bracket.

        What is around them then holds no other list, and is scanned without them.

        Raises:
            ValueError: They are not.
        """
        start, end = body.find(b"["), body.rfind(b"]") + 1
        values = self._object(b"".join((body[:start], b"[]", body[end:])))
        wrapped = [value for name, value in values.items() if name.lower() in WRAPPERS]
        for found in (values, *wrapped):
            for name in found:
                if name.lower() in self._keys:
                    found[name] = self._typed(memoryview(body)[start:end])
                    return values
        raise ValueError

    def _object(self, body: bytes | msgspec.Raw) -> dict[str, Any]:
        values = _as_values(body)
        if not _is_all_of(values, body):
            raise ValueError
        return {name: self._value(name.lower(), raw) for name, raw in values.items()}

    def _value(self, name: str, raw: msgspec.Raw) -> Any:
        if name in WRAPPERS:
            return self._object(raw)
        if name in self._keys:
            return self._typed(raw)
        return from_json(bytes(raw), allow_inf_nan=False)

    def _typed(self, raw: msgspec.Raw | memoryview) -> Sequence[Row]:
        if not self._knows_order:
            first = _as_rows(raw)[:1]
            if not first:
                return []
            self._learn_from(first[0])
        with suppress(msgspec.ValidationError):
            rows = self._rows(raw)
            if hold_instants(rows, self._instants):
                return rows
        with suppress(msgspec.ValidationError):
            return type_columns(self._any_rows(raw), self._normalise)
        raws = _as_rows(raw)
        self._learn_from(raws[0])
        decode = self._any_row
        found = [_row(decode, row) for row in raws]
        fitting = [row for row in found if isinstance(row, TypedRow)]
        self._is_of_use = len(fitting) * 2 >= len(found)
        typed = iter(type_columns(fitting, self._normalise))
        return [next(typed) if isinstance(row, TypedRow) else row for row in found]

    def _learn_from(self, row: msgspec.Raw) -> None:
        """Expect the fields of a row in its order, and its own that pass unchanged."""
        known, found = self._names, list(_as_values(row))
        new = [name for name in found if name not in known]
        is_plain = len(known) + len(new) <= _MOST_FIELDS and all(
            self._normalise.keeps(name)
            and name.isidentifier()
            and not iskeyword(name)
            and not hasattr(TypedRow, name)
            for name in new
        )
        if not is_plain:
            found = [name for name in found if name in known]
        if not self._knows_order or (new and is_plain):
            self._expect([*found, *(name for name in known if name not in found)])
            self._knows_order = True


def _is_all_of(values: Mapping[str, msgspec.Raw], body: bytes | msgspec.Raw) -> bool:
    """Whether an object holds these values and no others: a parser keeps one of two of a name."""
    at = 0
    for raw in values.values():
        name = _NAME.match(body, at)
        if name is None:
            return False
        at = name.end() + memoryview(raw).nbytes
    return _END.fullmatch(body, at) is not None


def _struct(fields: Mapping[str, Any]) -> type[TypedRow]:
    """A class of rows with these fields and no others."""
    made = msgspec.defstruct(
        "Row",
        [(name, kind, None) for name, kind in fields.items()],
        bases=(TypedRow,),
        forbid_unknown_fields=True,
        omit_defaults=True,
        gc=False,
    )
    return cast("type[TypedRow]", made)


def _row(decode: Callable[[msgspec.Raw], Any], raw: msgspec.Raw) -> Any:
    """A row that is typed, or as any parser reads it."""
    try:
        return decode(raw)
    except msgspec.ValidationError:
        return from_json(bytes(raw), allow_inf_nan=False)


def as_json_lines(rows: Sequence[Row]) -> bytes:
    """Rows as JSON behind an empty line, as the CDK writes them: without nulls at the top level.

    Raises:
        ValueError: One holds half a character.
    """
    return _dump_lines([_NOTHING, *map(_without_nulls, rows)])


def _without_nulls(row: Row) -> Row:
    if isinstance(row, dict) and None in row.values():
        return {name: value for name, value in row.items() if value is not None}
    return row


def set_in_all(rows: Sequence[Row], values: Mapping[str, Any]) -> None:
    """Set fields of the schema in each of some rows."""
    for name, value in values.items():
        for row in rows:
            if isinstance(row, dict):
                row[name] = value
            else:
                setattr(row, name, value)


def as_dict(row: Row) -> dict[str, Any]:
    """A row as a mapping of its own; a plain one is one already."""
    return row if isinstance(row, dict) else msgspec.structs.asdict(row)


def content_of(row: Row) -> bytes:
    """What a row holds, the same whether it is typed or not."""
    try:
        return _dump_sorted(_without_nulls(row))
    except ValueError:  # half a character
        return repr(row).encode(errors="backslashreplace")
