"""The console command: what it says without the CDK is what the CDK says."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import TYPE_CHECKING

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage, Type

from source_incontact import SourceIncontact, run

if TYPE_CHECKING:
    import pytest


def test_spec_says_what_the_cdk_says(capsys: pytest.CaptureFixture[str]) -> None:
    spec = SourceIncontact().spec(logging.getLogger("airbyte"))
    message = AirbyteMessage(type=Type.SPEC, spec=spec)
    assert run.main(["spec"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(
        AirbyteEntrypoint.airbyte_message_to_string(message)
    )


def test_spec_does_not_import_the_cdk() -> None:
    code = "import sys; from source_incontact.run import main; main(['spec']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "airbyte_cdk" not in done.stdout.splitlines()[-1].split()
