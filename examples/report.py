"""A page that shows what a contact centre did: inContact's reports in DuckDB, modelled by dbt.

    python report.py --config config.json --database incontact.duckdb

reads every stream of the config with source-incontact, through PyAirbyte, into a DuckDB file;
builds the dbt project beside this file on it; and writes ``report.html``, a page that needs no
network. Run it again tomorrow: only what is new or may have changed is read.

The config is the connector's form as JSON. The page needs the streams in `STREAMS`; with
``"date": {"date_type": "offset", "date_offset": 28}`` it covers four weeks.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parent / "dbt_incontact"
STREAMS = (
    "agent_performance",
    "agent_state_history",
    "agents",
    "campaigns",
    "contacts",
    "dispositions",
    "skill_summaries",
    "skills",
    "teams",
    "unavailable_codes",
)
"""What the models are made of."""


def require_tables(database: Path) -> None:
    """Pass if every stream that the models are made of is a table.

    Raises:
        SystemExit: Some are not.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute("select table_name from duckdb_tables()").fetchall()
    missing = [name for name in STREAMS if (name,) not in found]
    if missing:
        sys.exit(
            f"The page also needs the streams {', '.join(missing)}. Choose them in the Report menu "
            "of the form (details.reports), and run this again."
        )


def build(database: Path, zone: str) -> None:
    """Build the models and test them, into the schema ``analytics`` of the database.

    Raises:
        SystemExit: A model or a test failed; dbt has said why.
    """
    with tempfile.TemporaryDirectory() as scratch:
        code = subprocess.run(  # noqa: S603 - dbt of this environment, arguments of our own
            [
                *(
                    str(Path(sys.executable).with_name("dbt")),
                    "--quiet",
                    "--no-use-colors",
                    "build",
                ),
                *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
                *("--target-path", f"{scratch}/target", "--log-path", f"{scratch}/log"),
                *("--vars", json.dumps({"time_zone": zone})),
            ],
            env={**os.environ, "INCONTACT_DATABASE": str(database.absolute())},
            check=False,
        ).returncode
    if code != 0:
        sys.exit("dbt could not build the models; what it says is above.")


def main() -> None:
    """Sync, build, write the page."""
    parser = argparse.ArgumentParser(description="inContact's reports as a page")
    parser.add_argument("--config", type=Path, required=True, help="the connector's form as JSON")
    parser.add_argument("--database", type=Path, default=Path("incontact.duckdb"))
    parser.add_argument("--output", type=Path, default=Path("report.html"))
    parser.add_argument(
        "--connector", default="source-incontact", help="its command, or the path of it"
    )
    given = parser.parse_args()

    # These take seconds, which --help can do without.
    from pyairbyte_duckdb import sync  # noqa: PLC0415
    from report_page import page  # noqa: PLC0415

    config = json.loads(given.config.read_text("utf-8"))
    if config["details"].get("report_interval") == "range":
        sys.exit("With report_interval range no row tells of one day alone: choose day or hour.")
    zone = config["details"].get("time_zone") or "UTC"
    print("1 of 3: reading inContact", flush=True)
    sync(config, given.database, given.connector)
    require_tables(given.database)
    print("2 of 3: building and testing the models", flush=True)
    build(given.database, zone)
    print("3 of 3: drawing the page", flush=True)
    given.output.write_text(page(given.database, zone), encoding="utf-8")
    print(f"The report is in {given.output}.")


if __name__ == "__main__":
    main()
