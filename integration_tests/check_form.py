"""The form in a browser: ``make form-test``.

Renders ``spec.json`` with a JSON-schema form library in headless Chromium and fills it in, for each
login, each kind of date, and with and without the Report menu. What the form then holds must be a
config that the connector's own check accepts. Needs Node.js and Chromium (Debian: ``chromium``),
and so is no part of ``make test``. Pictures lie in ``form-output/``, to be looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

from integration_tests.sandbox.client import Sandbox
from integration_tests.sandbox.configs import CREDENTIALS, LOGINS
from integration_tests.support import cli
from integration_tests.support.constants import NOW

FOLDER = Path(__file__).parent / "form"
PICTURES = Path("form-output")
DATES: dict[str, dict[str, str]] = {
    "range_specific": {"start_date": "2026-11-10", "end_date": "2026-11-30"},
    "range_relative": {"start_days_back": "Today-7", "end_days_back": "yesterday"},
    "offset": {"date_offset": "3"},
    "single_relative": {"days_back": "yesterday"},
    "single_specific": {"date": "2026-11-15"},
}
"""In the order of the form, with what is typed."""
MENU = ("Agents", "Skill Summaries Report", "Contacts", "Dispositions")


def main() -> int:
    """Fill in, check, and say what went wrong; 1 if something did."""
    spec = json.loads((resources.files("source_incontact") / "spec.json").read_text("utf-8"))
    with Sandbox.start(now=NOW, ticking=False) as sandbox:
        cases = [
            case(sandbox.url, login, date, menu)
            for login in LOGINS
            for date in DATES
            for menu in ((), MENU)
        ]
        wrong = 0
        for filled in fill_in(spec["connectionSpecification"], cases):
            said = filled["problems"] or [verdict(filled["config"])]
            is_good = said == ["SUCCEEDED"]
            wrong += not is_good
            mark = "ok  " if is_good else "FAIL"
            sys.stdout.write(f"{mark}  {filled['name']}{'' if is_good else f': {said}'}\n")
    sys.stdout.write(f"\n{len(cases)} forms, {wrong} wrong; pictures in {PICTURES}/.\n")
    return int(bool(wrong))


def case(url: str, login: str, date: str, menu: tuple[str, ...]) -> dict[str, Any]:
    """What is chosen and typed, by the ids of the library: ``root_details_time_zone``."""
    credentials = {name: text for name, text in CREDENTIALS[login].items() if name != "auth_type"}  # type: ignore[index]
    typed = {f"root_credentials_{name}": text for name, text in credentials.items()}
    typed |= {f"root_details_date_{name}": text for name, text in DATES[date].items()}
    return {
        "name": f"{login}-{date}{'-menu' if menu else ''}",
        "choices": {
            "root_credentials__oneof_select": list(LOGINS).index(login),  # type: ignore[arg-type]
            "root_details_date__oneof_select": list(DATES).index(date),
        },
        "values": {**typed, "root_api_host": url, "root_details_time_zone": "America/Denver"},
        "checked": list(menu),
    }


def fill_in(schema: dict[str, Any], cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the form holds after each case: ``name``, ``config``, ``problems``."""
    order = {"schema": schema, "cases": cases, "pictures": str(PICTURES.resolve())}
    done = subprocess.run(
        ["node", "drive.mjs"],  # noqa: S607 - whichever Node.js is installed
        cwd=FOLDER,
        input=json.dumps(order).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    filled: list[dict[str, Any]] = json.loads(done.stdout)
    return filled


def verdict(config: dict[str, Any]) -> str:
    """What the connector's check says of a config."""
    outcome = cli.run("check", config=config, now=NOW)
    [status] = outcome.of_type("CONNECTION_STATUS")
    return str(status.get("message") or status["status"])


if __name__ == "__main__":
    sys.exit(main())
