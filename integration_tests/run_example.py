"""The examples against a sandbox: ``make example`` and ``make report``.

``python -m integration_tests.run_example CONNECTOR [report]`` runs in the examples' environment,
where the connector is not; ``CONNECTOR`` is the path of its command. The database stays, so that a
second run reads only what is new.
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
REPORT = ROOT / "examples" / "report.py"
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


def command(folder: Path, connector: str, example: Path = EXAMPLE) -> list[str]:
    """What runs an example with the config and the database of a folder."""
    return [
        *(sys.executable, str(example), "--connector", connector),
        *("--config", str(folder / "config.json"), "--database", str(folder / "incontact.duckdb")),
    ]


def main() -> int:
    """Run an example and say where the database is; its exit code."""
    FOLDER.mkdir(exist_ok=True)
    with Sandbox.start() as sandbox:
        write_config(FOLDER / "config.json", sandbox)
        if sys.argv[2:] == ["report"]:
            code = report(FOLDER, sys.argv[1])
        else:
            code = subprocess.run(command(FOLDER, sys.argv[1]), check=False).returncode
    if code == 0:
        sys.stdout.write(f"\nEvery stream is a table in {FOLDER.name}/incontact.duckdb.\n")
    return code


def report(folder: Path, connector: str) -> int:
    """Two syncs, as on two mornings, and the page; the exit code."""
    page = ["--output", str(folder / "report.html")]
    for _ in range(2):
        code = subprocess.run([*command(folder, connector, REPORT), *page], check=False).returncode
        if code != 0:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
