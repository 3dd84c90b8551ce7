"""The survey: a verdict for each assumption it looks at, and nothing of the customer's data."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.configs import LOGINS
from integration_tests.sandbox.services import SEGMENTS
from integration_tests.streams import DATED, LISTS, STREAMS
from integration_tests.support import cli
from integration_tests.support.constants import NOW
from source_incontact.survey.probes import PROBES, PROBES_OF_RESPONSES

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.configs import Login

ASSUMPTIONS = Path(__file__).parents[1] / "docs/assumptions.md"
QUICK: dict[str, Any] = {"requests_per_second": 1000}
LATIN = b64encode("Name,Queue\r\nJos\u00e9,1\r\n".encode("latin-1")).decode()
EARLY = {"contactStartDate": "2020-01-01T00:00:00Z", "startDate": "2020-01-01T00:00:00Z"}
KNOBS: dict[int, tuple[str, dict[str, Any], dict[str, Any]]] = {
    1: ("contacts", {"drop": 99}, {"query": {"top": "3000"}, "times": 2}),
    2: ("contacts/completed", {"row": EARLY}, {"query": {"updatedSince": "2026-11-15T03:30:00Z"}}),
    3: ("agents", {"total": 1}, {"query": {"top": "1000"}}),
    4: ("contacts", {"empty": True}, {"query": {"startDate": "2001-01-01T00:00:00Z"}}),
    5: (
        "contacts",
        {"status": 200, "body": {"contacts": None, "totalRecords": 5}},
        {"query": {"startDate": "2001-01-01T00:00:00Z"}},
    ),
    6: ("agents", {"repeat": True}, {"query": {"skip": "1"}}),
    7: ("agents", {"status": 400}, {"query": {"top": "1000"}}),
    8: ("skills/summary", {"field_envelope": {"totalRecords": 99}}, {}),
    9: ("skills/summary", {"row": {"averageHandleTime": "soon"}}, {}),
    10: ("/.well-known/cxone-configuration", {"status": 404}, {}),
    13: ("teams", {"status": 429, "headers": {"Retry-After": "1"}}, {"times": 1}),
    14: ("teams", {"status": 429}, {"times": 2}),
    15: ("contacts", {"no_rows": True}, {"query": {"startDate": "2024-12-16T09:30:00Z"}}),
    17: ("report-jobs/*", {"status": 400}, {"method": "POST"}),
    18: ("report-jobs/*", {"job": "odd_state"}, {"method": "POST"}),
    21: ("files", {"status": 200, "body": {"files": {"file": LATIN}}}, {}),
    26: ("skills/summary", {"status": 400}, {"query": {"startDate": "2026-10-16T09:30:00Z"}}),
    27: ("teams", {"status": 429, "headers": {"Retry-After": "5000"}}, {"times": 1}),
    28: ("report-jobs/*", {"status": 200, "body": {"a": {"state": "x"}}}, {"method": "GET"}),
    32: ("contacts", {"status": 400}, {"query": {"startDate": "2026-11-13T21:30:00Z"}}),
    33: ("*", {"status": 401}, {}),
    38: ("files", {"cut_row": True}, {}),
    39: ("contacts", {"row": {"isActive": None, "stateName": None}}, {}),
    40: ("contacts", {"status": 400}, {"query": {"orderBy": "contactStartDate asc"}}),
    41: ("teams", {"headers": {"Date": "Mon, 16 Nov 2026 08:30:00 GMT"}}, {}),
    42: ("apiversion", {"status": 404}, {}),
    43: ("contacts/completed", {"row": EARLY}, {"query": {"startDate": "2026-11-15T03:30:00Z"}}),
    44: ("contacts/completed", {"no_rows": True}, {"query": {"top": "999"}}),
    45: ("contacts/completed", {"unordered": True}, {}),
    46: ("agents/state-history", {"row": EARLY}, {}),
    47: ("contacts/custom-data", {"row": {"contactId": 1, "ContactId": 1}}, {}),
    48: ("wfm-data/skills/contacts", {"row": {"intervalStartDate": "2026-11-15T10:07:00Z"}}, {}),
    49: ("wfm-data/skills/contacts", {"field_envelope": {"others": [{"a": 1}]}}, {}),
    50: ("agents/skills", {"status": 400}, {}),
    51: ("dispositions", {"row": {"isActive": True}}, {"times": 1}),
    52: ("tags", {"field_envelope": {"totalRecords": 99}}, {}),
    57: (SEGMENTS, {"row": {"firstAnnotatedAt": "2026-11-15T10:00:00.000Z"}}, {}),
}
"""What contradicts each assumption: the path, the fault, and when it acts."""
JOBS = {17, 18, 21, 28, 38}
"""Rows that only a job shows."""
WITH_JOBS: dict[str, Any] = {"custom_reports": ["Weekly Queue Overview"]}
MET = {5, 14, 27}
"""Rows that only what is met by chance shows."""
FOLLOW: dict[int, set[int]] = {
    17: {18, 21, 28, 38},  # no job, no state and no file
    28: {18, 21, 38},
    33: set(range(60)),
    38: {21},
    7: {3, 6},  # without the page of agents there is nothing to compare
    49: {48},  # nor without the list
}
"""Rows that cannot be told any more."""
DIFFER_TOO = {14: {13}, 27: {13}}
"""Rows of which the same 429s tell."""
SIGN_IN = ("/authentication/v1/token/access-key", "/.well-known/cxone-configuration")


NUMBERS = [probe.number for probe in (*PROBES, *PROBES_OF_RESPONSES)]


def survey(
    sandbox: Sandbox, folder: Path, *words: str, speed: float | None = None, **changes: Any
) -> tuple[cli.Outcome, dict[str, Any]]:
    """Run the command; what it printed, and the JSON."""
    output = folder / "survey.json"
    command = " ".join(["survey", "--output", str(output), *words])
    config = sandbox.config(**{**QUICK, **changes})
    outcome = cli.run(command, config=config, now=NOW, speed=speed)
    return outcome, json.loads(output.read_text("utf-8")) if output.exists() else {}


def verdicts(found: dict[str, Any]) -> dict[int, str]:
    """The verdict of each assumption by its number."""
    return {row["number"]: row["verdict"] for row in found["assumptions"]}


def test_a_tenant_that_is_as_assumed(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset(now=NOW, ticking=False, sends_date=True)
    outcome, found = survey(sandbox, tmp_path)
    assert outcome.exit_code == 0, outcome.text
    assert found["version"] == 1
    wanted = {number: "unknown" if number in JOBS | MET else "holds" for number in KNOBS}
    assert verdicts(found) == wanted, outcome.text
    assert found["streams"].keys() == {stream.name for stream in STREAMS}
    assert found["streams"]["teams"] == {"answers": "rows", "unknown": [], "missing": []}
    assert found["tenant"]["requests"] == len(sandbox.requests()) <= 60
    assert max(map(len, outcome.text.splitlines())) <= 100
    assert {entry["method"] for entry in sandbox.requests("*")} <= {"GET", "POST"}
    assert not sandbox.requests("report-jobs/*")
    assert [one["method"] for one in sandbox.requests("/data-extraction/v1/jobs")] == ["GET"]


@pytest.mark.parametrize("number", KNOBS)
def test_what_differs_is_said_of_that_row_alone(
    sandbox: Sandbox, tmp_path: Path, number: int
) -> None:
    sandbox.reset(now=NOW, ticking=False, job_seconds=0)
    path, fault, rule = KNOBS[number]
    for harmless in SIGN_IN if path == "*" else ():
        sandbox.fault(harmless, {"delay": 0}, times=None)
    sandbox.fault(path, fault, **{"times": None, **rule})
    words = ["--with-jobs"] if number in JOBS else []
    outcome, found = survey(sandbox, tmp_path, *words, **WITH_JOBS)
    assert outcome.exit_code == 0, outcome.text
    told = verdicts(found)
    differing = {row for row, verdict in told.items() if verdict == "differs"}
    assert differing == {number} | DIFFER_TOO.get(number, set()), outcome.text
    not_told = {row for row, verdict in told.items() if verdict == "unknown"}
    assert not_told <= FOLLOW.get(number, set()) | MET | {41} | (set() if words else JOBS)
    [row] = [row for row in found["assumptions"] if row["number"] == number]
    assert row["consequence"] in re.sub(r"\s+", " ", outcome.text)


@pytest.mark.parametrize("login", LOGINS)
def test_every_sign_in_serves(sandbox: Sandbox, tmp_path: Path, login: Login) -> None:
    credentials = sandbox.config(login)["credentials"]
    outcome, found = survey(sandbox, tmp_path, "--budget", "12", credentials=credentials)
    assert outcome.exit_code == 0, outcome.text
    assert found["tenant"]["sign_in"] == credentials["auth_type"]


def test_a_job_is_started_once_and_only_if_told(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset(now=NOW, ticking=False, job_seconds=0)
    outcome, found = survey(sandbox, tmp_path, "--with-jobs", **WITH_JOBS)
    told = verdicts(found)
    assert {row for row, verdict in told.items() if verdict != "holds"} == MET | {41}, outcome.text
    assert len([one for one in sandbox.requests("report-jobs/*") if one["method"] == "POST"]) == 1


def test_nothing_of_the_customers_data_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    outcome, found = survey(sandbox, tmp_path)
    seen = [*(assumption["observed"] for assumption in found["assumptions"])]
    text = json.dumps([seen, found["tenant"], found["streams"]]) + outcome.text
    words = set(re.findall(r"[\w.@-]+", text))
    day = ("2026-11-15T00:00:00Z", "2026-11-16T00:00:00Z")
    rows = [row for name in LISTS for row in sandbox.truth.of(name)]
    rows += [row for name in DATED for row in sandbox.truth.of(name, *day)]
    served = {str(value) for row in rows for value in row.values() if is_personal(value)}
    assert len(served) > 500
    assert served & words == set()
    login = sandbox.config()["credentials"]
    assert not [value for name, value in login.items() if "key" in name and value in text]


def is_personal(value: object) -> bool:
    """Whether a value is a customer's and no word of the API: a name, a number, an address."""
    if isinstance(value, str):
        return len(value) > 5 and not value.isalpha()
    return isinstance(value, int) and value > 9999


def test_a_role_that_may_read_teams_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    for stream in STREAMS:
        if stream.name != "teams":
            sandbox.fault(stream.path, {"status": 403}, times=None)
    outcome, found = survey(sandbox, tmp_path)
    assert outcome.exit_code == 0, outcome.text
    assert set(verdicts(found).values()) == {"unknown", "holds"}
    assert [name for name, seen in found["streams"].items() if seen["answers"] == "rows"] == [
        "teams"
    ]
    unknown = [row for row in found["assumptions"] if row["verdict"] == "unknown"]
    told = {row["observed"] for row in unknown if row["number"] not in JOBS | MET | {41}}
    assert told == {"no permission (403)"}


def test_a_file_that_cannot_be_written_is_named_after_the_table(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome, found = survey(sandbox, tmp_path / "missing", "--budget", "12")
    assert (outcome.exit_code, found) == (1, {})
    assert outcome.text.startswith("Assumptions: ")
    assert "--output cannot be written: No such file or directory." in outcome.text
    assert "Traceback" not in outcome.text


def test_a_budget_is_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    outcome, found = survey(sandbox, tmp_path, "--budget", "20")
    assert outcome.exit_code == 0, outcome.text
    assert len(sandbox.requests()) <= 20
    assert "the budget of requests is used up" in outcome.text
    assert "unknown" in verdicts(found).values()


def test_a_tenant_that_does_not_answer_ends_the_survey_in_time(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.fault("contacts", {"delay": 100_000}, times=None)
    outcome, found = survey(sandbox, tmp_path, speed=100.0)
    assert outcome.exit_code == 0, outcome.text
    assert "not looked at: the time is up" in outcome.text
    assert verdicts(found)[57] == "unknown"


def test_a_wrong_clock_is_told_and_the_rest_looked_at(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset(now=NOW - timedelta(hours=1), ticking=False, sends_date=True)
    outcome, found = survey(sandbox, tmp_path)
    assert outcome.exit_code == 0, outcome.text
    assert verdicts(found)[41] == "differs"
    assert found["tenant"]["clock_difference_seconds"] == pytest.approx(-3600, abs=60)


def test_a_wrong_key_is_an_error_and_no_survey(sandbox: Sandbox, tmp_path: Path) -> None:
    login = {**sandbox.config()["credentials"], "access_key_secret": "wrong"}
    outcome, found = survey(sandbox, tmp_path, credentials=login)
    assert (outcome.exit_code, found) == (1, {})
    assert "The survey cannot be made: " in outcome.text
    assert "Access key" in outcome.text


def test_a_host_that_is_not_there_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    host = "http://127.0.0.1:9"
    outcome, found = survey(sandbox, tmp_path, api_host=host)
    assert (outcome.exit_code, found) == (1, {})
    assert "'API host' (api_host)" in outcome.text


@pytest.mark.parametrize(
    ("config", "words", "said"),
    [
        ({"credentials": {}}, (), "Field 'Kind' (credentials.auth_type) is missing"),
        ({}, ("--budget", "3"), "--budget is 3"),
    ],
)
def test_a_mistake_is_named_before_anything_is_sent(
    sandbox: Sandbox, tmp_path: Path, config: dict[str, Any], words: tuple[str, ...], said: str
) -> None:
    outcome, _ = survey(sandbox, tmp_path, *words, **config)
    assert outcome.exit_code == 1
    assert said in outcome.text
    assert sandbox.requests() == []


def test_the_page_of_assumptions_says_what_the_survey_looks_at() -> None:
    rows = re.findall(r"^\| (\d+) \| (yes|no) \|", ASSUMPTIONS.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 50
    looked_at = [int(number) for number, mark in rows if mark == "yes"]
    assert looked_at == sorted(NUMBERS) == list(KNOBS)
