"""How the connector sits on the CDK: traps of the engine that would lose data without a word."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer, Type
from airbyte_cdk.sources import Source

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, PATHS, specific, windows_asked
from source_incontact import SourceIncontact

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

COMMAND = Path(sys.executable).with_name("source-incontact")
LOGGER = logging.getLogger("airbyte")
PAST = specific("2026-11-03", "2026-11-05")


def test_a_state_that_is_given_to_read_alone_is_honoured(sandbox: Sandbox, tmp_path: Path) -> None:
    config = sandbox.config(date=PAST, **FAST)
    first = cli.read(config, ["contacts"], "incremental", now=NOW)
    path = tmp_path / "state.json"
    path.write_text(json.dumps(first.final_state), encoding="utf-8")
    sandbox.clear_requests()

    source = SourceIncontact()  # as Airbyte's test suite builds it: without config, catalog, state
    source.configure(config, str(tmp_path))
    catalog = ConfiguredAirbyteCatalogSerializer.load(cli.catalog(["contacts"], "incremental"))
    messages = list(source.read(LOGGER, config, catalog, Source.read_state(str(path))))

    assert [message for message in messages if message.type is Type.RECORD] == []
    assert sandbox.requests() == []
    assert not list(tmp_path.glob("config*"))  # the config is not written to disk


def test_windows_that_are_all_empty_count_as_read(sandbox: Sandbox) -> None:
    config = sandbox.config(date=specific("2014-01-01", "2014-01-03"), **FAST)
    first = cli.read(config, cli.DATED, "incremental", now=NOW)
    sandbox.clear_requests()
    second = cli.read(config, cli.DATED, "incremental", now=NOW, state=first.final_state)
    assert second.exit_code == 0
    assert sandbox.requests() == []


def test_adjoining_syncs_ask_for_no_instant_twice_and_for_none_never(sandbox: Sandbox) -> None:
    first = sandbox.config(date=specific("2026-11-03", "2026-11-04"), lookback_days=0, **FAST)
    state = cli.read(first, cli.DATED, "incremental", now=NOW).final_state
    longer = sandbox.config(date=specific("2026-11-03", "2026-11-06"), lookback_days=0, **FAST)
    cli.read(longer, cli.DATED, "incremental", now=NOW, state=state)
    for stream in cli.DATED:
        asked = [
            (entry["query"]["startDate"], entry["query"]["endDate"])
            for entry in sandbox.requests(PATHS[stream])
        ]
        assert sorted(asked) == windows_asked(sandbox, PATHS[stream])
        assert [end for _, end in sorted(asked)][:-1] == [start for start, _ in sorted(asked)][1:]


def test_neither_the_folder_it_runs_in_nor_a_read_only_config_matters(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "manifest.yaml").write_text("version: not ours\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text("not: ours\n", encoding="utf-8")
    path = tmp_path / "config.json"
    path.write_text(json.dumps(sandbox.config(**FAST)), encoding="utf-8")
    path.chmod(0o444)
    before = sorted(tmp_path.iterdir())
    for command in (
        ["spec"],
        ["check", "--config", str(path)],
        ["discover", "--config", str(path)],
    ):
        result = subprocess.run(
            [str(COMMAND), *command], cwd=tmp_path, capture_output=True, check=False, env=os.environ
        )
        assert result.returncode == 0, result.stdout[-500:]
    assert sorted(tmp_path.iterdir()) == before


def test_the_manifest_has_no_spec_that_would_hide_ours() -> None:
    package = Path(sys.modules["source_incontact"].__file__ or "").parent
    manifest: dict[str, Any] = yaml.safe_load((package / "manifest.yaml").read_text("utf-8"))
    assert "spec" not in manifest
    assert not (package / "spec.yaml").exists()


def test_stream_names_are_unique_across_the_manifest_and_python(sandbox: Sandbox) -> None:
    config = sandbox.config(custom_reports=["a", "A", "a!"], data_downloads=["540", "540"], **FAST)
    source = SourceIncontact(config=config)
    names = [stream.name for stream in source.streams(config)]
    assert len(names) == len(set(names)) == len(cli.LISTS + cli.DATED) + 3 + 1
    assert sandbox.requests() == []
