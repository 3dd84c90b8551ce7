"""The example against a sandbox: ``make example``.

``python -m integration_tests.run_example CONNECTOR`` runs in the example's own environment, where
the connector is not; ``CONNECTOR`` is the path of its command. The database stays, so that a second
run reads only what is new.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from integration_tests import streams
from integration_tests.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "pyairbyte_duckdb.py"
FOLDER = ROOT / "example-output"
WEEK = {"date_type": "offset", "date_offset": 7}
ZONE = "Europe/Berlin"
MENU = tuple(one.name for one in streams.STREAMS if not one.path.startswith("/data-extraction"))
"""Every stream of the menu but those whose jobs start half a minute apart."""


def write_config(path: Path, sandbox: Sandbox) -> None:
    """Every kind of report, over the last seven days and today."""
    config = sandbox.config(
        date=WEEK,
        time_zone=ZONE,
        reports=[streams.BY_NAME[name].title for name in MENU],
        custom_reports=["Weekly Queue Overview"],
        data_downloads=["540"],
    )
    text = json.dumps({**config, "requests_per_second": 1000}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def command(folder: Path, connector: str) -> list[str]:
    """What runs the example with the config and the database of a folder."""
    return [
        *(sys.executable, str(EXAMPLE), "--connector", connector),
        *("--config", str(folder / "config.json"), "--database", str(folder / "incontact.duckdb")),
    ]


def main() -> int:
    """Run the example and say where the database is; its exit code."""
    FOLDER.mkdir(exist_ok=True)
    with Sandbox.start() as sandbox:
        write_config(FOLDER / "config.json", sandbox)
        code = subprocess.run(command(FOLDER, sys.argv[1]), check=False).returncode
    if code == 0:
        sys.stdout.write(f"\nEvery stream is a table in {FOLDER.name}/incontact.duckdb.\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
