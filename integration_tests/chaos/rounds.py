"""One trial from its first sync to a whole destination, and what was wrong on the way."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integration_tests.chaos import faults
from integration_tests.chaos.destination import Destination
from integration_tests.chaos.judging import check_sync
from integration_tests.chaos.secrecy import leaks
from integration_tests.chaos.trial import Trial
from integration_tests.support import cli
from integration_tests.support.constants import NOW
from integration_tests.support.heartbeat import ALLOWED_SILENCE_SECONDS

if TYPE_CHECKING:
    from integration_tests.chaos.destination import Rows
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.support.cli import Outcome

SPEED = 300.0
"""How many times faster syncs under faults wait: 30 minutes of a job are six seconds."""
_MOST_KILLS = 8
_LATENCY_SECONDS = 0.01


@dataclass
class Verdict:
    """What became of a trial.

    Attributes:
        trial: The trial.
        outcomes: How its syncs ended, in words.
        met: How often each kind of fault changed an answer.
        places: The same by the path that was asked.
        silence: The longest time that one of the syncs went without a record or a state, in
            seconds of its own clock.
        problems: What was wrong, in words; empty if all was well.
    """

    trial: Trial
    outcomes: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    silence: float = 0.0
    problems: list[str] = field(default_factory=list)


def under_faults(seed: int, sandbox: Sandbox) -> Verdict:
    """A sync with faults; if it fails, a second one without, which must complete the set."""
    trial, verdict, destination, expected = _begin(seed, sandbox)
    thrown = faults.throw(trial, sandbox)
    outcome = sync(trial, sandbox, destination, verdict, speed=SPEED)
    for fault, rule in zip(thrown, sandbox.faults(), strict=True):
        verdict.met[fault.kind] += rule["changed"]
        verdict.places[fault.place] += rule["changed"]
    verdict.problems += check_sync(outcome, destination, expected)
    verdict.outcomes.append("complete" if outcome.exit_code == 0 else "failed and said so")
    if outcome.exit_code != 0:
        sandbox.clear_faults()
        _complete(trial, sandbox, destination, verdict, expected)
    return verdict


def under_kills(seed: int, sandbox: Sandbox) -> Verdict:
    """Syncs that are killed at random messages, and one that is let through."""
    trial, verdict, destination, expected = _begin(seed, sandbox, latency=_LATENCY_SECONDS)
    dice = trial.draw("kills")
    lines = sum(map(len, expected.values()))
    for _ in range(dice.randint(1, _MOST_KILLS)):
        kill = cli.Kill(dice.randint(1, lines), signal=dice.choice(_SIGNALS))
        outcome = sync(trial, sandbox, destination, verdict, kill=kill)
        ends = {-kill.signal, 128 + kill.signal}  # the command takes SIGTERM itself
        verdict.outcomes.append("killed" if outcome.exit_code in ends else "got away")
        if outcome.exit_code not in {0, *ends}:
            verdict.problems.append(f"killed with {kill.signal.name}, ended {outcome.exit_code}")
    _complete(trial, sandbox, destination, verdict, expected)
    return verdict


_SIGNALS = (signal.SIGKILL, signal.SIGTERM)


def _begin(
    seed: int, sandbox: Sandbox, **settings: Any
) -> tuple[Trial, Verdict, Destination, dict[str, Rows]]:
    trial = Trial(seed)
    sandbox.reset(now=NOW, ticking=False, **trial.world, **settings)
    destination = Destination(trial, sandbox.truth)
    return trial, Verdict(trial), destination, trial.expected(sandbox.truth)


def _complete(
    trial: Trial,
    sandbox: Sandbox,
    destination: Destination,
    verdict: Verdict,
    expected: dict[str, Rows],
) -> None:
    outcome = sync(trial, sandbox, destination, verdict)
    if outcome.exit_code != 0:
        verdict.problems.append(f"the last sync failed: {outcome.errors[:1]}")
    verdict.problems += destination.compare(expected)
    verdict.outcomes.append("completed by the next")


def sync(
    trial: Trial,
    sandbox: Sandbox,
    destination: Destination,
    verdict: Verdict,
    config: dict[str, Any] | None = None,
    **options: Any,
) -> Outcome:
    """A sync at debug level, taken in by the destination, its output searched for secrets."""
    outcome = cli.run(
        "read --debug",
        config=trial.config(sandbox) if config is None else config,
        catalog=cli.catalog(trial.streams, trial.sync_mode),
        state=destination.saved,
        **{"now": trial.now, **options},
    )
    seen = len(destination.problems)
    destination.take(outcome)
    verdict.problems += destination.problems[seen:] + leaks(outcome.text, sandbox)
    verdict.silence = max(verdict.silence, outcome.silence)
    if outcome.silence >= ALLOWED_SILENCE_SECONDS:
        verdict.problems.append(f"a silence of {outcome.silence:.0f} s, which ends a sync")
    return outcome
