"""The files that Airbyte's retired acceptance tests (CAT) read are valid and up to date.

Those tests are a Docker image; the current ones are in test_airbyte_standards.py.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from integration_tests import acceptance_files as files
from integration_tests.sandbox_config import SECRET_CONFIG, secret_config
from integration_tests.support import cli
from integration_tests.support.constants import NOW, windows_asked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.sandbox.client import Sandbox

SECTIONS: dict[str, Any] = yaml.safe_load(files.RETIRED.read_text("utf-8"))["acceptance_tests"]
REPORTS = ("data_download_540", "custom_report_weekly_queue_overview")
STREAMS = (*cli.LISTS, *cli.DATED, *REPORTS)
CURSORS = {
    entry["stream"]["name"]: entry["cursor_field"][0]
    for entry in files.load(files.INCREMENTAL)["streams"]
}


def at(relative: str) -> Path:
    """A file that the retired suite's config names."""
    return (files.RETIRED.parent / relative).resolve()


def rows(bodies: Iterable[dict[str, Any]]) -> Counter[str]:
    """Records as texts that can be counted."""
    return Counter(
        json.dumps([body["stream"], body["data"]], sort_keys=True, ensure_ascii=False)
        for body in bodies
    )


def test_both_configs_are_strict_and_read_the_same_ten_streams() -> None:
    retired, current = (
        yaml.safe_load(path.read_text("utf-8")) for path in (files.RETIRED, files.CURRENT)
    )
    assert {retired["test_strictness_level"], current["test_strictness_level"]} == {"high"}
    assert set(SECTIONS) == {*current["acceptance_tests"], "incremental"}
    checked = SECTIONS["connection"]["tests"]
    assert {entry["status"]: at(entry["config_path"]).name for entry in checked} == {
        "succeed": Path(SECRET_CONFIG).name,
        "failed": "invalid_config.json",
    }
    for section in ("basic_read", "full_refresh"):
        [entry], [modern] = (
            SECTIONS[section]["tests"],
            current["acceptance_tests"][section]["tests"],
        )
        catalog = at(entry["configured_catalog_path"])
        assert catalog == files.CURRENT.parent / modern["configured_catalog_path"]
        assert {one["stream"]["name"] for one in files.load(catalog)["streams"]} == set(STREAMS)
        assert not entry.get("empty_streams")


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

    catalog = files.load(at(entry["configured_catalog_path"]))
    outcome = cli.run("read", config=secret_config(sandbox), catalog=catalog, now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert rows(expected) - rows(outcome.of_type("RECORD")) == Counter()
    columns = {
        stream["name"]: set(stream["json_schema"]["properties"])
        for stream in files.discovered(sandbox)
    }
    for body in outcome.of_type("RECORD"):
        assert set(body["data"]) <= columns[body["stream"]]


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
