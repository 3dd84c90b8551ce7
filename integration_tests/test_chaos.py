"""A few trials of ``make chaos``, and proof that its judges would notice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests import cli
from integration_tests.chaos.destination import Destination
from integration_tests.chaos.rounds import judge, under_faults, under_kills
from integration_tests.chaos.secrecy import leaks, spellings
from integration_tests.chaos.trial import STREAMS, Trial
from integration_tests.moments import NOW
from integration_tests.sandbox.configs import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration_tests.cli import Outcome
    from integration_tests.sandbox.client import Sandbox

Messages = list[dict[str, Any]]
TRIAL = Trial(3)


@pytest.mark.parametrize("seed", [2, 3, 5, 6])
def test_a_sync_under_faults_is_complete_or_says_what_is_missing(
    sandbox: Sandbox, seed: int
) -> None:
    verdict = under_faults(seed, sandbox)
    assert verdict.problems == []
    assert verdict.met.total() > 0


@pytest.mark.parametrize("seed", [2, 3])
def test_a_sync_that_is_killed_again_and_again_loses_nothing(sandbox: Sandbox, seed: int) -> None:
    verdict = under_kills(seed, sandbox)
    assert verdict.problems == []
    assert "killed" in verdict.outcomes


def sync(sandbox: Sandbox) -> Outcome:
    sandbox.reset(now=NOW, ticking=False, **TRIAL.world)
    catalog = cli.catalog(STREAMS, "incremental")
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
def test_the_judge_notices(sandbox: Sandbox, damage: Callable[[Messages], None], said: str) -> None:
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
    return destination.problems + judge(shown, destination, TRIAL.expected(sandbox.truth))


def test_the_judge_notices_a_failure_that_names_nothing(sandbox: Sandbox) -> None:
    outcome = sync(sandbox)
    text = outcome.text.replace('"COMPLETE"', '"INCOMPLETE"')
    destination = Destination(TRIAL, sandbox.truth)
    problems = judge(
        replace(outcome, text=text, exit_code=1), destination, TRIAL.expected(sandbox.truth)
    )
    assert len(problems) == len(STREAMS)


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
