"""Mistakes in the form: each one names its field, quotes what was entered and says the remedy."""

from __future__ import annotations

import re
from typing import Any

import pytest

from source_incontact.form.config import ConfigError, Settings
from unit_tests.forms import ABSENT, form, with_field

LONG = "9" * 5000
WIDE_DIGITS = "\uff14\uff15"
ARABIC_DIGITS = "\u0664\u0665"
SUPERSCRIPT = "\u00b2"
ANYTHING_ELSE: list[Any] = [True, [], ["a"], {}, {"a": 1}]


def mistakes(config: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        Settings.parse(config)
    return str(caught.value)


def named(text: str) -> list[str]:
    """The keys of the fields that the sentences of a text begin with."""
    begins = re.compile(r"(?:\(\d+\) )?Field '[^']+' \(([\w.]+)\) ")
    return [found[1] for line in text.splitlines() if (found := begins.match(line))]


def cases(hint: str, *paths: str, entered: list[Any]) -> list[Any]:
    """One case for each field and wrong entry; the message must hold ``hint``."""
    return [
        pytest.param(path, value, hint, id=f"{path}={label(value)}")
        for path in paths
        for value in entered
    ]


def label(value: object) -> str:
    return "absent" if value is ABSENT else f"{value!a:.24}"


TEXTS = [
    f"credentials.{name}"
    for name in ("application_name", "vendor_name", "business_number", "username", "password")
]
WHOLES = ["lookback_days", "num_workers", "requests_per_second", "job_timeout_minutes"]
CHOICES_OF_DATE = (
    "choose range_specific, range_relative, offset, single_relative or single_specific"
)
CHOICES_OF_LOGIN = "choose application_user, access_key or client_access_key"

NO_DAY: list[Any] = [*ANYTHING_ELSE]
NO_DAY += ["2026-13-01", "2026-02-30", "16.11.2026", "11/16/2026", "2026-1-1", "0000-01-01"]
NO_DAY += ["20261116", "2026-11-16T00:00:00Z", "2026-11-16 to 2026-11-18", "today", "tomorrow"]
NO_DAY += ["\uff12026-11-16", 20261116, 5.0]

NO_ZONE: list[Any] = [*ANYTHING_ELSE]
NO_ZONE += ["Mars/Olympus", "America", "../etc/passwd", "/etc/localtime", "+01:00", "UTC+1", "MESZ"]
NO_ZONE += ["a\x00b", "\ud800", ".", LONG, 5]

NO_VERSION: list[Any] = [*ANYTHING_ELSE]
NO_VERSION += ["latest", "30.0.1", "thirty", "v", "-30", "30,0", "1e3", ARABIC_DIGITS, LONG]
NO_VERSION += [30.25, -1]

NO_HOST = ["http://cxone.example.com", "http://10.0.0.1:8080", "http://127.0.0.1.evil.example"]
NO_HOST += ["http://localhost.evil.example", "ftp://cxone.example.com", "cxone.example.com"]
NO_HOST += ["https://", "https:///path", "https://[::1", "https://a:b", "https://a:99999"]
NO_HOST += ["javascript:alert(1)", "https://a.example/?q=1", "https://a.example/#part"]

# Texts that requests, browsers and the host check read in different ways, or not at all: as
# `api_host` they pass for good and then refuse every request.
ODD_HOST = [
    "https://exa mple.com",
    "https://a.example\\b",
    "https://@a.example",
    "https://a.example?",
]
ODD_HOST += ["https://a.example#", "https://a\tb.example", "https://b\u00fccher.example"]
ODD_HOST += ["https://a_b.example", "https://a..example", "https://a.example.", "https://-\x7f"]

NO_WHOLE: list[Any] = [*ANYTHING_ELSE]
NO_WHOLE += [-1, "many", 1.5, "1.5", "-1", float("inf"), float("nan"), "1e3", "0x5", SUPERSCRIPT]
NO_WHOLE += [ARABIC_DIGITS + "x", LONG]

NO_DAYS_BACK: list[Any] = [*ANYTHING_ELSE]
NO_DAYS_BACK += [
    "last week",
    "-3",
    "1.5",
    "today+1",
    "tomorrow",
    "today-",
    "today--1",
    "2026-11-16",
]
NO_DAYS_BACK += [SUPERSCRIPT, LONG, 1.0, -1]


@pytest.mark.parametrize(
    ("path", "value", "hint"),
    [
        *cases(
            "enter the digits of your business unit, such as 4599999",
            "credentials.business_number",
            entered=[
                "12a45",
                "BU 4599999",
                WIDE_DIGITS,
                ARABIC_DIGITS,
                "-5",
                "4.5",
                "4,599",
                "4 5",
            ],
        ),
        *cases("", *TEXTS, entered=[ABSENT, None, "", 4599999, *ANYTHING_ELSE]),
        *cases("empty", *TEXTS[:-1], entered=["  ", "\n"]),
        *cases(
            "enter year-month-day, such as 2026-11-16",
            "details.date.start_date",
            entered=[*NO_DAY, "", " ", None],
        ),
        *cases("enter year-month-day, such as 2026-11-16", "details.date.end_date", entered=NO_DAY),
        *cases("America/Denver", "details.time_zone", entered=[*NO_ZONE, "america/denver"]),
        *cases("enter one such as 30.0", "api_version", entered=NO_VERSION),
        *cases("https://", "api_host", entered=[*NO_HOST, *ODD_HOST]),
        *cases("text", "api_host", entered=[5, *ANYTHING_ELSE]),
        *cases(
            "choose day, hour or range",
            "details.report_interval",
            entered=["week", "DAY", 5, *ANYTHING_ELSE],
        ),
        *cases(
            CHOICES_OF_LOGIN,
            "credentials.auth_type",
            entered=["oauth", "credentials", "username", "", ABSENT, None, 5, *ANYTHING_ELSE],
        ),
        *cases(
            CHOICES_OF_DATE,
            "details.date.date_type",
            entered=["last_month", "date", "details", "", ABSENT, None, 5, *ANYTHING_ELSE],
        ),
        *cases(
            "list", "details.custom_reports", "details.data_downloads", entered=["540", 540, {}]
        ),
        *cases("group", "credentials", "details", entered=[None, "text", 5, [], True]),
        *cases("group", "details.date", entered=[None, "2026-11-16", 5, [], True]),
        *cases("missing", "credentials", "details", "details.date", entered=[ABSENT]),
        *cases("whole number", *WHOLES, entered=NO_WHOLE),
        *cases("at least 2", "num_workers", entered=[1, "1", 0]),
        *cases("at least 1", "requests_per_second", "job_timeout_minutes", entered=[0, "0", -5]),
        *cases("at least 0", "lookback_days", entered=[-1]),
        *cases("at most 3650", "lookback_days", entered=[3651, "99999"]),
    ],
)
def test_a_mistake_names_its_field_quotes_it_and_says_what_to_enter(
    path: str, value: object, hint: str
) -> None:
    text = mistakes(with_field(form(), path, value))
    assert named(text) == [path]
    assert hint in text
    assert "\n" not in text
    if isinstance(value, str) and value.isprintable() and value.strip() and value != LONG:
        may_be_secret = path == "credentials" or "@" in value
        assert (value in text) is not may_be_secret


@pytest.mark.parametrize("path", [*WHOLES, "api_version", "details.time_zone"])
def test_a_message_stays_readable_however_long_the_entry(path: str) -> None:
    assert len(mistakes(with_field(form(), path, LONG))) < 500


@pytest.mark.parametrize(
    ("date_type", "path", "value", "hint"),
    [
        *(
            pytest.param(date_type, *case.values, id=case.id)
            for date_type, names in (
                ("range_relative", ("start_days_back", "end_days_back")),
                ("single_relative", ("days_back",)),
            )
            for case in cases(
                "enter today, yesterday, today-7 or a number",
                *(f"details.date.{name}" for name in names),
                entered=[*NO_DAYS_BACK, "", " ", None],
            )
        ),
        *(
            pytest.param("offset", *case.values, id=case.id)
            for case in cases(
                "whole number", "details.date.date_offset", entered=[*NO_WHOLE, "", None, "today"]
            )
        ),
        *(
            pytest.param("single_specific", *case.values, id=case.id)
            for case in cases(
                "enter year-month-day, such as 2026-11-16",
                "details.date.date",
                entered=[*NO_DAY, "", None],
            )
        ),
        *(
            pytest.param(
                date_type, f"details.date.{name}", ABSENT, "missing; fill", id=f"no {name}"
            )
            for date_type, name in (
                ("range_specific", "start_date"),
                ("range_relative", "start_days_back"),
                ("range_relative", "end_days_back"),
                ("offset", "date_offset"),
                ("single_relative", "days_back"),
                ("single_specific", "date"),
            )
        ),
    ],
)
def test_a_mistake_in_a_date_choice_names_the_field_of_that_choice(
    date_type: str, path: str, value: object, hint: str
) -> None:
    text = mistakes(with_field(form(date_type=date_type), path, value))
    assert named(text) == [path]
    assert hint in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("auth_type", "path", "value", "hint"),
    [
        *(
            pytest.param("access_key", *case.values, id=case.id)
            for case in cases(
                "enter one such as na1",
                "credentials.region",
                entered=[
                    "Europe",
                    "na",
                    "1na",
                    "na111",
                    "n\u00e41",
                    "na1.evil.example",
                    "na\u00b2",
                ],
            )
        ),
        pytest.param("access_key", "credentials.region", 5, "text", id="region 5"),
        pytest.param("client_access_key", "credentials.tenant_id", 5, "text", id="tenant 5"),
        *(
            pytest.param("client_access_key", *case.values, id=case.id)
            for name in ("client_id", "client_secret", "access_key_id", "access_key_secret")
            for case in cases("", f"credentials.{name}", entered=[ABSENT, None, "", 5, [], {}])
        ),
    ],
)
def test_a_mistake_in_another_sign_in_names_its_field(
    auth_type: str, path: str, value: object, hint: str
) -> None:
    text = mistakes(with_field(form(auth_type), path, value))
    assert named(text) == [path]
    assert hint in text


def test_several_mistakes_are_numbered() -> None:
    config = with_field(form(num_workers=1), "credentials.business_number", "letters")
    config = with_field(config, "details.date.start_date", "soon")
    config = with_field(config, "details.data_downloads", ["540", "", None])
    assert named(mistakes(config)) == [
        "credentials.business_number",
        "details.data_downloads.1",
        "details.data_downloads.2",
        "details.date.start_date",
        "num_workers",
    ]


def test_an_empty_form_names_both_panes() -> None:
    assert mistakes({}).splitlines() == [
        "(1) Field 'Sign in with' (credentials) is missing; fill it in.",
        "(2) Field 'Details' (details) is missing; fill it in.",
    ]


def test_a_field_of_a_chosen_variant_has_the_title_that_its_form_shows() -> None:
    config = with_field(form(date_type="single_specific"), "details.date.date", "soon")
    assert mistakes(config).startswith("Field 'Day' (details.date.date) holds 'soon', which ")
