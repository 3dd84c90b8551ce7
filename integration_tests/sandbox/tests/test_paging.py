"""The sandbox's pages, windows without rows, and what it refuses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox.limiter import LIMITS
from integration_tests.sandbox.tests.sandbox_api import DAY, LATER, SUMMARIES, TRUTHS, WINDOW, Api
from integration_tests.sandbox.truth import Truth

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox


def test_pages_follow_each_other_to_the_end(api: Api, sandbox: Sandbox) -> None:
    sandbox.reset(top_cap=40)
    api.sign_in()
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
    api.sign_in()
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


@pytest.mark.parametrize("path", TRUTHS)
def test_where_there_are_no_facts_the_answer_is_204(path: str, api: Api, sandbox: Sandbox) -> None:
    early = {"startDate": "2014-12-30T00:00:00Z", "endDate": "2014-12-31T00:00:00Z"}
    assert api.get(path, **early).status_code == 204
    assert api.get(path, **LATER).status_code == 204
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


@pytest.mark.parametrize("path", TRUTHS)
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


@pytest.mark.parametrize("path", TRUTHS)
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
    api.sign_in()
    time.sleep(0.15)
    assert api.get("teams").status_code == 401


def test_too_many_requests_are_told_to_wait_now_and_then(api: Api, sandbox: Sandbox) -> None:
    sandbox.reset(rate=3)
    api.sign_in()
    answers = [api.get("business-unit") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 429, 429]
    waits = [answer.headers.get("Retry-After") for answer in answers[2:]]
    assert waits == [None, "1", None, "1"]
    time.sleep(1.05)
    assert api.get("business-unit").status_code == 200


@pytest.mark.parametrize(
    ("limit", "waits"),
    [
        ("moving", [0, 0, 3, 2, 0, 1, 0]),
        ("fixed", [0, 0, 3, 2, 0, 0, 2]),
        ("bucket", [0, 0, 1, 0, 0, 2, 0]),
    ],
)
def test_the_rate_is_counted_in_several_ways(limit: str, waits: list[float]) -> None:
    """Half a request a second: two in four seconds, or one every two seconds, two saved up."""
    kept, seen = LIMITS[limit](0.5, 4), []
    for now in (0.0, 1.0, 1.0, 2.0, 4.0, 4.0, 6.0):
        seen.append(kept.wait(now))
        if not seen[-1]:
            kept.take(now)
    assert seen == waits


def test_an_unknown_way_of_counting_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="one of moving, fixed, bucket"):
        sandbox.reset(rate=3, limit="leaky")
