"""The form's answers as typed settings: parsed once, each mistake named by its field.

``check``, ``discover`` and ``read`` go through `Settings.parse`, so that all three say the same
about the same mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from source_incontact.errors import numbered
from source_incontact.form.fields import (
    DEFAULT_API_VERSION,
    Day,
    DaysBack,
    Host,
    Names,
    Number,
    Region,
    Secret,
    Text,
    Version,
    Whole,
    Zone,
    or_default,
)
from source_incontact.labels import form_field
from source_incontact.messages import form as messages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

MAX_LOOKBACK_DAYS = 3650


class ConfigError(ValueError):
    """The form holds something that cannot be used; the text names each field and the remedy."""


# --- the two panes ---------------------------------------------------------------------------


class _Pane(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class ApplicationUser(_Pane):
    """Central's own login: an API application and a user."""

    auth_type: Literal["application_user"]
    application_name: Text
    vendor_name: Text
    business_number: Number
    username: Text
    password: Secret


class AccessKey(_Pane):
    """A CXone employee's access key in a region."""

    auth_type: Literal["access_key"]
    access_key_id: Text
    access_key_secret: Secret
    region: Annotated[Region, or_default("na1")] = "na1"


class ClientAccessKey(_Pane):
    """A registered CXone client together with an access key."""

    auth_type: Literal["client_access_key"]
    client_id: Text
    client_secret: Secret
    access_key_id: Text
    access_key_secret: Secret
    tenant_id: Annotated[Text | None, or_default(None)] = None


Credentials = ApplicationUser | AccessKey | ClientAccessKey


class _DateChoice(_Pane):
    START_FIELD: ClassVar[str]
    END_FIELD: ClassVar[str]

    def bounds(self) -> tuple[dt.date | int, dt.date | int | None]:
        """The first and the last day: dates, or days back; ``None`` is an open end."""
        return getattr(self, self.START_FIELD), getattr(self, self.END_FIELD)


class RangeSpecific(_DateChoice):
    """From one date through another, or through today if the end is left empty."""

    START_FIELD, END_FIELD = "start_date", "end_date"
    date_type: Literal["range_specific"]
    start_date: Day
    end_date: Annotated[Day | None, or_default(None)] = None


class RangeRelative(_DateChoice):
    """From so many days back through so many days back."""

    START_FIELD, END_FIELD = "start_days_back", "end_days_back"
    date_type: Literal["range_relative"]
    start_days_back: DaysBack
    end_days_back: DaysBack


class Offset(_DateChoice):
    """From so many days back through today."""

    START_FIELD = END_FIELD = "date_offset"
    date_type: Literal["offset"]
    date_offset: Annotated[Whole, Field(ge=0)]

    def bounds(self) -> tuple[int, int]:
        """From the offset through today."""
        return self.date_offset, 0


class SingleRelative(_DateChoice):
    """The one day so many days back."""

    START_FIELD = END_FIELD = "days_back"
    date_type: Literal["single_relative"]
    days_back: DaysBack


class SingleSpecific(_DateChoice):
    """One date."""

    START_FIELD = END_FIELD = "date"
    date_type: Literal["single_specific"]
    date: Day


DateChoice = RangeSpecific | RangeRelative | Offset | SingleRelative | SingleSpecific


class Details(_Pane):
    """What to read: reports by name, days, the span of a row, whose midnight."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    reports: Names = []
    custom_reports: Names = []
    data_downloads: Names = []
    date: Annotated[DateChoice, Field(discriminator="date_type")]
    report_interval: Annotated[Literal["day", "hour", "range"], or_default("day")] = "day"
    time_zone: Annotated[Zone, or_default("UTC")] = ZoneInfo("UTC")


class Settings(_Pane):
    """The whole form."""

    credentials: Annotated[Credentials, Field(discriminator="auth_type")]
    details: Details
    lookback_days: Annotated[Whole, Field(ge=0, le=MAX_LOOKBACK_DAYS), or_default(1)] = 1
    num_workers: Annotated[Whole, Field(ge=2), or_default(4)] = 4
    requests_per_second: Annotated[Whole, Field(ge=1), or_default(10)] = 10
    api_version: Annotated[Version, or_default(DEFAULT_API_VERSION)] = DEFAULT_API_VERSION
    api_host: Annotated[Host, or_default("")] = ""
    job_timeout_minutes: Annotated[Whole, Field(ge=1), or_default(30)] = 30

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Settings:
        """Read the raw config.

        Raises:
            ConfigError: Something in it cannot be used. Several are numbered; the text
                quotes what was entered unless the field is secret.
        """
        try:
            return cls.model_validate(dict(raw))
        except ValidationError as error:
            lines = [_sentence(problem, raw) for problem in error.errors(include_url=False)]
            raise ConfigError(numbered(list(dict.fromkeys(lines)))) from None


# --- the sentences ---------------------------------------------------------------------------

_SECRET_FIELDS = {"credentials", "password", "access_key_secret", "client_secret"}
_LONGEST_QUOTE = 80
_CHOICES = {
    "auth_type": "application_user, access_key or client_access_key",
    "date_type": "range_specific, range_relative, offset, single_relative or single_specific",
    "report_interval": "day, hour or range",
}


def _sentence(problem: ErrorDetails, raw: Mapping[str, Any]) -> str:
    path = _field_path(problem)
    name = path[-1] if path else "config"
    where = form_field(".".join(str(part) for part in path))
    kind, context = problem["type"], problem.get("ctx", {})
    if kind in {"missing", "union_tag_not_found"}:
        return messages.MISSING.says(where=where, enter=_what_to_enter(name))
    entered = _quote(name, _lookup(raw, path))
    if kind == "union_tag_invalid" or name in _CHOICES:
        return messages.NO_CHOICE.says(where=where, entered=entered, enter=_what_to_enter(name))
    if kind == "value_error":
        return messages.WRONG_VALUE.says(where=where, entered=entered, reason=context["error"])
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound, word = (context.get("ge"), "least") if "ge" in context else (context["le"], "most")
        return messages.OUT_OF_BOUNDS.says(where=where, entered=entered, word=word, bound=bound)
    if kind in {"string_too_short", "too_short"}:
        return messages.EMPTY.says(where=where, enter=_what_to_enter(name))
    wanted = "a list" if kind == "list_type" else "a group of fields" if "model" in kind else "text"
    return messages.WRONG_KIND.says(where=where, entered=entered, wanted=wanted)


def _field_path(problem: ErrorDetails) -> tuple[str | int, ...]:
    """The location as the form spells it: pydantic adds the chosen variant, and omits its field."""
    path = problem["loc"]
    for group, chooser in ((("credentials",), "auth_type"), (("details", "date"), "date_type")):
        if path[: len(group)] == group:
            if problem["type"].startswith("union_tag"):
                return (*group, chooser)
            return group + path[len(group) + 1 :]
    return path


def _lookup(raw: Any, path: tuple[str | int, ...]) -> Any:
    try:
        for part in path:
            raw = raw[part]
    except (KeyError, IndexError, TypeError):
        return None
    return raw if not isinstance(raw, (dict, list)) else type(raw).__name__


def _quote(name: object, value: object) -> str:
    if name in _SECRET_FIELDS:
        return "a value of the wrong kind"
    text = " ".join(str(value).split())
    if name == "api_host" and "@" in text:
        return "an address with a user or password in it"
    return f"'{text}'" if len(text) <= _LONGEST_QUOTE else f"'{text[:_LONGEST_QUOTE]}...'"


def _what_to_enter(name: object) -> str:
    if name in _CHOICES:
        return f"choose {_CHOICES[str(name)]}"
    return "fill it in"
