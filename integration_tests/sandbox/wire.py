"""Typed rows as the vendor writes them, which differs by report and by API version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.fields import FIELDS, WINDOW_FIELDS, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LAST_WRAPPED_CONTACTS = 19
"""Up to this version contacts sit in ``resultSet`` and all their values are text (L)."""
LAST_OLD_NAMES = 23
"""Up to this version contacts and agents use their old spellings (L)."""
LAST_WRAPPED_CAMPAIGNS = 30
"""Up to this version campaigns sit in ``resultSet`` (L); 31 and 32 are like 33 (A)."""

_OLD_CONTACT_NAMES = {
    "contactStartDate": "contactStart",
    "conferenceSeconds": "confSeconds",
    "fromAddress": "fromAddr",
    "toAddress": "toAddr",
    "mediaTypeId": "mediaType",
    "acwSeconds": "ACWSeconds",
    "stateName": "state",
}
_OLD_AGENT_NAMES = {
    "userID": "userId",
    "teamUuId": "teamUuid",
    "smsThreshold": "SmsThreshold",
    "digitalThreshold": "DigitalThreshold",
}
_NEW_CAMPAIGN_NAMES = {"campaignId": "id", "campaignName": "name"}
_TWO_DECIMALS = frozenset({"connectsAHT", "rightPartyConnectsAHT"})
_NOT_ON_PERFORMANCE_ROWS = WINDOW_FIELDS | {"businessUnitId"}


def duration(seconds: float) -> str:
    """An ISO 8601 duration to the millisecond, days too: ``P1DT19H18M29.651S``, ``PT0S`` (L)."""
    whole, fraction = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    tail = f".{fraction:03d}".rstrip("0") if fraction else ""
    parts = (f"{hour}H" if hour else "", f"{minute}M" if minute else "")
    clock = "".join(parts) + (f"{second}{tail}S" if second or tail else "")
    if not day:
        return f"PT{clock or '0S'}"
    return f"P{day}DT{clock}" if clock else f"P{day}D"


def number_text(value: float) -> str:
    """A number as a report writes it: at most three decimals, none if whole (L)."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def text(value: Any) -> Any:
    """Any plain value as text: "True", "187", and "" for null (L); lists stay lists (A)."""
    if value is None:
        return ""
    if isinstance(value, (str, list)):
        return value
    return str(value) if isinstance(value, (bool, int)) else number_text(value)


def _report_value(report: str, name: str, value: Any) -> Any:
    if FIELDS[report].get(name) == "duration":
        return duration(value)
    if name in _TWO_DECIMALS and value is not None:
        return f"{value:.2f}"
    return text(value)


def performance(report: str, rows: Iterable[Row]) -> list[Row]:
    """Agent or team rows: every value is text, times are ISO durations, no dates, no BU (L)."""
    return [
        {
            name: _report_value(report, name, row[name])
            for name in FIELDS[report]
            if name not in _NOT_ON_PERFORMANCE_ROWS
        }
        for row in rows
    ]


def skill_summaries(rows: Iterable[Row]) -> list[Row]:
    """Skill rows: every value is text, times are whole seconds, no dates (L)."""
    return [
        {
            name: _report_value("skill_summaries", name, row[name])
            for name in FIELDS["skill_summaries"]
            if name not in WINDOW_FIELDS
        }
        for row in rows
    ]


def contacts(rows: Iterable[Row], version: int) -> list[Row]:
    """Contact rows: real types from version 20 on, old names up to 23 (L)."""
    names = _OLD_CONTACT_NAMES if version <= LAST_OLD_NAMES else {}
    as_text = version <= LAST_WRAPPED_CONTACTS
    write = text if as_text else _json
    return [{names.get(name, name): write(value) for name, value in row.items()} for row in rows]


def agents(rows: Iterable[Row], version: int) -> list[Row]:
    """Agent rows: up to version 23 some names differ in case and one number is text (L)."""
    if version > LAST_OLD_NAMES:
        return [dict(row) for row in rows]
    return [
        {
            **_renamed(row, _OLD_AGENT_NAMES),
            "scheduleNotification": text(row["scheduleNotification"]),
        }
        for row in rows
    ]


def campaigns(rows: Iterable[Row], version: int) -> list[Row]:
    """Campaign rows: ``id`` and ``name`` once they left ``resultSet`` (S)."""
    names = {} if version <= LAST_WRAPPED_CAMPAIGNS else _NEW_CAMPAIGN_NAMES
    return [_renamed(row, names) for row in rows]


def _renamed(row: Row, names: Mapping[str, str]) -> Row:
    return {names.get(name, name): value for name, value in row.items()}


def _json(value: Any) -> Any:
    """A whole float is written without a point, as JSON numbers of the vendor are (L)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
