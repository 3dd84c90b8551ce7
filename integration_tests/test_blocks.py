"""Records by the block say what records one by one say: the same lines, counts and states."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import time_machine
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests import streams
from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, specific
from source_incontact import SourceIncontact

if TYPE_CHECKING:
    import pytest

    from integration_tests.sandbox.client import Sandbox

LOGGER = logging.getLogger("airbyte")
PACED = {"recording_metadata", "qm_workflows", "qm_questions"}
"""Streams that wait half a minute between jobs; a caller in Python cannot speed up their clock."""
CHOSEN = [stream for stream in streams.STREAMS if stream.name not in PACED]
NAMED = ("Data Download", "Custom inContact Report")
NAMES = [stream.name for stream in CHOSEN]
NAMES += ["data_download_540", "custom_report_weekly_queue_overview"]


def one_by_one(config: dict[str, Any]) -> cli.Outcome:
    """What a caller in Python gets: a message for each record."""
    catalog = ConfiguredAirbyteCatalogSerializer.load(cli.catalog(NAMES, "incremental"))
    with time_machine.travel(NOW, tick=True):
        source = SourceIncontact(catalog, config, [])
        messages = AirbyteEntrypoint(source).read(source.spec(LOGGER), config, catalog, [])
        lines = [AirbyteEntrypoint.airbyte_message_to_string(message) for message in messages]
    return cli.Outcome(0, "\n".join(lines))


def lines(outcome: cli.Outcome, stream: str) -> list[str]:
    """A stream's records as JSON, in a fixed order: windows are read side by side."""
    return sorted(json.dumps(one, sort_keys=True) for one in outcome.records(stream))


def counted(outcome: cli.Outcome) -> dict[str, float]:
    """How many records the states of each stream count."""
    total: dict[str, float] = dict.fromkeys(NAMES, 0)
    for body in outcome.of_type("STATE"):
        name = body["stream"]["stream_descriptor"]["name"]
        total[name] += body["sourceStats"]["recordCount"]
    return total


def logged(text: str) -> list[str]:
    """The CDK's own lines on how many records it read."""
    return sorted(set(re.findall(r"Read \d+ records from \w+ stream", text)))


def test_blocks_hold_the_records_counts_and_states_of_single_records(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    config = sandbox.config(
        date=specific("2026-11-03", "2026-11-05"),
        data_downloads=["540"],
        custom_reports=["Weekly Queue Overview"],
        reports=[*(stream.title for stream in CHOSEN), *NAMED],
        **FAST,
    )
    blocks = cli.read(config, NAMES, "incremental", now=NOW)
    assert blocks.exit_code == 0, blocks.errors
    with caplog.at_level(logging.INFO):
        single = one_by_one(config)
    for name in NAMES:
        assert lines(blocks, name) == lines(single, name), name
        assert blocks.statuses(name) == single.statuses(name), name
        assert len(blocks.states[name]) == len(single.states[name]), name
        assert counted(blocks)[name] == len(blocks.records(name)), name
    assert counted(blocks) == counted(single)
    assert logged(blocks.logs) == logged(caplog.text)
    assert len(logged(blocks.logs)) == len(NAMES)
