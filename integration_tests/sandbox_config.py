"""Writes a config for a running sandbox where Airbyte's tools look for one.

``python -m integration_tests.sandbox_config`` starts a sandbox, writes ``secrets/config.json`` and
serves until it is interrupted; ``airbyte-cdk connector test`` can run beside it.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.client import Sandbox
from integration_tests.support.constants import specific

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_CONFIG = Path("secrets/config.json")

CHOICE: Mapping[str, Any] = {
    "date": specific("2026-11-12", "2026-11-13"),
    "custom_reports": ["Weekly Queue Overview"],
    "data_downloads": ["540"],
}
"""Every kind of report; two days in the past, so that the rows follow from the seed alone."""


def secret_config(sandbox: Sandbox) -> dict[str, Any]:
    """The config of Airbyte's tests: the choice above, no pause between requests."""
    return sandbox.config(**CHOICE, requests_per_second=1000)


def write_secret_config(path: Path, sandbox: Sandbox) -> None:
    """Write that config."""
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(secret_config(sandbox), indent=2, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Serve until interrupted."""
    with Sandbox.start() as sandbox:
        write_secret_config(SECRET_CONFIG, sandbox)
        sys.stdout.write(f"{SECRET_CONFIG} leads to a sandbox at {sandbox.url}; Ctrl-C ends it.\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
