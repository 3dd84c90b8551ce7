"""Good forms and what they mean, secrets that stay secret, and forms of any kind at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_incontact.form.config import ConfigError, Settings
from unit_tests.forms import CREDENTIALS, DATES, SECRET_FIELDS, form, with_field

OPTIONAL = [
    "details.custom_reports",
    "details.data_downloads",
    "details.report_interval",
    "details.time_zone",
    "details.date.end_date",
    "lookback_days",
    "num_workers",
    "requests_per_second",
    "api_version",
    "api_host",
    "job_timeout_minutes",
]


def message(config: dict[str, Any]) -> str:
    """What the parse says: ``""`` if the form is good."""
    try:
        Settings.parse(config)
    except ConfigError as error:
        return str(error)
    return ""


# --- good forms -------------------------------------------------------------------------------


@pytest.mark.parametrize("auth_type", CREDENTIALS)
@pytest.mark.parametrize("date_type", DATES)
def test_every_good_form_parses_with_its_defaults(auth_type: str, date_type: str) -> None:
    parsed = Settings.parse(form(auth_type, date_type))
    assert parsed.credentials.auth_type == auth_type
    assert parsed.details.date.date_type == date_type
    assert parsed.details.custom_reports == parsed.details.data_downloads == []
    assert (parsed.details.report_interval, parsed.details.time_zone.key) == ("day", "UTC")
    assert (parsed.lookback_days, parsed.num_workers, parsed.requests_per_second) == (1, 4, 10)
    assert (parsed.api_version, parsed.api_host, parsed.job_timeout_minutes) == ("30.0", "", 30)
    assert getattr(parsed.credentials, "region", "na1") == "na1"
    assert getattr(parsed.credentials, "tenant_id", None) is None


@pytest.mark.parametrize("emptied", [None, "", "  "], ids=["null", "empty", "blank"])
@pytest.mark.parametrize(
    ("auth_type", "path"),
    [
        *(("application_user", path) for path in OPTIONAL),
        ("access_key", "credentials.region"),
        ("client_access_key", "credentials.tenant_id"),
    ],
)
def test_an_emptied_field_means_its_default(auth_type: str, path: str, emptied: object) -> None:
    plain = form(auth_type)
    assert Settings.parse(with_field(plain, path, emptied)) == Settings.parse(plain)


@pytest.mark.parametrize(
    ("path", "entered", "meant"),
    [
        ("credentials.business_number", " 4599999 ", "4599999"),
        ("credentials.username", " reports@example.com\n", "reports@example.com"),
        ("credentials.password", " pass word ", " pass word "),
        ("details.time_zone", " Europe/London ", "Europe/London"),
        ("details.data_downloads", [" 540 ", "Weekly Queue"], ["540", "Weekly Queue"]),
        ("details.custom_reports", ["Anrufe (t\u00e4glich)"], ["Anrufe (t\u00e4glich)"]),
        ("details.report_interval", "range", "range"),
        ("details.date.start_date", " 2026-11-16 ", dt.date(2026, 11, 16)),
        ("details.date.end_date", "2026-11-16", dt.date(2026, 11, 16)),
        ("api_version", "33", "33.0"),
        ("api_version", "V33.0", "33.0"),
        ("api_version", 30, "30.0"),
        ("api_host", "https://cxone.example.com/", "https://cxone.example.com"),
        ("api_host", " https://cxone.example.com:8443 ", "https://cxone.example.com:8443"),
        ("api_host", "http://localhost:8080", "http://localhost:8080"),
        ("api_host", "http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("api_host", "http://[::1]:8080", "http://[::1]:8080"),
        ("lookback_days", 0, 0),
        ("lookback_days", "3650", 3650),
        ("requests_per_second", 100_000, 100_000),
        ("num_workers", " 2 ", 2),
    ],
)
def test_an_answer_is_read_as_it_is_meant(path: str, entered: object, meant: object) -> None:
    node: Any = Settings.parse(with_field(form(), path, entered))
    for part in path.split("."):
        node = getattr(node, part)
    if hasattr(node, "get_secret_value"):
        node = node.get_secret_value()
    assert getattr(node, "key", node) == meant


@pytest.mark.parametrize(
    ("entered", "days"),
    [
        ("today", 0),
        ("yesterday", 1),
        ("today-7", 7),
        ("Today - 7", 7),
        (" YESTERDAY ", 1),
        ("10", 10),
        (" 0 ", 0),
        (3, 3),
    ],
)
def test_days_back_are_read_in_every_form_the_label_shows(entered: object, days: int) -> None:
    config = with_field(form(date_type="single_relative"), "details.date.days_back", entered)
    assert Settings.parse(config).details.date.bounds() == (days, days)


@pytest.mark.parametrize(
    ("date_type", "bounds"),
    [
        ("range_specific", (dt.date(2026, 11, 1), None)),
        ("range_relative", (7, 1)),
        ("offset", (7, 0)),
        ("single_relative", (0, 0)),
        ("single_specific", (dt.date(2026, 11, 16), dt.date(2026, 11, 16))),
    ],
)
def test_each_date_choice_has_its_bounds(date_type: str, bounds: tuple[Any, Any]) -> None:
    assert Settings.parse(form(date_type=date_type)).details.date.bounds() == bounds


def test_fields_that_the_form_does_not_know_are_ignored() -> None:
    config = with_field(form(), "details.from_another_version", 5)
    config = with_field(config, "credentials.client_id", "left over from another choice")
    assert Settings.parse(config) == Settings.parse(form())


# --- secrets ----------------------------------------------------------------------------------

SECRETS = st.text("abcXYZ019!=/", min_size=8, max_size=30).map(lambda text: f"q7~{text}")
HOLDERS = st.sampled_from([(kind, name) for kind, names in SECRET_FIELDS.items() for name in names])


@pytest.mark.parametrize("mistake", ["list", "object", "tag", "rest missing", "pane", "host"])
@given(secret=SECRETS, holder=HOLDERS)
def test_no_message_holds_a_secret(mistake: str, secret: str, holder: tuple[str, str]) -> None:
    kind, name = holder
    config = with_field(form(kind, num_workers=1), f"credentials.{name}", secret)
    if mistake == "list":
        config["credentials"][name] = [secret]
    elif mistake == "object":
        config["credentials"][name] = {"value": secret}
    elif mistake == "tag":
        config["credentials"]["auth_type"] = "wrong"
    elif mistake == "rest missing":
        config["credentials"] = {"auth_type": kind, name: secret}
    elif mistake == "pane":  # the whole pane as JSON text, as a secret store may hand it over
        config["credentials"] = f'{{"auth_type": "{kind}", "{name}": "{secret}"}}'
    else:
        secret = secret.replace("/", "")
        config["api_host"] = f"https://user:{secret}@cxone.example.com"
    text = message(config)
    assert text
    assert secret not in text


@given(SECRETS, HOLDERS)
def test_the_parsed_form_does_not_print_its_secrets(secret: str, holder: tuple[str, str]) -> None:
    kind, name = holder
    parsed = Settings.parse(with_field(form(kind), f"credentials.{name}", secret))
    assert secret not in repr(parsed)
    assert secret not in str(parsed)
    assert getattr(parsed.credentials, name).get_secret_value() == secret


# --- anything at all --------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
SENTENCE = ("Field '", "(1) Field '")
PATHS = st.sampled_from(
    [
        *OPTIONAL,
        *("credentials", "details", "details.date"),
        *("details.date.start_date", "details.date.date_type", "credentials.auth_type"),
        *("credentials.business_number", "credentials.username", "credentials.password"),
    ]
)
WORDS = st.sampled_from([*CREDENTIALS, *DATES, "date", "details", "\ud800", "9" * 5000, "\x00"])


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=9) | st.sampled_from(["credentials", "details"]), JSON))
def test_no_object_gives_anything_but_a_config_error(config: dict[str, Any]) -> None:
    assert message(config).startswith(SENTENCE)


@settings(max_examples=50)
@given(PATHS, JSON | WORDS | WORDS.map(lambda word: [word]) | WORDS.map(lambda word: {word: word}))
def test_no_wrong_field_gives_anything_but_a_config_error(path: str, value: object) -> None:
    text = message(with_field(form(), path, value))
    assert not text or text.startswith(SENTENCE)
