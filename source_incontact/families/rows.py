"""Rows of an answer as records of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from source_incontact.api.client import InContactApi
    from source_incontact.api.envelopes import Envelope
    from source_incontact.records import Normaliser

BUSINESS_UNIT = "businessUnitId"


def records_of(
    payload: Envelope | None, records_key: str, normalise: Normaliser, api: InContactApi
) -> list[dict[str, Any]]:
    """The typed records of an answer, each with the business unit it belongs to.

    The business unit is the row's own, else the envelope's, else the token's.
    """
    if payload is None:
        return []
    rows = payload.rows(records_key)
    business_unit = payload.count(BUSINESS_UNIT) if rows else None
    records = []
    for row in rows:
        record = normalise(row)
        if record.get(BUSINESS_UNIT) is None:
            record[BUSINESS_UNIT] = business_unit or api.business_unit_id
        records.append(record)
    return records


def identity_by(key: Sequence[str]) -> Callable[[Mapping[str, Any]], Hashable]:
    """What tells the rows of a report apart: ``None`` for a row that lacks a field of its key."""
    if len(key) == 1:
        return lambda record: record.get(key[0])

    def identity(record: Mapping[str, Any]) -> Hashable:
        values = tuple(record.get(field) for field in key)
        return None if None in values else values

    return identity
