"""Rows of a response as records of a stream."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import TYPE_CHECKING

from source_incontact.messages.log import KEYLESS_ROWS
from source_incontact.messages.reports import OTHER_ROWS
from source_incontact.typed_rows import TypedRow, content_of, set_in_all

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from source_incontact.api.client import InContactApi
    from source_incontact.api.envelopes import Envelope
    from source_incontact.records import Normaliser
    from source_incontact.typed_rows import Row

LOGGER = logging.getLogger("airbyte.source_incontact.rows")

BUSINESS_UNIT = "businessUnitId"


def records_of(
    payload: Envelope | None,
    records_key: str | Sequence[str],
    normalise: Normaliser,
    api: InContactApi,
) -> list[Row]:
    """The typed records of a response, each with the business unit it belongs to.

    The business unit is the row's own, else the envelope's, else the token's.
    """
    rows = payload.rows(records_key) if payload is not None else []
    if payload is None or not rows:
        return []
    business_unit = payload.count(BUSINESS_UNIT) or api.business_unit_id
    records = [row if isinstance(row, TypedRow) else normalise(row) for row in rows]
    lacking = [record for record in records if record.get(BUSINESS_UNIT) is None]
    set_in_all(lacking, {BUSINESS_UNIT: business_unit})
    return records


_ENDED_STATE = "endcontact"
"""The state of a contact that has ended [L]."""


def is_open_contact(record: Row) -> bool:
    """Whether a contact has not ended, by ``isActive`` or, in versions without it, by its state.

    A row that says nothing of either counts as ended [A 39].
    """
    is_active = record.get("isActive")
    if isinstance(is_active, bool):
        return is_active
    state = record.get("stateName")
    if not isinstance(state, str) or not state.strip():
        return False
    is_ended = state.replace(" ", "").lower() == _ENDED_STATE
    return not is_ended and record.get("totalDurationSeconds") is None


class RowIdentity:
    """What tells the rows of a report apart: the key, or the whole row where it has no whole key.

    A row without its whole key is emitted all the same, and warned about once. Safe to share
    between threads.

    Args:
        stream: Name of the stream, for the warning.
        key: The fields of the primary key that the rows themselves hold.
    """

    def __init__(self, stream: str, key: Sequence[str]) -> None:
        self._stream = stream
        self._key = tuple(key)
        self._warned = False
        self._keyless: set[int] = set()

    def __call__(self, records: Sequence[Row]) -> list[Hashable]:
        """The identity of each record of a response.

        Raises:
            AirbyteTracedException: No record has any field of the key, and none came before: this
                is another report.
        """
        columns = [[record.get(field) for record in records] for field in self._key]
        values: list[Hashable] = list(zip(*columns, strict=True))
        try:
            hash(tuple(values))
        except TypeError:  # a field of a key is a list or an object
            return self._unusual(records)
        is_whole = not any(None in column for column in columns)
        return values if is_whole else self._unusual(records)

    def _unusual(self, records: Sequence[Row]) -> list[Hashable]:
        """The same where a record lacks its whole key, or a field of it is no text or number.

        Records without a whole key are numbered where they are identical: two of them are two.
        """
        identities: list[Hashable] = []
        copies: Counter[bytes] = Counter()
        missing, are_known = 0, False
        for record in records:
            values = [record.get(field) for field in self._key]
            missing += values.count(None) == len(values)
            if None not in values:
                identities.append(json.dumps(values, default=str))
                continue
            content = content_of(record)
            copies[content] += 1
            identities.append((content, copies[content]))
            are_known = are_known or hash(content) in self._keyless
        if missing and missing == len(records) and not are_known:
            raise OTHER_ROWS.error(rows=missing, key=" or ".join(self._key))
        if copies:
            self._keyless.update(map(hash, copies))
            self._warn()
        return identities

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            note = KEYLESS_ROWS.says(key=", ".join(self._key))
            LOGGER.warning("%s: %s", self._stream, note)
