"""What a state claims: by whom, about what, and how a person may overrule it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import NOW, days_back, specific
from integration_tests.support.scripted import NO_CONTENT, Asked, Reply, ScriptedApi

if TYPE_CHECKING:
    from collections.abc import Callable

TEAMS = "team_performance_totals"
DAY = timedelta(days=1)
ACCESS_KEY = {"auth_type": "access_key", "access_key_id": "key-1", "access_key_secret": "secret-1"}


def summary(_: Asked) -> dict[str, Any]:
    return {"teamPerformanceTotal": [{"teamId": "1"}]}


def windows(api: ScriptedApi) -> list[str]:
    """The days that were asked for since the last look, oldest first."""
    asked = sorted({one.query["startDate"][:10] for one in api.asked if "startDate" in one.query})
    api.asked.clear()
    return asked


def sync(
    api: ScriptedApi, date: dict[str, Any], state: Any = None, stream: str = TEAMS, **options: Any
) -> cli.Outcome:
    now = options.pop("now", NOW)
    config = api.config(date, **options)
    return cli.read(config, [stream], "incremental", now=now, state=state)


# --- the form outranks the state ---------------------------------------------------------------


def test_a_start_that_the_api_refuses_can_be_corrected() -> None:
    def refuses_old_days(asked: Asked) -> Reply | dict[str, Any]:
        if asked.query["startDate"] < "2026-11-05":
            return Reply(400, b"", {"icStatusDescription": "older than the look-back"})
        return summary(asked)

    with ScriptedApi(refuses_old_days) as api:
        first = sync(api, specific("2026-11-01"))
        windows(api)
        second = sync(api, specific("2026-11-06"), first.final_state)
        assert windows(api) == ["2026-11-16"]
        third = sync(api, {"date_type": "offset", "date_offset": 3}, second.final_state)
    assert first.exit_code == 1
    assert (second.exit_code, third.exit_code) == (0, 0)


def test_fewer_days_back_release_the_older_days_and_a_sleeping_schedule_skips_none() -> None:
    later = NOW + 6 * DAY
    with ScriptedApi(summary) as api:
        first = sync(api, days_back(5))
        windows(api)
        narrowed = sync(api, days_back(2), first.final_state, now=later)
        assert windows(api) == [f"2026-11-{day}" for day in range(15, 23)]
        slept = sync(api, days_back(2), narrowed.final_state, now=later + 6 * DAY)
        assert windows(api) == [f"2026-11-{day}" for day in range(21, 29)]
    assert slept.exit_code == 0


def test_fewer_days_back_release_days_that_failed() -> None:
    with ScriptedApi(
        lambda a: Reply(400) if "11-10" in a.query["startDate"] else summary(a)
    ) as api:
        broken = sync(api, days_back(6))
        windows(api)
        healed = sync(api, days_back(3), broken.final_state)
        assert windows(api) == ["2026-11-16"]
    assert (broken.exit_code, healed.exit_code) == (1, 0)


@pytest.mark.parametrize(("mark", "first"), [("2026-11-12T00:00:00Z", 12), ("soon", 0)])
def test_a_cursor_set_back_by_hand_is_honoured_or_refused(mark: str, first: int) -> None:
    with ScriptedApi(summary) as api:
        state = sync(api, specific("2026-11-08")).states[TEAMS][-1]
        windows(api)
        outcome = sync(
            api, specific("2026-11-08"), cli.saved_state({TEAMS: {**state, "startDate": mark}})
        )
        asked = windows(api)
    if first:
        assert asked == [f"2026-11-{day}" for day in range(first, 17)]
        assert "was set back to 2026-11-12" in outcome.logs
    else:
        assert (outcome.exit_code, asked, outcome.states) == (1, [], {})
        assert outcome.errors[0]["failure_type"] == "config_error"


def test_the_first_day_of_2000_east_of_greenwich_is_taken_back() -> None:
    day = {"date_type": "single_specific", "date": "2000-01-01"}
    with ScriptedApi(lambda _: NO_CONTENT) as api:
        first = sync(api, day, stream="contacts", time_zone="Europe/Berlin")
        again = sync(api, day, first.final_state, stream="contacts", time_zone="Europe/Berlin")
    assert first.states["contacts"][-1]["slices"][0]["start"] == "1999-12-31T23:00:00Z"
    assert (first.exit_code, again.exit_code) == (0, 0)


# --- the clock ---------------------------------------------------------------------------------


def test_claims_of_a_clock_that_was_ahead_are_read_again() -> None:
    with ScriptedApi(lambda a: contacts_until(a, clock["true"])) as api:
        have: set[int] = set()
        state: Any = None
        for days, ahead in [(0, 0), (7, 40), (14, 0), (21, 0)]:
            clock = {"true": NOW + days * DAY}
            outcome = sync(
                api,
                {"date_type": "offset", "date_offset": 1},
                state,
                stream="contacts",
                now=clock["true"] + ahead * DAY,
            )
            assert outcome.exit_code == 0, outcome.errors
            assert ("the clock of an earlier sync" in outcome.logs) == (days == 14)
            have |= {record["contactId"] for record in outcome.records("contacts")}
            state = outcome.final_state
    first = datetime(2026, 11, 15, tzinfo=timezone.utc)
    hours = int((NOW + 20 * DAY - first).total_seconds() // 3600)
    assert {int(first.timestamp()) + 3600 * hour for hour in range(hours)} <= have


@pytest.mark.parametrize(("back", "first"), [(10, 15), (20, 1)])
def test_a_clock_set_back_by_some_minutes_costs_no_second_read_of_all(
    back: int, first: int
) -> None:
    with ScriptedApi(summary) as api:
        state = sync(api, specific("2026-11-01")).final_state
        windows(api)
        outcome = sync(api, specific("2026-11-01"), state, now=NOW - timedelta(minutes=back))
        assert windows(api) == [f"2026-11-{day:02}" for day in range(first, 17)]
    assert outcome.exit_code == 0
    assert ("the clock of an earlier sync" in outcome.logs) == (first == 1)


def contacts_until(asked: Asked, now: datetime) -> Reply | dict[str, Any]:
    """A contact at each full hour that is over."""
    start, end = (
        datetime.fromisoformat(asked.query[name].replace("Z", "+00:00"))
        for name in ("startDate", "endDate")
    )
    hours = max(0, int((min(end, now) - start).total_seconds() // 3600))
    rows = [
        {"contactId": int(start.timestamp()) + 3600 * n, "isActive": False} for n in range(hours)
    ]
    return {"totalRecords": hours, "contacts": rows[asked.skip :]} if rows else NO_CONTENT


@pytest.mark.parametrize(
    ("headers", "exit_code"),
    [
        ({"Date": "Mon, 16 Nov 2026 09:30:30 GMT"}, 0),
        ({"Date": "Mon, 16 Nov 2026 09:29:00 GMT"}, 1),
        ({"Date": "Mon, 16 Nov 2026 10:45:00 GMT"}, 1),
        ({"Date": "Mon, 16 Nov 2026 10:45:00 GMT", "Age": "4000"}, 0),
        ({"Date": "yesterday"}, 0),
    ],
)
def test_a_server_with_another_time_fails_the_sync(headers: dict[str, str], exit_code: int) -> None:
    with ScriptedApi(lambda a: Reply(body=summary(a), headers=headers)) as api:
        outcome = sync(api, days_back(4))
        assert exit_code == 0 or len(api.asked) <= 4  # the workers' first windows
    assert outcome.exit_code == exit_code
    if exit_code:
        [error] = outcome.errors[:1]
        assert "clock of this machine says 2026-11-16 09:44" in error["message"]
        assert error["failure_type"] == "config_error"
        assert outcome.states[TEAMS][-1]["slices"] == []


# --- the account -------------------------------------------------------------------------------


def test_another_business_unit_is_named_and_the_state_is_kept() -> None:
    with ScriptedApi(summary) as api:
        state = sync(api, specific("2026-11-08", "2026-11-09")).final_state
        config = api.config(specific("2026-11-08", "2026-11-09"))
        config["credentials"]["business_number"] = "4600000"
        windows(api)
        other = cli.read(config, [TEAMS], "incremental", now=NOW, state=state)
        assert windows(api) == []
    assert other.exit_code == 1
    assert "business unit 4599999" in other.errors[0]["message"]
    assert "business unit 4600000" in other.errors[0]["message"]
    assert other.errors[0]["failure_type"] == "config_error"
    assert other.states == {}


@pytest.mark.parametrize("business_unit", [4599999, 4600000])
def test_a_rotated_key_changes_nothing_unless_it_opens_another_business_unit(
    business_unit: int,
) -> None:
    days = specific("2026-11-08", "2026-11-09")
    with ScriptedApi(summary) as api:
        state = sync(api, days, credentials=ACCESS_KEY).final_state
        windows(api)
        nothing = sync(api, days, state, credentials=ACCESS_KEY)
        assert (nothing.exit_code, windows(api), api.sign_ins) == (0, [], 1)
        api.business_unit = business_unit
        rotated = sync(api, days, state, credentials={**ACCESS_KEY, "access_key_id": "key-2"})
        assert windows(api) == []
    assert rotated.exit_code == (business_unit != 4599999)
    assert not rotated.exit_code or "4600000" in rotated.errors[0]["message"]


@pytest.mark.parametrize("change", ["host", "region"])
def test_what_only_the_form_tells_is_read_anew(change: str) -> None:
    days = specific("2026-11-08", "2026-11-09")

    def nameless(api: ScriptedApi) -> ScriptedApi:
        api.business_unit = 0
        return api

    with ScriptedApi(summary) as one, ScriptedApi(summary) as two:
        state = sync(nameless(one), days, credentials=ACCESS_KEY).final_state
        windows(one)
        api = nameless(two) if change == "host" else one
        login = {**ACCESS_KEY, "region": "eu1" if change == "region" else "na1"}
        again = sync(api, days, state, credentials=login)
        assert windows(api) == ["2026-11-08", "2026-11-09"]
    assert again.exit_code == 0
    assert "are read anew" in again.logs


def test_a_state_that_names_no_account_is_believed() -> None:
    days = specific("2026-11-08", "2026-11-09")
    with ScriptedApi(summary) as api:
        state = sync(api, days).states[TEAMS][-1]
        del state["account"]
        windows(api)
        assert sync(api, days, cli.saved_state({TEAMS: state})).exit_code == 0
        assert windows(api) == []


# --- rows that are not final -------------------------------------------------------------------

OPEN: dict[str, Callable[[bool], dict[str, Any]]] = {
    "isActive": lambda is_open: {"isActive": is_open},
    "the state alone": lambda is_open: (
        {"stateName": "InQueue"}
        if is_open
        else {"stateName": "EndContact", "totalDurationSeconds": 60}
    ),
}


@pytest.mark.parametrize("shape", OPEN.values(), ids=OPEN)
def test_a_window_with_an_open_contact_is_read_until_it_has_ended(
    shape: Callable[[bool], dict[str, Any]],
) -> None:
    def route(asked: Asked) -> Reply | dict[str, Any]:
        if asked.query["startDate"] != "2026-11-16T00:00:00Z":
            return NO_CONTENT
        return {"totalRecords": 1, "contacts": [{"contactId": 1, **shape(day < 5)}]}

    read_on: list[int] = []
    state: Any = None
    with ScriptedApi(route) as api:
        for day in range(9):
            date = {"date_type": "offset", "date_offset": 1}
            outcome = sync(api, date, state, stream="contacts", now=NOW + day * DAY)
            assert outcome.exit_code == 0, outcome.errors
            state = outcome.final_state
            if outcome.records("contacts"):
                read_on.append(day)
    assert read_on == [0, 1, 2, 3, 4, 5]


def test_a_contact_that_stays_open_is_given_up_after_thirty_days_with_a_count() -> None:
    rows = [{"contactId": n, "isActive": n < 2} for n in range(3)]
    day = specific("2026-11-16", "2026-11-16")
    with ScriptedApi(lambda _: {"totalRecords": 3, "contacts": rows}) as api:
        state = sync(api, day, stream="contacts", now=NOW + DAY).final_state
        young = sync(api, day, state, stream="contacts", now=NOW + 30 * DAY)
        old = sync(api, day, young.final_state, stream="contacts", now=NOW + 31 * DAY)
        windows(api)
        done = sync(api, day, old.final_state, stream="contacts", now=NOW + 33 * DAY)
        assert windows(api) == []
    assert young.states["contacts"][-1]["slices"] == []
    assert len(old.states["contacts"][-1]["slices"]) == 1
    assert "2 contacts are still open" in old.logs
    assert "still open" not in young.logs + done.logs


# --- what is busy while it is read ---------------------------------------------------------------


def test_contacts_that_join_today_are_no_failure() -> None:
    def route(asked: Asked) -> dict[str, Any]:
        known = 40 + 7 * len(api.asked)  # rows join with every request, at the end
        end = min(known, asked.skip + 25)
        assert asked.query["orderBy"] == "contactStartDate asc"
        return {
            "totalRecords": known,
            "contacts": [{"contactId": n} for n in range(asked.skip, end)],
        }

    with ScriptedApi(route) as api:
        outcome = sync(api, days_back(0), stream="contacts")
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records("contacts")) >= 47


# --- many windows --------------------------------------------------------------------------------


def test_hours_since_2000_are_planned_as_they_are_read() -> None:
    """A plan held whole took 317 MiB and 38 s before the first request."""

    def route(asked: Asked) -> Reply:
        return Reply(403)

    with ScriptedApi(route) as api:
        outcome = sync(api, specific("2000-01-01"), report_interval="hour")
        assert len(api.asked) <= 8
    assert "235" in outcome.logs
    assert outcome.peak_mib < 260
    assert len(outcome.errors) <= 2
