"""What is refused or broken: asked for again where that helps, and named once."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import NOW, specific
from integration_tests.support.scripted import Asked, Reply, ScriptedApi

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = specific("2026-08-01", "2026-11-10")
ONE_DAY = specific("2026-11-10", "2026-11-10")
TEAMS = "team_performance_totals"


def read(api: ScriptedApi, stream: str, date: dict[str, Any] = ONE_DAY) -> cli.Outcome:
    return cli.read(api.config(date), [stream], "incremental", now=NOW)


def test_a_missing_permission_ends_the_stream_at_once() -> None:
    with ScriptedApi(lambda _: Reply(403)) as api:
        outcome = read(api, "contacts", MANY)
        assert len(api.asked) <= 4  # one for each worker
    assert outcome.exit_code == 1
    assert len(outcome.errors) == 2  # the stream's, and the sync's
    assert "this permission" in outcome.errors[0]["message"]
    assert outcome.states["contacts"][-1]["slices"] == []


def test_a_lasting_401_ends_the_sync_after_few_sign_ins() -> None:
    with ScriptedApi(lambda _: Reply(401)) as api:
        config = api.config(MANY)
        streams = ["contacts", TEAMS, "skill_summaries", "agents"]
        outcome = cli.read(config, streams, "incremental", now=NOW)
        assert api.sign_ins == 2
        windows = {(asked.path, asked.query.get("startDate")) for asked in api.asked}
        for path in {asked.path for asked in api.asked}:
            assert len([one for one in windows if one[0] == path]) <= 4  # one for each worker
        assert len(api.asked) <= 2 * len(windows)
    assert outcome.exit_code == 1
    assert all("right after a new sign-in" in one["message"] for one in outcome.errors)


def test_many_failing_windows_are_named_ten_times_and_counted() -> None:
    with ScriptedApi(lambda _: Reply(400)) as api:
        outcome = read(api, TEAMS, MANY)
        assert len(api.asked) == 102
    assert outcome.exit_code == 1
    assert len(outcome.errors) == 11
    assert "and 92 more windows of team_performance_totals" in outcome.errors[-1]["message"]
    assert len(outcome.errors[-1]["message"]) < 4000


ONE_CONTACT: dict[str, Any] = {"contacts": [{"contactId": 1}]}
WORDS: dict[str, dict[str, Any]] = {
    "error": {"error": "internal_error", "contacts": []},
    "description": {"error_description": "Report service is down", "contacts": None},
    "message": {"message": "Try later", "totalRecords": 0, "contacts": []},
    "no text": {"error": {"code": 5}, "contacts": []},
    "status": {"statusCode": 500, "contacts": []},
    "wrapped": {"resultSet": {"message": "Try later", "contacts": []}},
}


@pytest.mark.parametrize("body", WORDS.values(), ids=WORDS)
def test_words_beside_an_empty_list_are_a_failure(body: dict[str, Any]) -> None:
    with ScriptedApi(lambda _: body) as api:
        lasting = read(api, "contacts")
    with ScriptedApi(
        lambda _: body if len(api.asked) == 1 else {"totalRecords": 1, **ONE_CONTACT}
    ) as api:
        passing = read(api, "contacts")
    assert (lasting.exit_code, passing.exit_code) == (1, 0)
    assert "has no rows and says" in lasting.errors[0]["message"]
    assert lasting.states["contacts"][-1]["slices"] == []
    assert len(passing.records("contacts")) == 1


def test_words_beside_rows_are_no_failure() -> None:
    body = {"message": "Success", "statusCode": 200, "totalRecords": 1, **ONE_CONTACT}
    with ScriptedApi(lambda _: body) as api:
        assert read(api, "contacts").exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        '{"contacts": [{"contactId": 1}], "contacts": []}',
        '{"contacts": [{"contactId": 1}], "totalRecords": 2, "totalRecords": 1}',
        '{"resultSet": {"contacts": [{"contactId": 1}], "contacts": [{"contactId": 2}]}}',
    ],
)
def test_a_key_that_stands_twice_proves_nothing(text: str) -> None:
    with ScriptedApi(lambda _: Reply(body=text)) as api:
        outcome = read(api, "contacts")
    assert outcome.exit_code == 1
    assert "twice" in outcome.errors[0]["message"]


def test_the_name_of_a_list_within_a_note_is_no_second_list() -> None:
    row = {"contactId": 1, "notes": {"contacts": '"contacts"'}}
    text = json.dumps({"totalRecords": 1, "contacts": [row]})
    with ScriptedApi(lambda _: Reply(body=text)) as api:
        outcome = read(api, "contacts")
    assert (outcome.exit_code, len(outcome.records("contacts"))) == (0, 1)


UNCLEAN: dict[str, tuple[bytes, str]] = {
    "a raw line break and tab": (b"called\nback\ttwice", "called\nback\ttwice"),
    "a byte of Windows-1252": (b"caf\xe9", "café"),
    "both, beside UTF-8": (b"caf\xe9\t\xc3\xa9", "café\té"),
}


@pytest.mark.parametrize(("note", "meant"), UNCLEAN.values(), ids=UNCLEAN)
def test_one_unclean_byte_does_not_make_a_day_unreadable(note: bytes, meant: str) -> None:
    text = b'{"totalRecords": 1, "contacts": [{"contactId": 1, "dispositionNotes": "%s"}]}' % note
    with ScriptedApi(lambda _: Reply(body=text)) as api:
        outcome = read(api, "contacts")
        assert len(api.asked) == 1
    assert outcome.exit_code == 0, outcome.errors
    assert outcome.records("contacts")[0]["dispositionNotes"] == meant
    assert "contacts: a response holds" in outcome.logs


def test_broken_compression_is_asked_for_again_without() -> None:
    plain = b'{"totalRecords": 1, "teams": [{"teamId": 5}]}'

    def route(asked: Asked) -> Reply:
        if asked.headers.get("Accept-Encoding") == "identity":
            return Reply(body=plain)
        broken = gzip.compress(plain)[:-8] + bytes(8)
        return Reply(body=broken, headers={"Content-Encoding": "gzip"})

    with ScriptedApi(route) as api:
        outcome = read(api, "teams")
        assert len(api.asked) == 2
    assert (outcome.exit_code, len(outcome.records("teams"))) == (0, 1)


@pytest.mark.parametrize(("stream", "key"), [("agents", "agents"), ("contacts", "contacts")])
def test_a_page_that_is_too_full_is_asked_for_in_smaller_ones(stream: str, key: str) -> None:
    nested = "[" + ",".join(["{}"] * 900) + "]"
    field = f"{stream[:-1]}Id"

    def route(asked: Asked) -> Reply:
        rows = range(asked.skip, min(700, asked.skip + asked.top))
        text = ",".join(f'{{"{field}": {n}, "x": {nested}}}' for n in rows)
        return Reply(body=f'{{"totalRecords": 700, "{key}": [{text}]}}')

    with ScriptedApi(route) as api:
        outcome = read(api, stream)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records(stream)) == 700


def test_a_secret_that_ends_in_white_space_is_hinted_at_when_it_is_refused() -> None:
    with ScriptedApi(lambda _: Reply(500)) as api:
        config = api.config(ONE_DAY)
        config["credentials"]["password"] = "not-a-password "
        api.sign_in_status = 400
        outcome = cli.run("check", config=config, now=NOW)
    [status] = outcome.of_type("CONNECTION_STATUS")
    assert "(credentials.password) begins or ends with white space" in status["message"]


# --- check -------------------------------------------------------------------------------------


def check(route: Callable[[Asked], Reply | dict[str, Any]], **details: Any) -> tuple[str, str, int]:
    """The verdict of ``check``, its message, and how many requests it took."""
    with ScriptedApi(route) as api:
        outcome = cli.run("check", config=api.config(ONE_DAY, **details), now=NOW)
        [status] = outcome.of_type("CONNECTION_STATUS")
        return status["status"], status.get("message", ""), len(api.asked)


def healthy(asked: Asked) -> dict[str, Any]:
    keys = {"teams/performance-total": "teamPerformanceTotal", "skills/summary": "skillSummaries"}
    key = keys.get(asked.path) or {"agents/performance": "agentPerformance"}.get(asked.path)
    return {key or asked.path: [{f"{asked.path[:-1]}Id": 1, "teamId": 1, "skillId": 1}]}


@pytest.mark.parametrize("status", [409, 429])
def test_a_report_that_is_busy_counts_as_readable(status: int) -> None:
    def route(asked: Asked) -> Reply | dict[str, Any]:
        return Reply(status) if asked.path == "contacts" else healthy(asked)

    verdict, message, asked = check(route)
    assert (verdict, message) == ("SUCCEEDED", "")
    assert asked <= 8


def test_each_missing_permission_is_named() -> None:
    def route(asked: Asked) -> Reply | dict[str, Any]:
        return Reply(403) if asked.path in {"contacts", "skills"} else healthy(asked)

    verdict, message, _ = check(route)
    assert verdict == "FAILED"
    assert "may not read contacts" in message
    assert "may not read skills" in message
    assert "Admin API, view of skills" in message
    assert "teams" not in message.replace("teams and skills", "")
