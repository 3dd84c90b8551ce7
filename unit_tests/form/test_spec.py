"""spec.json: the form, the rules of Airbyte's linters, and the models that parse it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

import source_incontact
from source_incontact.form import config
from source_incontact.form.config import Settings
from source_incontact.menu import NAMED
from source_incontact.source import SourceIncontact
from unit_tests.forms import ABSENT, CREDENTIALS, DATES, SECRET_FIELDS, form, with_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

PATH = Path(source_incontact.__file__).parent / "spec.json"
SPEC: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
FORM: dict[str, Any] = SPEC["connectionSpecification"]
LOGIN: dict[str, Any] = FORM["properties"]["credentials"]
DETAILS: dict[str, Any] = FORM["properties"]["details"]
DATE: dict[str, Any] = DETAILS["properties"]["date"]

APPLICATION_FIELDS = "application_name vendor_name business_number username password"
CLIENT_FIELDS = "client_id client_secret access_key_id access_key_secret tenant_id"

MODELS: dict[str, type[BaseModel]] = {
    "application_user": config.ApplicationUser,
    "access_key": config.AccessKey,
    "client_access_key": config.ClientAccessKey,
    "range_specific": config.RangeSpecific,
    "range_relative": config.RangeRelative,
    "offset": config.Offset,
    "single_relative": config.SingleRelative,
    "single_specific": config.SingleSpecific,
}


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, with where it lies."""
    yield path, node
    for name, prop in node.get("properties", {}).items():
        yield from nodes(prop, f"{path}.{name}".lstrip("."))
    for variant in node.get("oneOf", ()):
        yield from nodes(variant, f"{path}[{variant['title']}]")


ALL = dict(nodes(FORM))
FIELDS = {path: node for path, node in ALL.items() if path and "const" not in node}
every_node = pytest.mark.parametrize("path", ALL)
every_variant = pytest.mark.parametrize(
    "variant",
    [
        pytest.param(variant, id=variant["title"])
        for pane in (LOGIN, DATE)
        for variant in pane["oneOf"]
    ],
)


def tag(variant: dict[str, Any]) -> str:
    """What a variant's const property must hold."""
    [value] = [prop["const"] for prop in variant["properties"].values() if "const" in prop]
    return str(value)


# --- panes, fields and defaults ----------------------------------------------------------------


def test_the_panes_are_groups_in_their_order() -> None:
    assert [group["id"] for group in FORM["groups"]] == ["credentials", "details", "advanced"]
    assert {name: prop["group"] for name, prop in FORM["properties"].items()} == {
        "credentials": "credentials",
        "details": "details",
        "lookback_days": "advanced",
        "num_workers": "advanced",
        "requests_per_second": "advanced",
        "api_version": "advanced",
        "api_host": "advanced",
        "job_timeout_minutes": "advanced",
    }
    assert FORM["required"] == ["credentials", "details"]
    assert DETAILS["required"] == ["date"]


@pytest.mark.parametrize(
    ("pane", "variants"),
    [
        pytest.param(
            LOGIN,
            [
                ("application_user", "Application and user", APPLICATION_FIELDS),
                ("access_key", "Access key", "access_key_id access_key_secret region"),
                ("client_access_key", "Client and access key", CLIENT_FIELDS),
            ],
            id="credentials",
        ),
        pytest.param(
            DATE,
            [
                ("range_specific", "Date range: specific", "start_date end_date"),
                ("range_relative", "Date range: relative", "start_days_back end_days_back"),
                ("offset", "Date offset", "date_offset"),
                ("single_relative", "Single date: relative", "days_back"),
                ("single_specific", "Single date: specific", "date"),
            ],
            id="date",
        ),
    ],
)
def test_the_choices_stand_in_their_order_with_their_titles_and_fields(
    pane: dict[str, Any], variants: list[tuple[str, str, str]]
) -> None:
    assert [
        (tag(variant), variant["title"], " ".join(list(variant["properties"])[1:]))
        for variant in pane["oneOf"]
    ] == variants


@pytest.mark.parametrize(
    ("path", "title", "facts"),
    [
        ("details.reports", "Report", {"type": "array", "default": []}),
        ("details.custom_reports", "Custom Report Name", {"type": "array", "default": []}),
        ("details.data_downloads", "Data Download Report", {"type": "array", "default": []}),
        ("details.date", "Date", {"type": "object"}),
        (
            "details.report_interval",
            "Report interval",
            {"type": "string", "default": "day", "enum": ["day", "hour", "range"]},
        ),
        ("credentials", "Sign in with", {"display_type": "radio"}),
        ("details.date[Single date: specific].date", "Day", {"format": "date"}),
        ("details.date[Date range: relative].start_days_back", "Start (days back)", {}),
        ("details.date[Date range: relative].end_days_back", "End (days back)", {}),
        ("details.time_zone", "Time zone", {"type": "string", "default": "UTC"}),
        ("lookback_days", None, {"type": "integer", "default": 1, "minimum": 0}),
        ("num_workers", None, {"type": "integer", "default": 4, "minimum": 2}),
        ("requests_per_second", None, {"type": "integer", "default": 10, "minimum": 1}),
        ("api_version", None, {"type": "string", "default": "30.0"}),
        ("api_host", None, {"type": "string"}),
        ("job_timeout_minutes", None, {"type": "integer", "default": 30, "minimum": 1}),
        ("credentials[Access key].region", None, {"type": "string", "default": "na1"}),
        ("details.date[Date offset].date_offset", None, {"type": "integer", "minimum": 0}),
    ],
)
def test_a_field_has_its_type_default_and_bounds(
    path: str, title: str | None, facts: dict[str, Any]
) -> None:
    node = ALL[path]
    assert {key: node.get(key) for key in facts} == facts
    assert title is None or node["title"] == title


def test_requests_per_second_has_no_upper_limit() -> None:
    assert "maximum" not in ALL["requests_per_second"]
    assert ALL["lookback_days"]["maximum"] == config.MAX_LOOKBACK_DAYS


RELEASED = (
    *("Agent Performance Report", "Agents", "Campaigns", "Contacts", "Custom inContact Report"),
    *("Data Download", "Skill Summaries Report", "Skills", "Team Performance totals", "Teams"),
)
"""Entries of the Report menu that a release had: a form that holds one must stay good."""


def test_the_report_menu_offers_what_there_is_and_keeps_what_a_release_had() -> None:
    menu = SourceIncontact(config=form()).menu
    offered = DETAILS["properties"]["reports"]["items"]["enum"]
    assert sorted(offered) == sorted([*(entry.title for entry in menu), *NAMED])
    assert set(offered) >= set(RELEASED)
    standard = {entry.title for entry in menu if entry.is_standard}
    assert standard == set(RELEASED) - set(NAMED)


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            "details.time_zone",
            "UTC America/Denver America/Argentina/Buenos_Aires Etc/GMT+5",
            "Berlin UTC+1 america/denver America/New-york! GMT",
        ),
        (
            "details.date[Single date: relative].days_back",
            "today Today yesterday Yesterday today-7 Today-7 7",
            "tomorrow today+1 -1 7.5",
        ),
        ("api_host", "https://cxone.example.com http://127.0.0.1:8377", "cxone.example.com"),
        ("credentials[Access key].region", "na1 EU1", "Europe na"),
        ("api_version", "30 30.0 v33.0", "latest"),
    ],
)
def test_the_form_refuses_at_once_what_the_connector_would_refuse(
    path: str, good: str, bad: str
) -> None:
    pattern = re.compile(ALL[path]["pattern"])
    assert all(pattern.search(text) for text in good.split())
    assert not [text for text in bad.split() if pattern.search(text)]


def test_report_lists_hold_plain_text() -> None:
    for name in ("custom_reports", "data_downloads"):
        assert DETAILS["properties"][name]["items"] == {"type": "string"}


def test_the_regions_are_examples() -> None:
    regions = ALL["credentials[Access key].region"]["examples"]
    assert regions == ["na1", "eu1", "uk1", "au1", "jp1", "ca1"]


def test_no_optional_field_of_the_panes_folds_away() -> None:
    for holder in (DETAILS, *LOGIN["oneOf"], *DATE["oneOf"]):
        for name, prop in holder["properties"].items():
            assert name in holder["required"] or prop.get("always_show") is True, name


def test_exactly_the_secrets_are_marked() -> None:
    marked = {
        path: node["airbyte_secret"] for path, node in ALL.items() if "airbyte_secret" in node
    }
    titles = {tag(variant): variant["title"] for variant in LOGIN["oneOf"]}
    assert marked == {
        f"credentials[{titles[kind]}].{name}": True
        for kind, names in SECRET_FIELDS.items()
        for name in names
    }


# --- Airbyte's linters ------------------------------------------------------------------------


@every_node
def test_each_schema_is_described_and_uses_only_what_airbyte_knows(path: str) -> None:
    node = ALL[path]
    assert node["title"].strip()
    assert not path or node["description"].strip()
    assert isinstance(node["type"], str)
    assert node.get("additionalProperties", True) is True
    assert not set(node) & {
        *("$ref", "anyOf", "allOf", "not", "if", "then", "else", "patternProperties"),
        *("prefixItems", "dependentRequired", "dependentSchemas", "dependencies", "definitions"),
    }
    assert "group" not in node or path in FORM["properties"]
    if node["type"] == "object":
        assert node.get("properties") or node.get("oneOf")
    if "enum" in node:
        assert len(node["enum"]) == len(set(node["enum"]))
    if "pattern" in node:
        assert node["pattern_descriptor"]


@every_node
def test_fields_stand_in_an_order_without_ties(path: str) -> None:
    orders = [prop["order"] for prop in ALL[path].get("properties", {}).values()]
    assert orders == list(range(len(orders)))


@every_node
def test_required_fields_exist_and_have_no_default(path: str) -> None:
    node = ALL[path]
    for name in node.get("required", ()):
        assert "default" not in node["properties"][name]
        assert not node["properties"][name].get("always_show")


@pytest.mark.parametrize(("pane", "key"), [(LOGIN, "auth_type"), (DATE, "date_type")])
def test_one_const_property_common_to_all_tells_the_variants_apart(
    pane: dict[str, Any], key: str
) -> None:
    assert pane["type"] == "object"
    common = set.intersection(*(set(variant["properties"]) for variant in pane["oneOf"]))
    consts = {
        name
        for variant in pane["oneOf"]
        for name, prop in variant["properties"].items()
        if "const" in prop
    }
    assert consts == common & consts == {key}
    assert len({tag(variant) for variant in pane["oneOf"]}) == len(pane["oneOf"])
    for variant in pane["oneOf"]:
        assert variant["required"][0] == key
        assert not {"default", "enum"} & set(variant["properties"][key])


def answers(node: dict[str, Any]) -> list[Any]:
    """The default of a field and its examples, which are single entries where it is a list."""
    examples = node.get("examples", [])
    if node["type"] == "array":
        examples = [examples]
    return [*examples, *([node["default"]] if "default" in node else [])]


@pytest.mark.parametrize("path", FIELDS)
def test_defaults_and_examples_of_a_field_are_good_answers_to_it(path: str) -> None:
    node = FIELDS[path]
    for value in answers(node):
        Draft7Validator(node, format_checker=FormatChecker()).validate(value)


def test_the_spec_is_a_schema_with_a_link_to_its_docs() -> None:
    Draft7Validator.check_schema(FORM)
    assert SPEC["documentationUrl"].startswith("https://docs.airbyte.com/integrations/sources/")


# --- the spec and the models ------------------------------------------------------------------


def required_of(model: type[BaseModel]) -> set[str]:
    return {name for name, field in model.model_fields.items() if field.is_required()}


@every_variant
def test_a_variant_has_the_fields_and_required_fields_of_its_model(variant: dict[str, Any]) -> None:
    model = MODELS[tag(variant)]
    assert set(variant["properties"]) == set(model.model_fields)
    assert set(variant["required"]) == required_of(model)


@pytest.mark.parametrize(("node", "model"), [(FORM, Settings), (DETAILS, config.Details)])
def test_a_pane_has_the_fields_and_required_fields_of_its_model(
    node: dict[str, Any], model: type[BaseModel]
) -> None:
    assert set(node["properties"]) == set(model.model_fields)
    assert set(node["required"]) == required_of(model)


@pytest.mark.parametrize("auth_type", CREDENTIALS)
@pytest.mark.parametrize("date_type", DATES)
def test_a_good_form_is_good_for_the_spec_as_well(auth_type: str, date_type: str) -> None:
    Draft7Validator(FORM, format_checker=FormatChecker()).validate(form(auth_type, date_type))


@pytest.mark.parametrize(
    "path", ["credentials.password", "details.date.start_date", "details.date"]
)
def test_the_spec_refuses_a_form_without_a_required_field(path: str) -> None:
    assert not Draft7Validator(FORM).is_valid(with_field(form(), path, ABSENT))


def test_the_examples_and_defaults_of_the_spec_parse() -> None:
    for name, prop in {**DETAILS["properties"], **FORM["properties"]}.items():
        path = f"details.{name}" if name in DETAILS["properties"] else name
        for value in [*answers(prop), None]:
            if name not in {"date", "credentials", "details"}:
                Settings.parse(with_field(form(), path, value))
