"""The configs under examples/terraform: they fit the form, and keep the rules of docs/deploy.md."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections import defaultdict
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import SyncMode
from jsonschema import Draft7Validator, FormatChecker

from integration_tests import acceptance_files
from source_incontact.form.config import Settings
from source_incontact.names import slug
from source_incontact.source import SourceIncontact

ROOT = Path(__file__).parents[2]
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

TERRAFORM = shutil.which("terraform") or ""
REGISTRY_SECONDS = 60
with_terraform = pytest.mark.skipif(not TERRAFORM, reason="terraform is not installed")

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


def test_terraform_knows_every_entry_of_the_report_menu() -> None:
    menu = json.loads((EXAMPLES / "menu.json").read_text(encoding="utf-8"))
    assert menu == acceptance_files.menu()
    titles = {entry["title"] for entry in menu} | {"Data Download", "Custom inContact Report"}
    for config in CONFIGS.values():
        assert titles.issuperset(config["details"].get("reports", ()))


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


def terraform(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run terraform in a folder."""
    return subprocess.run(
        [TERRAFORM, f"-chdir={folder}", *words],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=REGISTRY_SECONDS,
    )


@with_terraform
def test_terraform_reads_the_files_and_finds_them_formatted() -> None:
    done = terraform(EXAMPLES, "fmt", "-check", "-diff", "-no-color")
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


@with_terraform
def test_terraform_finds_the_files_valid(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    try:
        made = terraform(tmp_path, "init", "-backend=false", "-input=false", "-no-color")
    except subprocess.TimeoutExpired:
        pytest.skip(f"the provider did not come within {REGISTRY_SECONDS} seconds")
    if re.search("Failed to (query available provider packages|install provider)", made.stderr):
        pytest.skip("the provider's registry is out of reach, so terraform cannot validate")
    assert made.returncode == 0, made.stderr
    done = terraform(tmp_path, "validate", "-no-color")
    assert done.returncode == 0, done.stderr


@with_terraform
def test_terraform_asks_each_source_for_streams_that_it_has(tmp_path: Path) -> None:
    """What main.tf computes needs no provider, so it is computed wherever terraform is."""
    main = (EXAMPLES / "main.tf").read_text(encoding="utf-8")
    (computed,) = re.findall(r"^locals \{$.*?^\}$", main, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "locals.tf").write_text(computed, encoding="utf-8")
    shutil.copy(EXAMPLES / "menu.json", tmp_path)
    shutil.copytree(EXAMPLES / "configs", tmp_path / "configs")
    chooser = deepcopy(CONFIGS["north.nightly"])
    chooser["details"]["reports"] = ["Tags", "Completed Contacts", "Data Download"]
    chooser["details"]["custom_reports"] = []
    configs = {**CONFIGS, "west.nightly": chooser}
    (tmp_path / "configs/west.nightly.json").write_text(json.dumps(chooser), encoding="utf-8")
    said = terraform(
        tmp_path, "console", typed="jsonencode([local.incremental, local.refreshed])\n"
    )
    incremental, refreshed = json.loads(json.loads(said.stdout))
    assert set(incremental) == set(configs)
    for name, config in configs.items():
        streams = [one.as_airbyte_stream() for one in SourceIncontact(None, config).streams(config)]
        dated = {one.name for one in streams if SyncMode.incremental in one.supported_sync_modes}
        whole = {one.name for one in streams} - dated
        assert set(incremental[name]) == dated
        assert set(refreshed[name]) == (whole if name.endswith(".nightly") else set())
