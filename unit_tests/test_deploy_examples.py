"""The configs under examples/terraform: they fit the form, and keep the rules of docs/deploy.md."""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from source_incontact.config import Settings
from source_incontact.names import slug

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "terraform"
CONFIGS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((EXAMPLES / "configs").glob("*.json"))
}
FORM: dict[str, Any] = json.loads(
    (ROOT / "source_incontact" / "spec.json").read_text(encoding="utf-8")
)["connectionSpecification"]

PLACEHOLDER = "set-by-terraform"
SECRETS = {
    "application_user": {"password"},
    "access_key": {"access_key_secret"},
    "client_access_key": {"client_secret", "access_key_secret"},
}
SHARED_RATE = 10

every_config = pytest.mark.parametrize("name", CONFIGS)


def units() -> dict[str, list[str]]:
    """Business unit to the names of its configs."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in CONFIGS:
        found[name.split(".")[0]].append(name)
    return found


every_unit = pytest.mark.parametrize("unit", units())


def days_of(name: str) -> tuple[date, date] | None:
    """The days of a specific range, an open end as the last date there is; else ``None``."""
    first, last = Settings.parse(CONFIGS[name]).details.date.bounds()
    if not isinstance(first, date):
        return None
    return first, last if isinstance(last, date) else date.max


def test_there_are_several_units_and_a_backfill() -> None:
    assert len(units()) > 1
    assert any(not name.endswith(".nightly") for name in CONFIGS)


@every_config
def test_a_config_fits_the_form(name: str) -> None:
    validator = Draft7Validator(FORM, format_checker=FormatChecker())
    assert [error.message for error in validator.iter_errors(CONFIGS[name])] == []


@every_config
def test_a_config_is_understood(name: str) -> None:
    settings = Settings.parse(CONFIGS[name])
    assert settings.credentials.auth_type == CONFIGS[name]["credentials"]["auth_type"]


@every_config
def test_a_config_holds_no_field_that_the_form_does_not_know(name: str) -> None:
    assert set(CONFIGS[name]) <= set(FORM["properties"])
    assert set(CONFIGS[name]["details"]) <= set(FORM["properties"]["details"]["properties"])


@every_config
def test_secrets_are_placeholders(name: str) -> None:
    credentials = CONFIGS[name]["credentials"]
    held = {field for field, value in credentials.items() if value == PLACEHOLDER}
    assert held == SECRETS[credentials["auth_type"]]


@every_config
def test_terraform_names_the_streams_as_the_connector_does(name: str) -> None:
    details = CONFIGS[name]["details"]
    for entry in (*details.get("custom_reports", ()), *details.get("data_downloads", ())):
        assert re.sub("[^a-z0-9]+", "_", entry.lower()) == slug(entry)


@every_unit
def test_a_unit_has_one_nightly_connection(unit: str) -> None:
    assert [name for name in units()[unit] if name.endswith(".nightly")] == [f"{unit}.nightly"]


@every_unit
def test_the_ranges_of_a_unit_adjoin_without_overlap(unit: str) -> None:
    ranges = sorted(days for name in units()[unit] if (days := days_of(name)))
    for (_, last), (first, _) in itertools.pairwise(ranges):
        assert first == last + timedelta(days=1)


@every_unit
def test_the_connections_of_a_unit_share_its_rate_and_cut_the_same_windows(unit: str) -> None:
    settings = [Settings.parse(CONFIGS[name]) for name in units()[unit]]
    assert sum(one.requests_per_second for one in settings) <= SHARED_RATE
    assert len({(one.details.report_interval, one.details.time_zone.key) for one in settings}) == 1


def test_terraform_reads_every_config_and_declares_every_variable() -> None:
    main = (EXAMPLES / "main.tf").read_text(encoding="utf-8")
    variables = (EXAMPLES / "variables.tf").read_text(encoding="utf-8")
    used = set(re.findall(r"\bvar\.([a-z_]+)", main))
    assert used == set(re.findall(r'^variable "([a-z_]+)"', variables, re.MULTILINE))
    assert 'fileset("${path.module}/configs", "*.json")' in main
