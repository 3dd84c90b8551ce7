"""Incremental syncs: nothing lost, today overwritten, the lookback kept, resumes exact."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import (
    FAST,
    KEYS,
    NOW,
    PATHS,
    by_key,
    days_back,
    plain,
    specific,
    true_rows,
    windows_asked,
)

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

DAY = timedelta(days=1)
DATED = pytest.mark.parametrize("stream", cli.DATED)


def day(number: int, end: str | None = None) -> tuple[str, str]:
    return (f"2026-11-{number:02}T00:00:00Z", end or f"2026-11-{number + 1:02}T00:00:00Z")


@DATED
def test_late_rows_are_read_by_the_next_sync_and_today_is_overwritten_by_key(
    sandbox: Sandbox, stream: str
) -> None:
    config = sandbox.config(date=days_back(3), **FAST)
    sandbox.hide("2026-11-15T15:00:00Z", "2026-11-15T18:00:00Z")
    first = cli.read(config, [stream], "incremental", now=NOW)
    sandbox.unhide()
    sandbox.clear_requests()

    tomorrow = NOW + DAY
    sandbox.set_clock(tomorrow)
    second = cli.read(config, [stream], "incremental", now=tomorrow, state=first.final_state)

    assert second.exit_code == 0, second.errors
    assert windows_asked(sandbox, PATHS[stream]) == [
        day(15),
        day(16),
        day(17, "2026-11-17T09:30:00Z"),
    ]
    table = {**by_key(first, stream, KEYS[stream]), **by_key(second, stream, KEYS[stream])}
    windows = [day(13), day(14), day(15), day(16), day(17, "2026-11-17T09:30:00Z")]
    assert plain(table.values()) == true_rows(sandbox.truth, stream, windows)
    assert first.records(stream)
    assert plain(by_key(first, stream, KEYS[stream]).values()) != plain(table.values())


def test_a_sync_soon_after_reads_today_and_the_young_windows_only(sandbox: Sandbox) -> None:
    config = sandbox.config(date=days_back(6), **FAST)
    first = cli.read(config, cli.DATED, "incremental", now=NOW)
    sandbox.clear_requests()
    second = cli.read(
        config, cli.DATED, "incremental", now=NOW + timedelta(hours=1), state=first.final_state
    )
    assert second.exit_code == 0
    for stream in cli.DATED:
        assert windows_asked(sandbox, PATHS[stream]) == [
            day(15),
            day(16, "2026-11-16T10:30:00Z"),
        ]


def test_a_past_choice_that_is_read_and_settled_makes_no_request_at_all(sandbox: Sandbox) -> None:
    config = sandbox.config(date=specific("2026-11-01", "2026-11-03"), **FAST)
    first = cli.read(config, cli.DATED, "incremental", now=NOW)
    sandbox.clear_requests()
    second = cli.read(config, cli.DATED, "incremental", now=NOW + DAY, state=first.final_state)
    assert second.exit_code == 0
    assert sandbox.requests() == []
    assert second.logs.count("nothing to read") == len(cli.DATED)
    assert second.statuses("contacts") == ["STARTED", "COMPLETE"]


def test_a_connection_that_slept_reads_what_it_missed(sandbox: Sandbox) -> None:
    config = sandbox.config(date=days_back(1), **FAST)
    asleep_since = NOW - 6 * DAY
    sandbox.set_clock(asleep_since)
    first = cli.read(config, ["contacts"], "incremental", now=asleep_since)
    sandbox.clear_requests()
    sandbox.set_clock(NOW)
    second = cli.read(config, ["contacts"], "incremental", now=NOW, state=first.final_state)
    asked = windows_asked(sandbox, "contacts")
    assert asked == [*(day(number) for number in range(9, 16)), day(16, "2026-11-16T09:30:00Z")]
    table = {**by_key(first, "contacts", KEYS["contacts"])}
    table.update(by_key(second, "contacts", KEYS["contacts"]))
    assert plain(table.values()) == true_rows(sandbox.truth, "contacts", asked)


@pytest.mark.parametrize("sync_mode", ["incremental", "full_refresh"])
@DATED
def test_one_failing_window_costs_that_window_alone(
    sandbox: Sandbox, stream: str, sync_mode: str
) -> None:
    choice = specific("2026-11-03", "2026-11-08")
    config = sandbox.config(date=choice, **FAST)
    sandbox.fault(
        PATHS[stream],
        {"status": 400, "headers": {"icStatusDescription": "The moon is full"}},
        query={"startDate": "2026-11-05T00:00:00Z"},
        times=None,
    )
    broken = cli.read(config, [stream, "teams"], sync_mode, now=NOW)
    others = [day(number) for number in (3, 4, 6, 7, 8)]
    assert broken.exit_code == 1
    assert plain(broken.records(stream)) == true_rows(sandbox.truth, stream, others)
    assert plain(broken.records("teams")) == true_rows(sandbox.truth, "teams")
    assert broken.statuses(stream)[-1] == "INCOMPLETE"
    assert broken.statuses("teams")[-1] == "COMPLETE"
    [error] = [error for error in broken.errors if error["stream"] == stream]
    assert "The moon is full" in error["message"]
    assert f"{stream}, window 2026-11-05T00:00:00Z to 2026-11-06T00:00:00Z" in error["message"]

    sandbox.clear_faults()
    sandbox.clear_requests()
    resumed = cli.read(
        config, [stream], sync_mode, now=NOW + timedelta(minutes=5), state=broken.final_state
    )
    assert resumed.exit_code == 0, resumed.errors
    assert windows_asked(sandbox, PATHS[stream]) == [day(5)]
    assert plain(resumed.records(stream)) == true_rows(sandbox.truth, stream, [day(5)])


@DATED
def test_full_refresh_after_a_finished_one_reads_the_choice_again(
    sandbox: Sandbox, stream: str
) -> None:
    config = sandbox.config(date=days_back(2), **FAST)
    first = cli.read(config, [stream], now=NOW)
    second = cli.read(config, [stream], now=NOW, state=first.final_state)
    assert plain(second.records(stream)) == plain(first.records(stream)) != []


def test_no_state_runs_ahead_of_its_records(sandbox: Sandbox) -> None:
    sandbox.reset(now=NOW, ticking=False, contacts_per_quarter=6)
    config = sandbox.config(date=days_back(9), requests_per_second=1000, num_workers=8)
    outcome = cli.read(config, ["contacts"], "incremental", now=NOW)
    total = Counter(record["contactStartDate"][:10] for record in outcome.records("contacts"))
    seen: Counter[str] = Counter()
    claimed = set()
    for message in outcome.messages:
        if message["type"] == "RECORD":
            seen[message["record"]["data"]["contactStartDate"][:10]] += 1
        elif message["type"] == "STATE":
            state = message["state"]["stream"]["stream_state"]
            claimed = {date for span in state["slices"] for date in dates_of(span)}
            assert {date: seen[date] for date in claimed} == {date: total[date] for date in claimed}
    assert len(claimed) == 9


def dates_of(span: dict[str, str]) -> list[str]:
    start, end = (datetime.fromisoformat(span[side][:10]) for side in ("start", "end"))
    return [(start + number * DAY).strftime("%Y-%m-%d") for number in range((end - start).days)]


def test_a_sync_that_is_killed_resumes_without_loss(sandbox: Sandbox) -> None:
    config = sandbox.config(date=specific("2026-10-01", "2026-10-20"), num_workers=4)
    answered = 13
    sandbox.fault("contacts", {"delay": 600}, after=answered, times=None)
    kill = cli.Kill(once=lambda: len(sandbox.requests("contacts")) > answered)
    killed = cli.read(config, ["contacts"], "incremental", now=NOW, kill=kill)
    assert killed.exit_code < 0
    sandbox.clear_faults()
    resumed = cli.read(
        sandbox.config(date=specific("2026-10-01", "2026-10-20"), **FAST),
        ["contacts"],
        "incremental",
        now=NOW,
        state=killed.final_state,
    )
    table = by_key(killed, "contacts", KEYS["contacts"])
    table.update(by_key(resumed, "contacts", KEYS["contacts"]))
    windows = [
        (f"2026-10-{number:02}T00:00:00Z", f"2026-10-{number + 1:02}T00:00:00Z")
        for number in range(1, 21)
    ]
    assert plain(table.values()) == true_rows(sandbox.truth, "contacts", windows)


def test_a_state_from_the_far_future_hides_nothing(sandbox: Sandbox) -> None:
    future: dict[str, Any] = {
        "state_type": "date-range",
        "slices": [{"start": "2000-01-01T00:00:00Z", "end": "2100-01-01T00:00:00Z"}],
        "completed_at": "2100-01-01T00:00:00Z",
    }
    state = cli.saved_state(dict.fromkeys(cli.DATED, future))
    outcome = cli.read(sandbox.config(**FAST), cli.DATED, "incremental", now=NOW, state=state)
    fresh = cli.read(sandbox.config(**FAST), cli.DATED, "incremental", now=NOW)
    assert outcome.exit_code == 0
    for name in cli.DATED:
        assert plain(outcome.records(name)) == plain(fresh.records(name))
        assert f"{name}: the saved state claims windows or instants after now" in outcome.logs


def test_a_foreign_state_is_refused_by_name(sandbox: Sandbox) -> None:
    state = cli.saved_state({"contacts": {"contactStartDate": "2026-11-01"}})
    config = sandbox.config(date=days_back(1), **FAST)
    outcome = cli.read(config, ["contacts", "skill_summaries"], "incremental", now=NOW, state=state)
    assert outcome.exit_code == 1
    [error] = [error for error in outcome.errors if error["stream"]]
    assert "saved state of stream contacts" in error["message"]
    assert error["failure_type"] == "config_error"
    assert sandbox.requests("contacts") == []
    assert outcome.states["contacts"] == []
    assert outcome.statuses("skill_summaries")[-1] == "COMPLETE"


def test_another_interval_reads_the_choice_anew_and_says_so(sandbox: Sandbox) -> None:
    choice = specific("2026-11-03", "2026-11-04")
    by_day = sandbox.config(date=choice, **FAST)
    first = cli.read(by_day, ["skill_summaries", "contacts"], "incremental", now=NOW)
    sandbox.clear_requests()
    by_hour = sandbox.config(date=choice, report_interval="hour", **FAST)
    second = cli.read(
        by_hour, ["skill_summaries", "contacts"], "incremental", now=NOW, state=first.final_state
    )
    assert second.exit_code == 0
    assert len(windows_asked(sandbox, "skills/summary")) == 48
    assert sandbox.requests("contacts") == []
    assert (
        "the report interval, the time zone or the report of this name has changed" in second.logs
    )


def test_a_stream_that_the_catalog_names_twice_is_read_once(sandbox: Sandbox) -> None:
    config = sandbox.config(date=days_back(1), **FAST)
    outcome = cli.read(config, ["contacts", "teams", "contacts"], "incremental", now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert len(outcome.records("contacts")) == len(by_key(outcome, "contacts", ("contactId",)))


def test_each_checkpoint_leads_to_all_that_was_not_yet_emitted(sandbox: Sandbox) -> None:
    """The rule of Airbyte's older acceptance tests, on every fourth checkpoint."""
    config = sandbox.config(date=days_back(5), **FAST)
    outcome = cli.read(config, ["skill_summaries"], "incremental", now=NOW)
    everything = plain(outcome.records("skill_summaries"))
    emitted = 0
    positions: list[tuple[int, dict[str, Any]]] = []
    for message in outcome.messages:
        if message["type"] == "RECORD":
            emitted += 1
        elif message["type"] == "STATE":
            positions.append((emitted, message["state"]["stream"]["stream_state"]))
    for position, state in positions[::4]:
        assert state["startDate"] <= "2026-11-16T09:30:00Z"
        resumed = cli.read(
            config,
            ["skill_summaries"],
            "incremental",
            now=NOW,
            state=cli.saved_state({"skill_summaries": state}),
        )
        later = plain(outcome.records("skill_summaries")[position:])
        again = plain(resumed.records("skill_summaries"))
        assert [row for row in later if row not in again] == []
        assert [row for row in again if row not in everything] == []


def test_yesterday_is_read_again_until_it_is_older_than_the_lookback(sandbox: Sandbox) -> None:
    config = sandbox.config(
        date={"date_type": "single_relative", "days_back": "yesterday"}, lookback_days=2, **FAST
    )
    state = None
    asked = []
    for morning in range(4):
        now = datetime(2026, 11, 10 + morning, 6, tzinfo=timezone.utc)
        sandbox.set_clock(now)
        sandbox.clear_requests()
        outcome = cli.read(config, ["contacts"], "incremental", now=now, state=state)
        state = outcome.final_state
        asked.append([int(start[8:10]) for start, _ in windows_asked(sandbox, "contacts")])
    assert asked == [[9], [9, 10], [9, 10, 11], [10, 11, 12]]
