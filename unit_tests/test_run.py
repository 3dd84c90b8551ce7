"""The console command: what it says without the CDK is what the CDK says."""

from __future__ import annotations

import errno
import json
import logging
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage, Type

from source_incontact import SourceIncontact, run

if TYPE_CHECKING:
    import pytest
    from pytest_mock import MockerFixture


def test_spec_says_what_the_cdk_says(capsys: pytest.CaptureFixture[str]) -> None:
    spec = SourceIncontact().spec(logging.getLogger("airbyte"))
    message = AirbyteMessage(type=Type.SPEC, spec=spec)
    assert run.main(["spec"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(
        AirbyteEntrypoint.airbyte_message_to_string(message)
    )


def test_a_check_without_a_temporary_folder_says_so(
    capsys: pytest.CaptureFixture[str], mocker: MockerFixture
) -> None:
    error = FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")
    mocker.patch.object(tempfile, "gettempdir", side_effect=error)
    assert run.main(["check", "--config", "integration_tests/sample_config.json"]) == 0
    status = json.loads(capsys.readouterr().out)["connectionStatus"]
    assert status["status"] == "FAILED"
    assert status["message"].startswith("No folder for temporary files can be written: No usable")


def test_spec_does_not_import_the_cdk() -> None:
    code = "import sys; from source_incontact.run import main; main(['spec']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "airbyte_cdk" not in done.stdout.splitlines()[-1].split()
