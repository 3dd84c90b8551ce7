"""The sandbox's faults on demand, and its control."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import requests

from integration_tests.sandbox import configs
from integration_tests.sandbox.client import Sandbox
from integration_tests.sandbox.tests.sandbox_api import DAY, LATER, NOW, Api, access_key_login

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_small_to_send_and_unpacks_to_the_body_and_white_space(
    layers: int, api: Api, sandbox: Sandbox
) -> None:
    whole = api.get("teams").content
    sandbox.fault("teams", {"zip": 3, "zip_layers": layers})
    bomb = api.get("teams")
    assert bomb.headers["Content-Encoding"] == ", ".join(["gzip"] * layers)
    assert int(bomb.headers["Content-Length"]) < 10_000
    assert bomb.content == whole + b" " * (3 << 20)


@pytest.mark.parametrize(("part", "said"), [("body", '{"a": "b"}'), ("headers", "x-a: b")])
def test_a_server_repeats_what_it_was_sent(
    part: str, said: str, api: Api, sandbox: Sandbox
) -> None:
    sandbox.fault("teams", {"echo": part})
    answer = api.http.post(f"{api.root}/v30.0/teams", data='{"a": "b"}', headers={"X-A": "b"})
    assert answer.status_code == 400
    assert said in answer.json()["message"]


def test_an_answer_is_filled_to_any_size(api: Api, sandbox: Sandbox) -> None:
    sandbox.fault("teams", {"filled": {"head": '{"a":[', "fill": "1,", "times": 3, "tail": "2]}"}})
    assert api.get("teams").json() == {"a": [1, 1, 1, 2]}


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
    assert access_key_login(sandbox, http).status_code == 503
    assert access_key_login(sandbox, http).status_code == 200


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


# --- whether a fault changed anything -----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "do", "changes"),
    [
        ("teams", {}, {"repeat": True}, False),
        ("teams", {"skip": 3, "top": 3}, {"repeat": True}, True),
        ("teams", {}, {"shift": 3}, True),
        ("teams", {"skip": 5000}, {"shift": 3}, False),
        ("teams", {"skip": 5000}, {"drop": 2}, False),
        ("teams", {}, {"leave": 2}, False),
        ("teams", {"skip": 3, "top": 3}, {"leave": 2}, True),
        ("teams", {"top": 2}, {"join": 1}, True),
        ("teams", {"skip": 3, "top": 3}, {"join": 2}, False),
        ("teams", {"top": 5000}, {"join": 2}, False),
        ("teams", {"top": 2}, {"exchange": True}, True),
        ("teams", {"skip": 2, "top": 2}, {"exchange": True}, True),
        ("teams", {"top": 5000}, {"exchange": True}, False),
        ("teams", {}, {"shrink": 3}, True),
        ("teams", {}, {"shrink": 5000}, False),
        ("teams", {}, {"drop": 2}, True),
        ("teams", {}, {"field_envelope": {"errorMessage": "no"}}, True),
        ("teams", {}, {"truncate": 90}, True),
        ("teams", {}, {"truncate": 5_000_000}, False),
        ("teams", {}, {"status": 503}, True),
        ("agents/performance", LATER, {"cut_json": 15}, False),
        ("agents/performance", LATER, {"no_envelope": True}, False),
        ("agents/performance", LATER, {"drip": 0.01}, False),
        ("agents/performance", LATER, {"delay": 0.01}, True),
        ("agents/performance", LATER, {"empty": True}, True),
        ("contacts", LATER, {"total": 5}, False),
        ("contacts", DAY, {"total": 5}, True),
        ("contacts", DAY, {"break_base64": True}, False),
    ],
)
def test_a_fault_counts_as_a_change_only_if_the_answer_is_another_one(
    path: str,
    query: dict[str, Any],
    do: dict[str, Any],
    changes: bool,  # noqa: FBT001
    api: Api,
    sandbox: Sandbox,
) -> None:
    sandbox.fault(path, do)
    with suppress(requests.exceptions.RequestException):
        api.get(path, **query)
    [rule] = sandbox.faults()
    assert (rule["fired"], rule["changed"]) == (1, int(changes))


def test_a_file_that_is_not_there_is_a_change_and_one_that_has_come_is_none(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.fault("files", {"file_404": 1}, times=2)
    sandbox.fault("report-jobs/datadownload/*", {"break_base64": True}, times=2)
    asked = {"saveAsFile": "true", "fileName": "x", "includeHeaders": "true"}
    for window in (DAY, LATER):
        api.post("report-jobs/datadownload/540", **asked, **window)
    for _ in range(2):
        api.get("files", fileName="Reports\\x.csv")
    late, broken = sandbox.faults()
    assert (late["fired"], late["changed"]) == (2, 1)
    assert (broken["fired"], broken["changed"]) == (2, 1)


def test_a_job_that_is_refused_meets_no_fate(api: Api, sandbox: Sandbox) -> None:
    sandbox.fault("report-jobs/700101", {"job": "never"}, times=2)
    for status in (200, 409):
        assert api.post("report-jobs/700101", fileType="CSV").status_code == status
    [rule] = sandbox.faults()
    assert (rule["fired"], rule["changed"]) == (2, 1)


def test_a_row_leaves_and_another_joins_between_two_pages_and_the_count_stays(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.reset(now=NOW, ticking=False, skills=7)
    api.sign_in()
    whole = [row["skillId"] for row in api.get("skills").json()["skills"]]
    sandbox.fault("skills", {"exchange": True}, times=None)
    first, second = (api.get("skills", skip=skip, top=4).json() for skip in (0, 4))
    assert first["totalRecords"] == second["totalRecords"] == 6
    assert [row["skillId"] for row in first["skills"]] == whole[:4]
    assert [row["skillId"] for row in second["skills"]] == whole[5:]  # the fifth slipped past
