"""Airbyte's standard tests (FAST), as ``airbyte-cdk connector test`` runs them, on the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from airbyte_cdk.test.standard_tests.source_base import SourceTestSuiteBase

from integration_tests.sandbox.client import Sandbox
from integration_tests.sandbox_config import write_secret_config
from source_incontact import SourceIncontact

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def secret_config() -> Iterator[None]:
    """The config file that acceptance-test-config.yml names, for a sandbox of our own."""
    path = ROOT / "secrets" / "config.json"
    kept = path.read_bytes() if path.exists() else None
    with Sandbox.start() as sandbox:
        write_secret_config(path, sandbox)
        yield
    if kept is None:
        path.unlink()
    else:
        path.write_bytes(kept)


@pytest.mark.xdist_group("one secrets/config.json")
class TestSuite(SourceTestSuiteBase):
    """All of them; those that need an image are left to the image's own test."""

    connector = SourceIncontact
    connector_name = "source-incontact"

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        """The folder of metadata.yaml, whatever the checkout is called."""
        return ROOT
