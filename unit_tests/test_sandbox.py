"""The sandbox keeps its word: the vendor's shapes, refusals and paging, and faults on demand."""

from __future__ import annotations

import base64
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from integration_tests.sandbox import configs, wire
from integration_tests.sandbox.client import Sandbox
from integration_tests.sandbox.clock import QUARTER_MS, parse_instant
from integration_tests.sandbox.fields import FIELDS
from integration_tests.sandbox.truth import Truth
from integration_tests.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = "2026-11-16T18:00:00.000Z"
DAY: dict[str, Any] = {"startDate": "2026-11-12T00:00:00Z", "endDate": "2026-11-13T00:00:00Z"}
WINDOW = (DAY["startDate"], DAY["endDate"])
SUMMARIES = {
    "agents/performance": "agentPerformance",
    "teams/performance-total": "teamPerformanceTotal",
    "skills/summary": "skillSummaries",
}
TRUTHS: dict[str, Callable[..., list[dict[str, Any]]]] = {
    "agents/performance": Truth.agent_performance,
    "teams/performance-total": Truth.team_performance_totals,
    "skills/summary": Truth.skill_summaries,
    "contacts": Truth.contacts,
}
GOLDEN = sorted((Path(wire.__file__).parent / "golden").glob("*.json"))


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox.start(now=NOW, ticking=False) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Accept"] = "application/json"
        yield session


class Api:
    """Signed-in calls of one API version."""

    def __init__(self, sandbox: Sandbox, http: requests.Session) -> None:
        key = {
            "accessKeyId": configs.ACCESS_KEY_ID,
            "accessKeySecret": configs.ACCESS_KEY_SECRET,
        }
        answer = http.post(f"{sandbox.url}/authentication/v1/token/access-key", json=key)
        self.root = f"{sandbox.url}/inContactAPI/services"
        self.http = http
        self.http.headers["Authorization"] = f"bearer {answer.json()['access_token']}"

    def get(self, path: str, version: int = 30, /, **query: Any) -> requests.Response:
        return self.http.get(f"{self.root}/v{version}.0/{path}", params=query, timeout=10)


@pytest.fixture
def api(sandbox: Sandbox, http: requests.Session) -> Api:
    return Api(sandbox, http)


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


def test_thirty_days_take_less_than_a_second() -> None:
    begun = time.monotonic()
    Truth(World(seed=99)).agent_performance("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z")
    assert time.monotonic() - begun < 1


def test_no_fact_is_later_than_now_and_the_last_hour_still_runs() -> None:
    truth = Truth(now=NOW)
    rows = truth.contacts("2026-11-16T00:00:00Z", "2026-11-17T00:00:00Z")
    assert rows[-1]["contactStartDate"] <= NOW
    for row in rows:
        shape = (
            "contacts_active" if row["contactStartDate"] > "2026-11-16T17" else "contacts_completed"
        )
        assert set(row) == {*FIELDS[shape], "businessUnitId"}
    assert truth.agent_performance("2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z") == []


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
    assert len(api.get("apiversion").json()["apiVersions"]) == 19


def test_fields_narrow_the_rows(api: Api) -> None:
    rows = api.get("agents", fields="agentid, lastName").json()["agents"]
    assert {tuple(row) for row in rows} == {("agentId", "lastName")}


# --- paging and refusals ----------------------------------------------------------------------


def test_pages_follow_each_other_to_the_end(api: Api, sandbox: Sandbox) -> None:
    sandbox.reset(top_cap=40)
    Api(sandbox, api.http)
    page, seen = api.get("contacts", top=10_000, **DAY).json(), list[int]()
    while True:
        seen += [row["contactId"] for row in page["contacts"]]
        assert len(page["contacts"]) <= 40
        if page["_links"]["next"] is None:
            break
        page = api.http.get(page["_links"]["next"]).json()
    assert seen == [row["contactId"] for row in sandbox.truth.contacts(*WINDOW)]
    assert page["_links"]["previous"].startswith(f"{sandbox.url}/inContactAPI/")
    assert page["totalRecords"] == len(seen) > 40


def test_pages_are_of_a_default_size(api: Api, sandbox: Sandbox) -> None:
    sandbox.reset(agents=60, contacts_per_quarter=20)
    Api(sandbox, api.http)
    assert len(api.get("agents").json()["agents"]) == 50
    assert len(api.get("contacts", **DAY).json()["contacts"]) == 1000


@pytest.mark.parametrize("path", ["agents", "contacts", "skills", "teams", "campaigns"])
def test_past_the_end(path: str, api: Api) -> None:
    answer = api.get(path, skip=5000, **DAY)
    if path in {"agents", "contacts"}:
        assert (answer.status_code, answer.content) == (204, b"")
    else:
        body = answer.json()
        assert body.get("resultSet", body)[path] == []


@pytest.mark.parametrize("path", [*SUMMARIES, "contacts"])
def test_where_there_are_no_facts_the_answer_is_204(path: str, api: Api, sandbox: Sandbox) -> None:
    early = {"startDate": "2014-12-30T00:00:00Z", "endDate": "2014-12-31T00:00:00Z"}
    assert api.get(path, **early).status_code == 204
    later = {"startDate": "2026-11-17T00:00:00Z", "endDate": "2026-11-18T00:00:00Z"}
    assert api.get(path, **later).status_code == 204
    sandbox.hide(*WINDOW)
    assert api.get(path, **DAY).status_code == 204
    assert TRUTHS[path](sandbox.truth, *WINDOW) == []
    sandbox.unhide()
    assert api.get(path, **DAY).status_code == 200


def test_hidden_quarter_hours_are_missing_from_sums(api: Api, sandbox: Sandbox) -> None:
    sandbox.hide("2026-11-12T12:00:00Z", "2026-11-12T14:00:00Z")
    row = api.get("skills/summary", **DAY).json()["skillSummaries"][0]
    before = Truth().skill_summaries("2026-11-12T00:00:00Z", "2026-11-12T12:00:00Z")
    after = Truth().skill_summaries("2026-11-12T14:00:00Z", "2026-11-13T00:00:00Z")
    offered = before[0]["contactsOffered"] + after[0]["contactsOffered"]
    assert int(row["contactsOffered"]) == offered


SUMMARIES_AND_CONTACTS = [*SUMMARIES, "contacts"]


@pytest.mark.parametrize("path", SUMMARIES_AND_CONTACTS)
@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        ("2026-11-12T00:00:00", "2026-11-13T00:00:00Z", "Invalid date"),
        ("2026-11-12T00:00:00+00:00", "2026-11-13T00:00:00Z", "Invalid date"),
        ("2026-11-12", "2026-11-13", "Invalid date"),
        ("2026-11-31T00:00:00Z", "2026-12-13T00:00:00Z", "Invalid date"),
        ("", "2026-11-13T00:00:00Z", "Invalid date"),
        ("2026-10-01T00:00:00Z", "2026-10-31T01:15:00Z", "30 days"),
        ("2026-11-13T00:00:00Z", "2026-11-13T00:00:00Z", "before endDate"),
    ],
)
def test_windows_that_are_refused(path: str, start: str, end: str, word: str, api: Api) -> None:
    answer = api.get(path, startDate=start, endDate=end)
    assert answer.status_code == 400
    assert word in answer.headers["icStatusDescription"]
    assert answer.content == b"" or answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", SUMMARIES_AND_CONTACTS)
def test_thirty_days_and_an_hour_are_served(path: str, api: Api) -> None:
    window = {"startDate": "2026-10-01T00:00:00Z", "endDate": "2026-10-31T01:00:00Z"}
    assert api.get(path, **window).status_code == 200


def test_summaries_want_quarter_hours_and_contacts_do_not(api: Api) -> None:
    window = {"startDate": "2026-11-12T09:00:00Z", "endDate": "2026-11-12T10:07:00Z"}
    for path in SUMMARIES:
        answer = api.get(path, **window)
        assert (answer.status_code, "quarter-hour" in answer.headers["icStatusDescription"]) == (
            400,
            True,
        )
    assert api.get("contacts", **window).status_code == 200


@pytest.mark.parametrize("query", [{"top": "x"}, {"top": 0}, {"skip": -1}])
def test_pages_that_are_refused(query: dict[str, Any], api: Api) -> None:
    answer = api.get("skills", **query)
    assert (answer.status_code, "skip" in answer.headers["icStatusDescription"]) == (400, True)


def test_an_answer_must_be_asked_for_as_json(api: Api) -> None:
    api.http.headers["Accept"] = "*/*"
    answer = api.get("agents")
    assert (answer.status_code, answer.text) == (500, "No known way to render data")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(("path", "version"), [("agents", 16), ("agents", 36), ("nothing", 30)])
def test_what_is_not_there_is_404_with_a_message(path: str, version: int, api: Api) -> None:
    answer = api.get(path, version)
    assert answer.status_code == 404
    assert answer.json()["message"]


def test_tokens_are_needed_and_expire(api: Api, sandbox: Sandbox) -> None:
    assert api.get("teams").status_code == 200
    sandbox.expire_tokens()
    assert api.get("teams").status_code == 401
    api.http.headers["Authorization"] = "Bearer nonsense"
    assert api.get("teams").status_code == 401
    sandbox.reset(token_life=0.1)
    Api(sandbox, api.http)
    time.sleep(0.15)
    assert api.get("teams").status_code == 401


def test_too_many_requests_are_told_to_wait_now_and_then(api: Api, sandbox: Sandbox) -> None:
    sandbox.reset(rate=3)
    Api(sandbox, api.http)
    answers = [api.get("business-unit") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 429, 429]
    waits = [answer.headers.get("Retry-After") for answer in answers[2:]]
    assert waits == [None, "1", None, "1"]
    time.sleep(1.05)
    assert api.get("business-unit").status_code == 200


# --- sign-in ----------------------------------------------------------------------------------


def _legacy(sandbox: Sandbox, http: requests.Session, **changes: str) -> requests.Response:
    said = {**configs.CREDENTIALS["application_user"], **changes}
    app = f"{said['application_name']}@{said['vendor_name']}:{said['business_number']}"
    header = base64.b64encode(app.encode()).decode()
    body = {name: said[name] for name in ("username", "password")}
    return http.post(
        f"{sandbox.url}/InContactAuthorizationServer/Token",
        headers={"Authorization": f"basic {header}"},
        json={"grant_type": "password", **body, "scope": ""},
    )


def _access_key(sandbox: Sandbox, http: requests.Session, **changes: str) -> requests.Response:
    said = {**configs.CREDENTIALS["access_key"], **changes}
    key = {"accessKeyId": said["access_key_id"], "accessKeySecret": said["access_key_secret"]}
    return http.post(f"{sandbox.url}/authentication/v1/token/access-key", json=key)


def _openid(sandbox: Sandbox, http: requests.Session, **changes: str) -> requests.Response:
    said = {**configs.CREDENTIALS["client_access_key"], **changes}
    body = {
        "grant_type": "password",
        "client_id": said["client_id"],
        "client_secret": said["client_secret"],
        "username": said["access_key_id"],
        "password": said["access_key_secret"],
    }
    return http.post(f"{sandbox.url}/auth/token", data=body)


def test_application_user_signs_in(sandbox: Sandbox, http: requests.Session) -> None:
    answer = _legacy(sandbox, http).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert answer["resource_server_base_uri"] == f"{sandbox.url}/inContactAPI/"
    assert answer["bus_no"] == configs.BUSINESS_NUMBER
    assert "." not in answer["access_token"]
    http.headers["Authorization"] = f"Bearer {answer['access_token']}"
    base = answer["resource_server_base_uri"]
    assert http.get(f"{base}services/v30.0/business-unit").status_code == 200


@pytest.mark.parametrize("login", [_access_key, _openid])
def test_access_keys_sign_in(
    login: Callable[..., requests.Response], sandbox: Sandbox, http: requests.Session
) -> None:
    answer = login(sandbox, http).json()
    assert "resource_server_base_uri" not in answer
    payload = answer["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert str(claims["icBUId"]) == configs.BUSINESS_NUMBER
    assert claims["tenantId"] == configs.TENANT_ID
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 3600
    assert claims["iat"] == parse_instant(NOW) // 1000
    assert {"icAgentId", "icClusterId", "area"} <= set(claims)


def test_a_client_may_sign_in_with_a_basic_header_and_json(
    sandbox: Sandbox, http: requests.Session
) -> None:
    answer = http.post(
        f"{sandbox.url}/auth/token",
        auth=(configs.CLIENT_ID, configs.CLIENT_SECRET),
        json={
            "grant_type": "password",
            "username": configs.ACCESS_KEY_ID,
            "password": configs.ACCESS_KEY_SECRET,
        },
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("login", "field", "status", "error"),
    [
        (_legacy, "username", 400, "invalid_grant"),
        (_legacy, "password", 400, "invalid_grant"),
        (_legacy, "application_name", 401, "invalid_client"),
        (_legacy, "vendor_name", 401, "invalid_client"),
        (_legacy, "business_number", 401, "invalid_client"),
        (_access_key, "access_key_id", 401, "invalid_grant"),
        (_access_key, "access_key_secret", 401, "invalid_grant"),
        (_openid, "access_key_secret", 401, "invalid_grant"),
        (_openid, "client_id", 401, "invalid_client"),
        (_openid, "client_secret", 401, "invalid_client"),
    ],
)
def test_wrong_credentials_are_refused(
    login: Callable[..., requests.Response],
    field: str,
    status: int,
    error: str,
    sandbox: Sandbox,
    http: requests.Session,
) -> None:
    answer = login(sandbox, http, **{field: "wrong"})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    if field == "application_name":
        expected = f"Client application 'wrong@{configs.VENDOR_NAME}' not authorized for user"
        assert answer.json()["error_description"] == expected


def test_discovery(sandbox: Sandbox, http: requests.Session) -> None:
    known = f"{sandbox.url}/.well-known"
    assert (
        http.get(f"{known}/openid-configuration").json()["token_endpoint"].endswith("/auth/token")
    )
    for query in ("", f"?tenantId={configs.TENANT_ID}"):
        found = http.get(f"{known}/cxone-configuration{query}").json()
        assert found["api_endpoint"] == sandbox.url
    assert http.get(f"{known}/cxone-configuration?tenantId=other").status_code == 404


def test_secrets_are_awkward_on_purpose() -> None:
    assert re.fullmatch(r"(?=.*\+)(?=.*/).*=", configs.ACCESS_KEY_SECRET)
    assert ":" in configs.PASSWORD
    assert not configs.PASSWORD.isascii()


@pytest.mark.parametrize("login", configs.LOGINS)
def test_configs_are_complete(login: configs.Login, sandbox: Sandbox) -> None:
    date = {"date_type": "single_relative", "days_back": "yesterday"}
    made = sandbox.config(login, date=date, num_workers=2)
    assert made["credentials"]["auth_type"] == login
    assert (made["details"]["date"], made["num_workers"]) == (date, 2)
    assert made["api_host"] == sandbox.url
    assert sandbox.config(login)["details"]["date"] == {"date_type": "offset", "date_offset": 7}


# --- faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "status", "content_type", "text"),
    [
        (
            {"status": 503, "headers": {"Retry-After": "2"}, "body": "busy"},
            503,
            "text/plain",
            "busy",
        ),
        ({"status": 409, "body": {"message": "no"}}, 409, "application/json", '{"message": "no"}'),
        ({"html": 502}, 502, "text/html", "<!DOCTYPE html>"),
        ({"redirect": "http://127.0.0.1:9/x"}, 302, "", ""),
        ({"expire_token": True}, 401, "application/json", "expired"),
    ],
)
def test_a_fault_answers_in_the_place_of_the_api(
    do: dict[str, Any], status: int, content_type: str, text: str, api: Api, sandbox: Sandbox
) -> None:
    sandbox.fault("teams", do)
    answer = api.http.get(f"{api.root}/v30.0/teams", allow_redirects=False)
    assert answer.status_code == status
    assert answer.headers.get("Content-Type", "").startswith(content_type)
    assert text in answer.text
    assert answer.headers.get("Retry-After") == do.get("headers", {}).get("Retry-After")
    assert answer.headers.get("Location") == do.get("redirect")
    assert api.get("teams").status_code == (401 if "expire_token" in do else 200)


@pytest.mark.parametrize("do", [{"reset": "before"}, {"reset": "body"}, {"truncate": 100}])
def test_a_fault_breaks_the_connection(do: dict[str, Any], api: Api, sandbox: Sandbox) -> None:
    sandbox.fault("teams", do)
    with pytest.raises(requests.exceptions.RequestException) as caught:
        api.get("teams")
    if "reset" in do:
        assert "reset by peer" in str(caught.value)
    else:
        assert "IncompleteRead(100 bytes read" in str(caught.value)
    assert api.get("teams").status_code == 200


def test_a_cut_body_is_valid_http_and_broken_json(api: Api, sandbox: Sandbox) -> None:
    whole = api.get("teams")
    sandbox.fault("teams", {"cut_json": 3})
    cut = api.get("teams")
    assert cut.content == whole.content[:-3]
    assert int(cut.headers["Content-Length"]) == len(cut.content)


def test_an_empty_answer_has_no_length_and_ends_with_the_connection(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.fault("teams", {"empty": True})
    answer = api.get("teams")
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Content-Length" not in answer.headers


@pytest.mark.parametrize("do", [{"delay": 0.3}, {"drip": 0.05}])
def test_a_slow_answer_is_slow_and_whole(do: dict[str, Any], api: Api, sandbox: Sandbox) -> None:
    whole = api.get("teams").content
    sandbox.fault("teams", do)
    begun = time.monotonic()
    assert api.get("teams").content == whole
    assert time.monotonic() - begun > 0.25


def test_faults_that_bend_pages(api: Api, sandbox: Sandbox) -> None:
    def skills(do: dict[str, Any], **query: Any) -> dict[str, Any]:
        sandbox.fault("skills", do)
        answer = api.get("skills", **query)
        body: dict[str, Any] = answer.json()
        return body

    def ids(page: dict[str, Any]) -> list[int]:
        return [row["skillId"] for row in page["skills"]]

    every = ids(api.get("skills").json())
    assert skills({"total": 2})["totalRecords"] == len(every) + 2
    assert "totalRecords" not in skills({"no_total": True})
    dropped = skills({"drop": 2})
    assert (ids(dropped), dropped["totalRecords"]) == (every[:-2], len(every))
    assert ids(skills({"shift": 1}, skip=2, top=2)) == every[3:5]
    assert ids(skills({"repeat": True}, skip=2, top=2)) == every[:2]
    assert list(skills({"no_envelope": True})) == ["message"]
    extra = skills({"extra_fields": {"new": {"a": 1}}, "row": {"skillName": 5}})
    assert {(row["new"]["a"], row["skillName"]) for row in extra["skills"]} == {(1, 5)}
    assert skills({"field_envelope": {"errorMessage": "x"}})["errorMessage"] == "x"
    sandbox.fault("skills", {"headers": {"X-Extra": "1"}})
    assert api.get("skills").headers["X-Extra"] == "1"
    assert ids(api.get("skills").json()) == every


def test_bent_rows_inside_a_result_set(api: Api, sandbox: Sandbox) -> None:
    sandbox.fault("campaigns", {"drop": 1, "total": 5})
    envelope = api.get("campaigns").json()["resultSet"]
    assert (len(envelope["campaigns"]), envelope["totalRecords"]) == (2, 8)


def test_rules_choose_their_requests_and_their_moment(api: Api, sandbox: Sandbox) -> None:
    sandbox.fault("teams", {"status": 500}, query={"skip": 1}, after=1, times=2)
    seen = [api.get("teams", skip=1).status_code for _ in range(4)]
    assert seen == [200, 500, 500, 200]
    assert api.get("teams", skip=2).status_code == 200
    assert [(rule["matched"], rule["fired"]) for rule in sandbox.faults()] == [(4, 2)]
    sandbox.clear_faults()
    sandbox.fault("*", {"status": 500})
    sandbox.fault("*", {"status": 502})
    assert [api.get("teams").status_code for _ in range(3)] == [500, 502, 200]
    sandbox.fault("*", {"status": 500}, times=None, chance=0.5)
    seen = [api.get("teams").status_code for _ in range(40)]
    assert 8 < seen.count(500) < 32


def test_sign_in_can_fail_too(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fault("/authentication/v1/token/access-key", {"status": 503}, method="POST")
    assert _access_key(sandbox, http).status_code == 503
    assert _access_key(sandbox, http).status_code == 200


@pytest.mark.parametrize(
    ("do", "rule"),
    [
        ({"stauts": 500}, {}),
        ({}, {}),
        ({"status": 500}, {"tiems": 2}),
        ({"status": 500}, {"query": ["skip"]}),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    do: dict[str, Any], rule: dict[str, Any], sandbox: Sandbox
) -> None:
    with pytest.raises(ValueError, match="a rule"):
        sandbox.fault("teams", do, **rule)


# --- control ----------------------------------------------------------------------------------


def test_requests_are_noted(api: Api, sandbox: Sandbox) -> None:
    api.get("Agents/Performance", 27, **DAY)
    signed_in, asked = sandbox.requests()
    assert (signed_in["path"], signed_in["token"]) == ("/authentication/v1/token/access-key", None)
    assert (asked["n"], asked["method"], asked["path"]) == (2, "GET", "agents/performance")
    assert (asked["version"], asked["query"], asked["status"]) == (27, DAY, 200)
    assert re.fullmatch(r"[0-9a-f]{8}", asked["token"])
    assert asked["at"] >= signed_in["at"]
    assert sandbox.requests("agents/performance") == [asked]
    sandbox.clear_requests()
    assert sandbox.requests() == []


def test_the_clock_can_be_set(api: Api, sandbox: Sandbox) -> None:
    sandbox.set_clock("2026-11-12T10:00:00Z")
    assert sandbox.now == "2026-11-12T10:00:00.000Z"
    rows = api.get("contacts", **DAY).json()["contacts"]
    assert rows[-1]["contactStartDate"] <= "2026-11-12T10:00:00.000Z"
    assert "isActive" not in rows[-1]
    sandbox.set_clock("2026-11-12T10:00:00Z", ticking=True)
    time.sleep(0.01)
    assert sandbox.now > "2026-11-12T10:00:00.000Z"


def test_a_reset_makes_a_new_world_and_refuses_nonsense(api: Api, sandbox: Sandbox) -> None:
    sandbox.reset(agents=3, teams=2, seed=11)
    assert api.get("agents").status_code == 401
    assert len(sandbox.truth.agents()) == sandbox.settings.agents == 3
    with pytest.raises(ValueError, match="unknown settings: color"):
        sandbox.reset(color="red")


def test_control_takes_json_whatever_its_content_type(sandbox: Sandbox) -> None:
    rule = '{"match": {"path": "teams"}, "do": {"status": 503}}'
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    requests.post(f"{sandbox.url}/_sandbox/faults", data=rule, headers=form, timeout=10)
    assert [rule["match"]["path"] for rule in sandbox.faults()] == ["teams"]


def test_the_command_line_writes_configs(tmp_path: Path) -> None:
    with Sandbox.start(write_configs=tmp_path / "made", agents=1) as sandbox:
        for login in configs.LOGINS:
            written = json.loads((tmp_path / "made" / f"{login}.json").read_text(encoding="utf-8"))
            assert written == sandbox.config(login)


def test_a_sandbox_that_cannot_start_says_so() -> None:
    with pytest.raises(RuntimeError, match="exit code 2"):
        Sandbox.start(teams=0)
