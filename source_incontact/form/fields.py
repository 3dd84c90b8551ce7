"""The kinds of value a form field can hold: each reader says what is wrong and what to enter.

A reader raises ``ValueError`` with a text that follows "holds '...', which" in a sentence.
"""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    SecretStr,
    StringConstraints,
)

from source_incontact.messages import entries

DEFAULT_API_VERSION = "30.0"

_ROOT_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::\d{1,5})?"
    r"(?:/[A-Za-z0-9._~/-]*)?"
)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)


def _day(value: object) -> object:
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError(entries.NO_DATE.says())


class DaysBackEntry(int):
    """A number of days before today, and how it was typed: ``yesterday``."""

    entered: str

    @classmethod
    def of(cls, days: int, entered: object) -> DaysBackEntry:
        """Some days, and the form's text."""
        entry = cls(days)
        entry.entered = str(entered).strip()
        return entry


def _days_back(value: object) -> DaysBackEntry:
    text = str(value).strip().lower()
    if text in {"today", "yesterday"}:
        return DaysBackEntry.of(int(text == "yesterday"), value)
    match = re.fullmatch(r"(?:today\s*-\s*)?(\d{1,6})", text, re.ASCII)
    if match is None or isinstance(value, (bool, float)):
        raise ValueError(entries.NO_DAYS_BACK.says())
    return DaysBackEntry.of(int(match[1]), value)


def _zone(value: object) -> ZoneInfo:
    text = str(value).strip()
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass  # an unknown name, or one that reads as a path
    same = [name for name in available_timezones() if name.lower() == text.lower()]
    hint = f"enter it as {same[0]}" if same else "enter an IANA name such as America/Denver"
    raise ValueError(entries.NO_ZONE.says(hint=hint))


def _digits(value: str) -> str:
    if not re.fullmatch(r"\d+", value, re.ASCII):
        raise ValueError(entries.NO_DIGITS.says())
    return value


def _region(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}\d{1,2}", value.lower(), re.ASCII):
        raise ValueError(entries.NO_REGION.says())
    return value.lower()


def _version(value: object) -> str:
    match = re.fullmatch(r"[vV]?(\d{1,3})(?:\.(\d))?", str(value).strip(), re.ASCII)
    if match is None or isinstance(value, bool):
        raise ValueError(entries.NO_VERSION.says())
    return f"{match[1]}.{match[2] or 0}"


def _host(value: str) -> str:
    """An https root, or an http one on this machine; no trailing slash."""
    if not value:
        return ""
    match = _ROOT_URL.fullmatch(value)
    try:
        port_is_one = match is not None and urlsplit(value).port != 0
    except ValueError:
        port_is_one = False
    if match is None or not port_is_one:
        raise ValueError(entries.NO_ADDRESS.says())
    if match["scheme"] == "http" and not is_loopback(match["host"].strip("[]")):
        raise ValueError(entries.NO_HTTPS.says())
    return value.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _whole(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (int, str)) and not isinstance(value, bool):
        text = re.sub(r"\.0+$", "", str(value)[:20].strip())
        if _WHOLE.fullmatch(text):
            return int(text)
    raise ValueError(entries.NO_WHOLE_NUMBER.says())


def _empty_is_default(value: object, default: object) -> object:
    return default if value is None or (isinstance(value, str) and not value.strip()) else value


def or_default(default: object) -> BeforeValidator:
    """An emptied field of the form means its default."""
    return BeforeValidator(lambda value: _empty_is_default(value, default))


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Secret = Annotated[SecretStr, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_day)]
DaysBack = Annotated[DaysBackEntry, PlainValidator(_days_back)]
Names = Annotated[list[Text], or_default([])]
Number = Annotated[Text, AfterValidator(_digits)]
Region = Annotated[Text, AfterValidator(_region)]
Version = Annotated[str, BeforeValidator(_version)]
Host = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_host)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Whole = Annotated[int, BeforeValidator(_whole)]
