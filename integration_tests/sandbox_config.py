"""Writes a config for a running sandbox where Airbyte's tools look for one.

``python -m integration_tests.sandbox_config`` starts a sandbox, writes ``secrets/config.json`` and
serves until it is interrupted; ``airbyte-cdk connector test`` can run beside it.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from integration_tests.sandbox.client import Sandbox

SECRET_CONFIG = Path("secrets/config.json")


def write_secret_config(path: Path, sandbox: Sandbox) -> None:
    """Write a small config: two days back through today, no pause between requests."""
    path.parent.mkdir(exist_ok=True)
    config = sandbox.config(date={"date_type": "offset", "date_offset": 2})
    config["requests_per_second"] = 1000
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False), encoding="utf-8")


def main() -> None:
    """Serve until interrupted."""
    with Sandbox.start() as sandbox:
        write_secret_config(SECRET_CONFIG, sandbox)
        sys.stdout.write(f"{SECRET_CONFIG} leads to a sandbox at {sandbox.url}; Ctrl-C ends it.\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
