"""A few trials of ``make chaos``, and proof that it would notice."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.chaos.__main__ import sum_up
from integration_tests.chaos.calendar import CHANGES, over_days
from integration_tests.chaos.checking import check_sync
from integration_tests.chaos.destination import Destination
from integration_tests.chaos.faults import KINDS, LOGIN_PATHS, PLACES, SIGN_IN, plan
from integration_tests.chaos.rounds import Result, under_faults, under_kills
from integration_tests.chaos.trial import Trial
from integration_tests.sandbox.configs import PASSWORD
from integration_tests.support import cli
from integration_tests.support.constants import NOW
from integration_tests.support.secrecy import leaks, spellings

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration_tests.sandbox.client import Sandbox
    from integration_tests.support.cli import Outcome

Messages = list[dict[str, Any]]
TRIAL = Trial(3)


@pytest.mark.parametrize("seed", [2, 9, 12])
def test_a_sync_under_faults_is_complete_or_says_what_is_missing(
    sandbox: Sandbox, seed: int
) -> None:
    result = under_faults(seed, sandbox)
    assert result.problems == []
    assert result.met.total() > 0


@pytest.mark.parametrize("seed", [2])
def test_a_sync_that_is_killed_again_and_again_loses_nothing(sandbox: Sandbox, seed: int) -> None:
    result = under_kills(seed, sandbox)
    assert result.problems == []
    assert "killed" in result.outcomes


def test_a_connection_over_days_loses_nothing(sandbox: Sandbox) -> None:
    result = over_days(6, sandbox)
    assert result.problems == []
    assert {"contacts stay open", "another host", "another account"} <= result.met.keys()


def start_afresh(sandbox: Sandbox) -> None:
    sandbox.reset(now=NOW, ticking=False, **TRIAL.world)


def sync(sandbox: Sandbox) -> Outcome:
    start_afresh(sandbox)
    return read(sandbox)


def read(sandbox: Sandbox) -> Outcome:
    catalog = cli.catalog(TRIAL.streams, "incremental")
    return cli.run("read", config=TRIAL.config(sandbox), catalog=catalog, now=NOW)


def of_kind(messages: Messages, kind: str, stream: str) -> list[int]:
    """Where the records or states of a stream stand."""
    return [
        place
        for place, message in enumerate(messages)
        if message["type"] == kind and f'"{stream}"' in json.dumps(message)
    ]


def lose_a_row(messages: Messages) -> None:
    del messages[of_kind(messages, "RECORD", "contacts")[7]]


def change_a_row(messages: Messages) -> None:
    place = of_kind(messages, "RECORD", "teams")[0]
    messages[place]["record"]["data"]["teamName"] = "another"


def repeat_a_row(messages: Messages) -> None:
    place = of_kind(messages, "RECORD", "skill_summaries")[0]
    messages.insert(place, messages[place])


def run_ahead(messages: Messages) -> None:
    """A state changes places with the last record of the window that it claims."""
    # A window that is too young to be claimed may be the first to end.
    place, [claimed, *_] = next(
        (at, slices)
        for at in of_kind(messages, "STATE", "data_download_540")
        if (slices := messages[at]["state"]["stream"]["stream_state"]["slices"])
    )
    record = max(
        at
        for at in of_kind(messages, "RECORD", "data_download_540")
        if messages[at]["record"]["data"]["_report_start"] == claimed["start"]
    )
    assert record < place
    messages[place], messages[record] = messages[record], messages[place]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lose_a_row, "contacts: 1 rows missing"),
        (change_a_row, "teams: 0 rows missing, 1 odd"),
        (repeat_a_row, "skill_summaries: "),
        (run_ahead, "data_download_540: the state claims"),
    ],
)
def test_chaos_notices(sandbox: Sandbox, damage: Callable[[Messages], None], said: str) -> None:
    outcome = sync(sandbox)
    assert problems_of(outcome, outcome.messages, sandbox) == []
    damaged = json.loads(json.dumps(outcome.messages))
    damage(damaged)
    found = problems_of(outcome, damaged, sandbox)
    assert any(problem.startswith(said) for problem in found), found


def problems_of(outcome: Outcome, messages: Messages, sandbox: Sandbox) -> list[str]:
    """What is wrong with a sync that had these messages."""
    shown = replace(outcome, text="\n".join(map(json.dumps, messages)))
    destination = Destination(TRIAL, sandbox.truth)
    destination.take(shown)
    return destination.problems + check_sync(shown, destination, TRIAL.expected(sandbox.truth))


def test_chaos_notices_a_failure_that_names_nothing(sandbox: Sandbox) -> None:
    outcome = sync(sandbox)
    text = outcome.text.replace('"COMPLETE"', '"INCOMPLETE"')
    shown = replace(outcome, text=text, exit_code=1)
    found = problems_of(shown, shown.messages, sandbox)
    assert len([problem for problem in found if "no error says so" in problem]) == len(
        TRIAL.streams
    )


FAILED = ("2026-11-13T00:00:00Z", "2026-11-14T00:00:00Z", "2026-11-16T00:00:00Z")
"""Starts of the windows that fail; the last is so young that no state could claim it."""
READ = "2026-11-15T00:00:00Z"


@pytest.fixture(scope="module")
def failed(server: Sandbox) -> Outcome:
    """A sync whose contacts fail after all their rows came, and skill summaries without any."""
    start_afresh(server)
    for start in FAILED:
        broken = {"field_envelope": {"errorMessage": "broken"}}
        for path, fault in (("skills/summary", broken), ("contacts", {"total": 5})):
            server.fault(path, fault, times=None, query={"startDate": start})
    return read(server)


def errors_of(messages: Messages, stream: str) -> list[dict[str, Any]]:
    """The errors of a stream, oldest window first."""
    errors = [
        messages[place]["trace"]["error"]
        for place in of_kind(messages, "TRACE", stream)
        if messages[place]["trace"]["type"] == "ERROR"
    ]
    return sorted(errors, key=lambda error: str(error["message"]))


def name_one_of_two(messages: Messages) -> None:
    """Every failure of a stream names the window that failed first."""
    first, *others = errors_of(messages, "skill_summaries")
    for error in others:
        error["message"] = first["message"]


def name_one_whose_rows_came(messages: Messages) -> None:
    """The same where no row is missing: states alone tell which windows failed."""
    first, *others = errors_of(messages, "contacts")
    for error in others:
        error["message"] = first["message"]


def name_a_window_that_was_read(messages: Messages) -> None:
    error = errors_of(messages, "contacts")[0]
    error["message"] = error["message"].replace(FAILED[0], READ).replace(FAILED[1], FAILED[2])


def name_no_window(messages: Messages) -> None:
    error = errors_of(messages, "skill_summaries")[1]
    error["message"] = "skill_summaries: The API refuses the request (400)."


def hide_the_young(messages: Messages) -> None:
    """The error of a window is missing that no state claims and whose rows all came."""
    [place] = [
        place
        for place in of_kind(messages, "TRACE", "contacts")
        if f"contacts, window {FAILED[2]}" in json.dumps(messages[place])
    ]
    del messages[place]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (name_one_of_two, "skill_summaries: no error names a window that was not read"),
        (name_one_of_two, "skill_summaries: two errors name the same window"),
        (name_one_whose_rows_came, "contacts: no error names a window that was not read"),
        (name_a_window_that_was_read, "contacts: an error names a window that was read"),
        (name_no_window, "skill_summaries: an error names a window that there is not"),
        (hide_the_young, "contacts: of 5 windows 2 ended, but 2 are named"),
    ],
)
def test_chaos_notices_a_window_that_is_not_named(
    sandbox: Sandbox, failed: Outcome, damage: Callable[[Messages], None], said: str
) -> None:
    start_afresh(sandbox)
    assert problems_of(failed, failed.messages, sandbox) == []
    damaged = json.loads(json.dumps(failed.messages))
    damage(damaged)
    found = problems_of(failed, damaged, sandbox)
    assert any(problem.startswith(said) for problem in found), found


def test_a_window_that_was_claimed_may_not_come_again(sandbox: Sandbox) -> None:
    outcome = sync(sandbox)
    destination = Destination(TRIAL, sandbox.truth)
    destination.take(outcome)
    assert destination.problems == []
    for state in destination.states.values():
        state.pop("completed_at", None)
    destination.take(outcome)
    assert "was read again, although claimed" in destination.problems[0]


def test_secrets_are_found_in_every_spelling(sandbox: Sandbox) -> None:
    outcome = sync(sandbox)
    assert leaks(outcome.text, sandbox) == []
    for spelling in spellings(PASSWORD):
        assert leaks(f"{outcome.text} {spelling}", sandbox) == ["the output holds the password"]
    [token] = sandbox.tokens()
    assert leaks(f"Bearer {token}", sandbox) == ["the output holds a token"]


def test_a_full_run_fails_if_a_kind_of_fault_was_never_met(
    capsys: pytest.CaptureFixture[str],
) -> None:
    met, places = Counter(dict.fromkeys((*KINDS, *CHANGES), 1)), Counter(dict.fromkeys(PLACES, 1))
    assert sum_up([Result(TRIAL, met=met, places=places)], is_full=True) == 0
    del met["504"]
    capsys.readouterr()
    assert sum_up([Result(TRIAL, met=met, places=places)], is_full=False) == 0
    assert "     0  504\n" in capsys.readouterr().out
    assert sum_up([Result(TRIAL, met=met, places=places)], is_full=True) == 1
    assert "nothing is shown of: 504.\n" in capsys.readouterr().out
    met["504"] = 1
    del places["skills"]
    assert sum_up([Result(TRIAL, met=met, places=places)], is_full=True) == 1


def test_every_kind_has_its_turn_and_lies_where_its_trial_asks() -> None:
    turns = [
        [fault for fault in plan(Trial(seed)) if fault.by_turn]
        for seed in range(1, len(KINDS) // 3 + 3)
    ]
    assert {fault.kind for first in turns for fault in first} == set(KINDS)
    for seed, first in enumerate(turns, 1):
        own = LOGIN_PATHS[Trial(seed).login]
        assert all(fault.place in own for fault in first if fault.place in SIGN_IN)
