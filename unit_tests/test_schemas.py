"""The schemas: what Airbyte accepts, what the vendor names, and what real rows become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft7Validator

import source_incontact
from integration_tests.streams import STREAMS, TITLES
from source_incontact.source import SourceIncontact
from unit_tests.forms import form, with_field

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(source_incontact.__file__).parent
SCHEMAS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((PACKAGE / "schemas").glob("*.json"))
}
FIELDS_FILE = PACKAGE.parent / "integration_tests" / "sandbox" / "fields.json"
KINDS = {
    "integer": ("integer", None),
    "number": ("number", None),
    "duration": ("number", None),
    "boolean": ("boolean", None),
    "text": ("string", None),
    "instant": ("string", "date-time"),
    "list": ("array", None),
}

KEYS = {one.name: (list(one.key), one.cursor or None) for one in STREAMS}
"""Primary key and cursor of every stream."""
ALL = with_field(form(), "details.reports", TITLES)


def lists() -> dict[str, Any]:
    """The manifest's parameters of each list stream."""
    manifest = yaml.safe_load((PACKAGE / "manifest.yaml").read_text(encoding="utf-8"))
    parameters = [stream["$parameters"] for stream in manifest["streams"]]
    return {entry["name"]: entry for entry in parameters}


every_schema = pytest.mark.parametrize("stream", sorted(KEYS))


def test_every_stream_has_its_schema_and_every_schema_its_stream() -> None:
    assert set(SCHEMAS) == set(KEYS)


def objects(node: object) -> Iterator[dict[str, Any]]:
    """Every JSON object inside ``node``, itself included."""
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from objects(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from objects(inner)


@every_schema
def test_a_schema_holds_no_keyword_that_airbyte_refuses(stream: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[stream])
    assert SCHEMAS[stream]["type"] == "object"
    for node in objects(SCHEMAS[stream]):
        assert not {"$ref", "allOf", "anyOf", "oneOf", "not"} & set(node)
        assert node.get("additionalProperties", True) is True


@every_schema
def test_each_field_is_nullable_typed_and_described(stream: str) -> None:
    for name, prop in SCHEMAS[stream]["properties"].items():
        assert len(prop["type"]) == 2, name
        assert "null" in prop["type"], name
        assert set(prop["type"]) - {"null"} <= {kind for kind, _ in KINDS.values()} | {"object"}
        assert prop.get("format") in {None, "date-time"}, name
        assert len(prop["description"].strip()) >= 10, name
        assert prop["description"].strip().endswith("."), name


@every_schema
def test_no_two_fields_differ_in_case_alone(stream: str) -> None:
    names = [name.lower() for name in SCHEMAS[stream]["properties"]]
    assert len(names) == len(set(names))


@every_schema
def test_primary_key_cursor_and_business_unit_are_scalar_fields_of_the_schema(stream: str) -> None:
    primary_key, cursor = KEYS[stream]
    properties = SCHEMAS[stream]["properties"]
    for name in primary_key:
        assert set(properties[name]["type"]) - {"null", "integer", "string"} == set(), name
    if cursor is not None:
        assert properties[cursor]["format"] == "date-time"
    assert set(properties["businessUnitId"]["type"]) == {"null", "integer"}


def test_the_catalog_declares_the_keys_and_cursors() -> None:
    source = SourceIncontact(config=ALL)
    catalog = {
        stream.name: (stream.source_defined_primary_key, stream.default_cursor_field)
        for stream in (stream.as_airbyte_stream() for stream in source.streams({}))
    }
    assert catalog == {
        name: ([[field] for field in primary_key], [cursor] if cursor else None)
        for name, (primary_key, cursor) in KEYS.items()
    }


def test_the_catalog_offers_incremental_only_with_a_cursor() -> None:
    for stream in SourceIncontact(config=ALL).streams({}):
        modes = {mode.value for mode in stream.as_airbyte_stream().supported_sync_modes or ()}
        dated = KEYS[stream.name][1] is not None
        assert modes == ({"full_refresh", "incremental"} if dated else {"full_refresh"})


def test_the_agents_api_key_is_no_column_and_is_dropped_from_rows() -> None:
    assert "apikey" not in {name.lower() for name in SCHEMAS["agents"]["properties"]}
    assert lists()["agents"]["credentials"] == ["apiKey"]


# --- the vendor's fields ----------------------------------------------------------------------


def vendor_fields(stream: str) -> dict[str, str]:
    fields = json.loads(FIELDS_FILE.read_text(encoding="utf-8"))
    if stream == "contacts":
        return {**fields["contact_active"], **fields["contact_ended"]}
    found: dict[str, str] = fields[stream]
    return found


@every_schema
def test_a_schema_names_every_field_of_the_vendor_in_its_type(stream: str) -> None:
    properties = SCHEMAS[stream]["properties"]
    wanted = {name: KINDS[kind] for name, kind in vendor_fields(stream).items() if name != "apiKey"}
    assert set(wanted) <= set(properties)
    for name, (kind, form_) in wanted.items():
        # Times that the vendor calls whole numbers may have fractions in the schema.
        kinds = {"integer", "number"} if kind == "integer" else {kind}
        assert set(properties[name]["type"]) - {"null"} <= kinds, name
        assert properties[name].get("format") == form_, name
