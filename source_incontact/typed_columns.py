"""Rows of text typed by the column: one parse for a page of values.

The vendor writes the numbers of some reports as text, and times as ISO 8601 durations. A column of
such texts is put together as one JSON list, which compiled code parses and checks. Whatever a
column holds besides is left to `records.Normaliser`, value by value.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from source_incontact.records import UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from source_incontact.records import Normaliser

    Column = Sequence[Any]

_TEXT = {str, type(None)}
_BOOLEANS = {"True": True, "False": False, "true": True, "false": False}
_as_integers = msgspec.json.Decoder(list[int]).decode
_as_numbers = msgspec.json.Decoder(list[float]).decode
_as_durations = msgspec.json.Decoder(list[timedelta]).decode
_not_of_seconds = re.compile(r"\.(?![0-9]{1,6}S)").search
"""A fraction of another unit, or one with more digits than a microsecond has."""
_as_instants = msgspec.json.Decoder(list[datetime]).decode


def _integers(texts: list[str]) -> Column | None:
    found = _as_integers(f"[{','.join(texts)}]")
    return found if len(found) == len(texts) else None


def _numbers(texts: list[str]) -> Column | None:
    if texts[0][-1] in "DHMS":
        return _durations(texts)
    listed = f"[{','.join(texts)}]"
    if "-0" in listed:  # the sign of a zero is lost
        return None
    found = _as_numbers(listed)
    return found if len(found) == len(texts) else None


def _durations(texts: list[str]) -> Column | None:
    listed = _listed(texts)
    if listed is None or listed != listed.upper() or _not_of_seconds(listed):
        return None
    return list(map(timedelta.total_seconds, _as_durations(listed)))


def _listed(texts: list[str]) -> str | None:
    """Texts as a JSON list; ``None`` if one would have to be escaped."""
    listed = '["' + '","'.join(texts) + '"]'
    return listed if listed.count('"') == 2 * len(texts) and "\\" not in listed else None


def _booleans(texts: list[str]) -> Column | None:
    found = list(map(_BOOLEANS.get, texts))
    return None if None in found else found


def _instants(texts: list[str]) -> Column | None:
    """The texts themselves: msgspec takes fewer forms of an instant than the normaliser."""
    listed = _listed(texts)
    if listed is None:
        return None
    _as_instants(listed)
    return texts


_CONVERTERS: Mapping[str, Callable[[list[str]], Column | None]] = {
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
    "date-time": _instants,
}


def type_columns(rows: Sequence[Any], normalise: Normaliser) -> list[Any]:
    """The rows with their fields typed, just as a normaliser types them.

    Args:
        rows: Structs of one class, their fields as JSON gives them; ``None`` if absent.
        normalise: Knows the kinds of the fields, and converts what is not usual.
    """
    if not rows:
        return []
    kind_of_row = type(rows[0])
    names = kind_of_row.__struct_fields__
    columns = zip(*map(msgspec.structs.astuple, rows), strict=True)
    typed = [_column(name, values, normalise) for name, values in zip(names, columns, strict=True)]
    return list(map(kind_of_row, *typed))


def hold_instants(rows: Sequence[Any], names: Sequence[str]) -> bool:
    """Whether texts of these fields are all instants, so that they may stay as they are."""
    for name in names:
        texts = [text for text in map(attrgetter(name), rows) if text is not None]
        try:
            if texts and _instants(texts) is None:
                return False
        except (msgspec.DecodeError, UnicodeError):
            return False
    return True


def _column(name: str, values: Column, normalise: Normaliser) -> Column:
    kind = normalise.kinds.get(name)
    if kind is None or UNCHANGED[kind].issuperset(map(type, values)):
        return values
    typed = _of_texts(values, kind)
    if typed is not None:
        return typed
    return [None if value is None else normalise.convert(name, value) for value in values]


def _of_texts(values: Column, kind: str) -> Column | None:
    """A column of texts and nulls, typed; ``None`` if it holds anything unusual."""
    convert = _CONVERTERS.get(kind)
    if convert is None or not _TEXT.issuperset(map(type, values)):
        return None
    texts = list(filter(None, values))  # an empty text is a null
    try:
        found = convert(texts) if texts else []
    except (msgspec.DecodeError, UnicodeError):
        return None
    if found is None or len(texts) == len(values):
        return found
    rest = iter(found)
    return [next(rest) if value else None for value in values]
