"""What Airbyte's retired acceptance tests (CAT) demand of the connector and of the files they read.

They are a Docker image. Each test here is one of their rules, kept by the connector's own command
against the sandbox; the current ones are in test_airbyte_standards.py.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from integration_tests import acceptance_files as files
from integration_tests.sandbox_config import SECRET_CONFIG, secret_config
from integration_tests.support import cli
from integration_tests.support.constants import NOW, windows_asked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from integration_tests.sandbox.client import Sandbox

SECTIONS: dict[str, Any] = yaml.safe_load(files.RETIRED.read_text("utf-8"))["acceptance_tests"]
REPORTS = ("data_download_540", "custom_report_weekly_queue_overview")
STREAMS = (*cli.LISTS, *cli.DATED, *REPORTS)
CURSORS = {
    entry["stream"]["name"]: entry["cursor_field"][0]
    for entry in files.load(files.INCREMENTAL)["streams"]
}

# An invalid config that failed for want of a network would show nothing.
ENDINGS = {"succeed": ("SUCCEEDED", ""), "failed": ("FAILED", "(details.date.date)")}


def at(relative: str) -> Path:
    """A file that the retired suite's config names."""
    return (files.RETIRED.parent / relative).resolve()


def config_of(entry: dict[str, Any], sandbox: Sandbox) -> dict[str, Any]:
    """The config of one of its tests; the secret one as it would be written for this sandbox."""
    path = at(entry["config_path"])
    secret = path == files.CURRENT.parent / SECRET_CONFIG
    config: dict[str, Any] = secret_config(sandbox) if secret else files.load(path)
    return config


def rows(bodies: Iterable[dict[str, Any]]) -> Counter[str]:
    """Records as texts that can be counted."""
    return Counter(
        json.dumps([body["stream"], body["data"]], sort_keys=True, ensure_ascii=False)
        for body in bodies
    )


def read(section: str, sandbox: Sandbox, state: Any = None) -> cli.Outcome:
    """Read as one section says; it has to end well."""
    [entry] = SECTIONS[section]["tests"]
    catalog = files.load(at(entry["configured_catalog_path"]))
    outcome = cli.run(
        "read", config=config_of(entry, sandbox), catalog=catalog, state=state, now=NOW
    )
    assert outcome.exit_code == 0, outcome.errors
    return outcome


def test_both_configs_are_strict_and_read_the_same_ten_streams() -> None:
    retired, current = (
        yaml.safe_load(path.read_text("utf-8")) for path in (files.RETIRED, files.CURRENT)
    )
    assert {retired["test_strictness_level"], current["test_strictness_level"]} == {"high"}
    assert set(SECTIONS) == {*current["acceptance_tests"], "incremental"}
    for section in ("basic_read", "full_refresh"):
        [entry], [modern] = (
            SECTIONS[section]["tests"],
            current["acceptance_tests"][section]["tests"],
        )
        catalog = at(entry["configured_catalog_path"])
        assert catalog == files.CURRENT.parent / modern["configured_catalog_path"]
        assert {one["stream"]["name"] for one in files.load(catalog)["streams"]} == set(STREAMS)
        assert not entry.get("empty_streams")


def test_spec_says_what_the_named_file_holds() -> None:
    [entry] = SECTIONS["spec"]["tests"]
    [said] = cli.run("spec").of_type("SPEC")
    assert files.load(at(entry["spec_path"])).items() <= said.items()


@pytest.mark.parametrize(
    "entry", SECTIONS["connection"]["tests"], ids=lambda entry: str(entry["status"])
)
def test_check_ends_as_the_config_expects(sandbox: Sandbox, entry: dict[str, Any]) -> None:
    outcome = cli.run("check", config=config_of(entry, sandbox), now=NOW)
    [status] = outcome.of_type("CONNECTION_STATUS")
    expected, said = ENDINGS[entry["status"]]
    assert status["status"] == expected, status
    assert said in status.get("message", "")


def test_the_catalogs_hold_what_is_discovered(sandbox: Sandbox) -> None:
    streams = files.discovered(sandbox)
    assert {stream["name"] for stream in streams} == set(STREAMS)
    assert files.load(files.CONFIGURED) == files.catalog(streams, "full_refresh")
    assert files.load(files.INCREMENTAL) == files.catalog(streams, "incremental")


def test_a_read_brings_the_expected_records_and_no_column_of_its_own(sandbox: Sandbox) -> None:
    [entry] = SECTIONS["basic_read"]["tests"]
    with at(entry["expect_records"]["path"]).open(encoding="utf-8") as lines:
        expected = [json.loads(line) for line in lines]
    assert Counter(line["stream"] for line in expected) == dict.fromkeys(STREAMS, files.ROWS)

    outcome = read("basic_read", sandbox)
    assert rows(expected) - rows(outcome.of_type("RECORD")) == Counter()
    columns = {
        stream["name"]: set(stream["json_schema"]["properties"])
        for stream in files.discovered(sandbox)
    }
    for body in outcome.of_type("RECORD"):
        assert set(body["data"]) <= columns[body["stream"]]


def test_two_full_refreshes_bring_the_same(sandbox: Sandbox) -> None:
    first, second = (read("full_refresh", sandbox).of_type("RECORD") for _ in range(2))
    assert {body["stream"] for body in first} == set(STREAMS)
    assert rows(first) == rows(second)


def test_every_checkpoint_leads_to_what_was_not_yet_emitted(sandbox: Sandbox) -> None:
    first = read("incremental", sandbox)
    everything = rows(first.of_type("RECORD"))
    for body in first.of_type("RECORD"):
        stream, data = body["stream"], body["data"]
        assert data[CURSORS[stream]] <= first.states[stream][-1][CURSORS[stream]]

    places = [place for place, one in enumerate(first.messages) if one["type"] == "STATE"]
    resumed = everything
    for place in (*places[:-1:4], places[-1]):
        so_far = cli.Outcome(0, "\n".join(json.dumps(one) for one in first.messages[: place + 1]))
        resumed = rows(read("incremental", sandbox, so_far.final_state).of_type("RECORD"))
        assert everything - rows(so_far.of_type("RECORD")) - resumed == Counter()
        assert resumed != everything
    # The days are over, so the last state leaves nothing to read.
    assert resumed == Counter()


def test_the_future_state_is_bypassed_with_a_reason() -> None:
    """A claim about the future is dropped, so that a clock that was wrong loses nothing."""
    [entry] = SECTIONS["incremental"]["tests"]
    assert entry["future_state"].keys() == {"bypass_reason"}


def test_the_sample_state_is_what_the_sample_config_leaves_and_is_carried_on(
    sandbox: Sandbox,
) -> None:
    sample = files.load(files.SAMPLE_STATE)
    left = files.left_by_a_sync(sandbox)
    for state in (*sample, *left):
        # To the second; a slow machine may start one later.
        assert state["stream"]["stream_state"].pop("completed_at").startswith("2026-11-15T13:00")
    assert left == sample

    sandbox.reset(now=NOW, ticking=False)
    outcome = cli.run(
        "read",
        config=files.sample_config(sandbox),
        catalog=files.load(files.INCREMENTAL),
        state=files.load(files.SAMPLE_STATE),
        now=NOW,
    )
    assert outcome.exit_code == 0, outcome.errors
    assert windows_asked(sandbox, "contacts") == [
        ("2026-11-14T07:00:00Z", "2026-11-15T07:00:00Z"),
        ("2026-11-15T07:00:00Z", "2026-11-16T07:00:00Z"),
        ("2026-11-16T07:00:00Z", "2026-11-16T09:30:00Z"),
    ]
    assert {body["stream"] for body in outcome.of_type("RECORD")} == set(CURSORS)


def test_the_page_lists_every_stream() -> None:
    assert files.PAGE.read_text("utf-8") == files.page_with_streams()
