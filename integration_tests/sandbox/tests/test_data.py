"""The sandbox's data add up, and its answers have the vendor's shapes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration_tests.sandbox import configs, wire
from integration_tests.sandbox.clock import QUARTER_MS, parse_instant
from integration_tests.sandbox.fields import FIELDS
from integration_tests.sandbox.tests.sandbox_api import (
    DAY,
    LATER,
    NOW,
    SUMMARIES,
    TRUTHS,
    WINDOW,
    Api,
)
from integration_tests.sandbox.truth import Truth
from integration_tests.sandbox.world import World

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox


GOLDEN = sorted((Path(wire.__file__).parent / "golden").glob("*.json"))


# --- data -------------------------------------------------------------------------------------


def _sums(rows: list[dict[str, Any]], *names: str) -> list[float]:
    return [round(sum(row[name] for row in rows), 3) for name in names]


@settings(max_examples=25, deadline=None)
@given(
    first=st.integers(0, 3000),
    lengths=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    seed=st.integers(0, 3),
)
def test_windows_add_up(first: int, lengths: tuple[int, int], seed: int) -> None:
    truth = Truth(World(seed=seed, agents=5, teams=2, skills=3))
    start = parse_instant("2026-10-01T00:00:00Z") + first * QUARTER_MS
    middle = start + lengths[0] * QUARTER_MS
    end = middle + lengths[1] * QUARTER_MS
    times = ("loginTime", "availableTime", "acwTime", "agentOffered", "totalTalkTime")
    for report, names in (
        (truth.agent_performance, times),
        (truth.team_performance_totals, times),
        (truth.skill_summaries, ("contactsOffered", "holdTime", "totalContactTime")),
    ):
        parts = report(start, middle) + report(middle, end)
        assert _sums(report(start, end), *names) == _sums(parts, *names)
    assert truth.contacts(start, end) == truth.contacts(start, middle) + truth.contacts(middle, end)


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    for report in TRUTHS.values():
        assert report(Truth(World(seed=5)), *WINDOW) == report(Truth(World(seed=5)), *WINDOW)
        assert report(Truth(World(seed=5)), *WINDOW) != report(Truth(World(seed=6)), *WINDOW)


def test_a_day_has_quiet_hours_idle_agents_and_teams_that_log_more_than_a_day() -> None:
    truth = Truth()
    teams, agents = truth.team_performance_totals(*WINDOW), truth.agent_performance(*WINDOW)
    assert max(row["loginTime"] for row in teams) > 86_400
    assert sorted(row["agentId"] for row in agents) == [row["agentId"] for row in truth.agents()]
    assert [row for row in agents if row["loginTime"] == 0 and row["occupancy"] == 0]
    assert truth.contacts("2026-11-12T02:00:00Z", "2026-11-12T05:00:00Z") == []
    assert _sums(truth.team_performance_totals(*WINDOW), "loginTime") == _sums(agents, "loginTime")


def test_parts_of_the_login_time_add_up() -> None:
    for row in Truth().agent_performance(*WINDOW):
        parts = _sums(
            [row],
            *("inboundTime", "outboundTime", "consultTime", "acwTime"),
            *("availableTime", "unavailableTime"),
        )
        assert round(sum(parts), 3) == row["loginTime"]
        assert min(parts) >= 0


def test_every_contact_has_its_own_large_id_and_begins_in_its_window() -> None:
    rows = Truth().contacts("2026-11-01T00:00:00Z", "2026-11-15T00:00:00Z")
    assert len({row["contactId"] for row in rows}) == len(rows) > 1000
    assert min(row["contactId"] for row in rows) > 2**31
    assert all("2026-11-01" <= row["contactStartDate"] < "2026-11-15" for row in rows)
    assert 1.5 < len(rows) / (14 * 96) < 2.5


def test_no_fact_is_later_than_now_and_the_last_hour_still_runs() -> None:
    truth = Truth(now=NOW)
    rows = truth.contacts("2026-11-16T00:00:00Z", "2026-11-17T00:00:00Z")
    assert rows[-1]["contactStartDate"] <= NOW
    for row in rows:
        shape = "contact_active" if row["contactStartDate"] > "2026-11-16T17" else "contact_ended"
        assert set(row) == {*FIELDS[shape], "businessUnitId"}
    assert truth.agent_performance(*LATER.values()) == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "PT0S"),
        (155_909.651, "P1DT19H18M29.651S"),
        (27_786.15, "PT7H43M6.15S"),
        (168.427, "PT2M48.427S"),
        (0.001, "PT0.001S"),
        (86_400, "P1D"),
        (3600, "PT1H"),
    ],
)
def test_durations_are_written_as_the_vendor_writes_them(seconds: float, text: str) -> None:
    assert wire.duration(seconds) == text


# --- shapes -----------------------------------------------------------------------------------


def _form(value: Any) -> str:
    """What a value looks like, digits aside."""
    if not isinstance(value, str):
        return type(value).__name__
    forms = {
        "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{2,3}Z",
        "duration": r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d{1,3})?S)?)?",
        "boolean": r"True|False",
        "number": r"\d+(\.\d+)?",
        "nothing": r"",
    }
    return next((name for name, form in forms.items() if re.fullmatch(form, value)), "text")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: str(path.stem))
def test_rows_look_like_those_seen_live(path: Path, api: Api) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    answer = api.get(golden["path"], golden["version"], **DAY).json()
    envelope = answer.get("resultSet", answer)
    rows = next(value for value in envelope.values() if isinstance(value, list))
    for name, value in golden["row"].items():
        today = golden.get("today", {}).get(name, name)
        if today is None:
            continue
        if "today" in golden:  # a row of the days of PascalCase
            today = today[0].lower() + today[1:]
        assert _form(value) in {_form(row[today]) for row in rows}, name


def _read(value: str, like: Any) -> Any:
    """A report's text as a value of the type the truth has; durations are seconds."""
    if like is None or isinstance(like, str):
        return value if isinstance(like, str) or value else None
    if isinstance(like, bool):
        return {"True": True, "False": False}[value]
    if not value.startswith("P"):
        return type(like)(value)
    parts = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", value)
    assert parts is not None
    days, hours, minutes, seconds = (float(part or 0) for part in parts.groups())
    return round(days * 86_400 + hours * 3600 + minutes * 60 + seconds, 3)


@pytest.mark.parametrize("path", SUMMARIES)
def test_a_summary_is_all_text_and_equals_the_truth(path: str, api: Api, sandbox: Sandbox) -> None:
    answer = api.get(path, **DAY).json()
    assert list(answer) == [SUMMARIES[path]]
    truth = TRUTHS[path](sandbox.truth, *WINDOW)
    assert len(answer[SUMMARIES[path]]) == len(truth) > 0
    for row, true in zip(answer[SUMMARIES[path]], truth, strict=True):
        assert all(isinstance(value, str) for value in row.values())
        assert set(true) - set(row) <= {"startDate", "endDate", "businessUnitId"}
        assert {name: _read(value, true[name]) for name, value in row.items()} == {
            name: true[name] for name in row
        }


@pytest.mark.parametrize("path", ["agents", "skills", "teams"])
def test_a_list_has_every_field_and_real_types(path: str, api: Api, sandbox: Sandbox) -> None:
    answer = api.get(path).json()
    rows = answer[path]
    truth = getattr(sandbox.truth, path)()
    assert answer["totalRecords"] == len(rows) == len(truth)
    assert {"_links", "businessUnitId", "lastPollTime"} <= set(answer)
    for row, true in zip(rows, truth, strict=True):
        assert list(row) == list(FIELDS[path])
        row.pop("apiKey", None)
        assert {**row, "businessUnitId": answer["businessUnitId"]} == true
    assert ("hiddenAgents" in answer) == (path == "agents")


def test_agents_carry_a_key_that_the_truth_does_not(api: Api, sandbox: Sandbox) -> None:
    assert all(row["apiKey"].startswith("ak_live_") for row in api.get("agents").json()["agents"])
    assert not [row for row in sandbox.truth.agents() if "apiKey" in row]


def test_old_agents_differ_in_case(api: Api) -> None:
    row = api.get("agents", 23).json()["agents"][0]
    assert {"userId", "teamUuid", "SmsThreshold", "DigitalThreshold"} <= set(row)
    assert isinstance(row["scheduleNotification"], str)
    assert "userID" in api.get("agents", 24).json()["agents"][0]


@pytest.mark.parametrize("version", [17, 30, 31, 33])
def test_campaigns_leave_their_wrapping_after_30(version: int, api: Api, sandbox: Sandbox) -> None:
    answer = api.get("campaigns", version).json()
    envelope = answer["resultSet"] if version <= 30 else answer
    names = ("campaignId", "campaignName") if version <= 30 else ("id", "name")
    truth = sandbox.truth.campaigns()
    assert envelope["totalRecords"] == len(truth)
    assert [tuple(row[name] for name in names) for row in envelope["campaigns"]] == [
        (row["campaignId"], row["campaignName"]) for row in truth
    ]


@pytest.mark.parametrize("version", [17, 19, 20, 23, 24, 30, 35])
def test_contacts_by_version(version: int, api: Api, sandbox: Sandbox) -> None:
    answer = api.get("contacts", version, **DAY).json()
    envelope = answer["resultSet"] if version <= 19 else answer
    row, truth = envelope["contacts"][0], sandbox.truth.contacts(*WINDOW, version=version)
    assert envelope["totalRecords"] == len(truth)
    assert ("contactStart" in row) == ("ACWSeconds" in row) == (version <= 23)
    assert ("contactStartDate" in row) == ("stateName" in row) == (version > 23)
    if version > 23:
        assert [{**each, "businessUnitId": 4_599_571} for each in envelope["contacts"]] == truth
    if version <= 19:
        values = [value for each in envelope["contacts"] for value in each.values()]
        assert all(isinstance(value, (str, list)) for value in values)


def test_paths_are_read_in_any_case(api: Api) -> None:
    assert api.get("BUSINESS-Unit").json()["businessUnits"][0]["tenantId"] == configs.TENANT_ID
    loud = api.root.replace("inContactAPI/services", "INCONTACTAPI/Services")
    assert api.http.get(f"{loud}/V35.0/Server-Time").json() == {"ServerTime": NOW}
    listed = api.get("apiVersion", searchUriText="agents/performance").json()["apiInfo"]
    assert len(listed) == 19


def test_fields_narrow_the_rows(api: Api) -> None:
    rows = api.get("agents", fields="agentid, lastName").json()["agents"]
    assert {tuple(row) for row in rows} == {("agentId", "lastName")}
