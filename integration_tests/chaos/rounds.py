"""One trial from its first sync to a whole destination, and what was wrong on the way."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integration_tests.chaos import faults
from integration_tests.chaos.checking import check_sync
from integration_tests.chaos.destination import Destination
from integration_tests.chaos.trial import Trial
from integration_tests.support import cli
from integration_tests.support.constants import NOW
from integration_tests.support.heartbeat import ALLOWED_SILENCE_SECONDS
from integration_tests.support.secrecy import leaks

if TYPE_CHECKING:
    from integration_tests.chaos.destination import Rows
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.support.cli import Outcome

_SPEED = 150.0
"""How many times faster a sync's clock goes whose server is slow: ten minutes are four seconds.
What the sync works counts as many times, so all other syncs have a clock that skips sleep alone."""
_MOST_KILLS = 8
_LATENCY_SECONDS = 0.01


@dataclass
class Result:
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


def under_faults(seed: int, sandbox: Sandbox) -> Result:
    """A sync with faults; if it fails, a second one without, which must complete the set."""
    trial, result, destination, expected = _begin(seed, sandbox)
    planned = faults.plan(trial)
    for fault in planned:
        sandbox.fault(fault.place, fault.action, **fault.options)
    speed = _SPEED if any(fault.is_slow for fault in planned) else None
    outcome = sync(trial, sandbox, destination, result, speed=speed)
    for fault, rule in zip(planned, sandbox.faults(), strict=True):
        result.met[fault.kind] += rule["changed"]
        result.places[fault.place] += rule["changed"]
    result.problems += check_sync(outcome, destination, expected)
    result.outcomes.append("complete" if outcome.exit_code == 0 else "failed and said so")
    if outcome.exit_code != 0:
        sandbox.clear_faults()
        _complete(trial, sandbox, destination, result, expected)
    return result


def under_kills(seed: int, sandbox: Sandbox) -> Result:
    """Syncs that are killed at random messages, and one that is let through."""
    trial, result, destination, expected = _begin(seed, sandbox, latency=_LATENCY_SECONDS)
    dice = trial.draw("kills")
    lines = sum(map(len, expected.values()))
    for _ in range(dice.randint(1, _MOST_KILLS)):
        kill = cli.Kill(dice.randint(1, lines), signal=dice.choice(_SIGNALS))
        outcome = sync(trial, sandbox, destination, result, kill=kill, speed=1.0)
        ends = {-kill.signal, 128 + kill.signal}  # the command takes SIGTERM itself
        result.outcomes.append("killed" if outcome.exit_code in ends else "got away")
        if outcome.exit_code not in {0, *ends}:
            result.problems.append(f"killed with {kill.signal.name}, ended {outcome.exit_code}")
    _complete(trial, sandbox, destination, result, expected)
    return result


_SIGNALS = (signal.SIGKILL, signal.SIGTERM)


def _begin(
    seed: int, sandbox: Sandbox, **settings: Any
) -> tuple[Trial, Result, Destination, dict[str, Rows]]:
    trial = Trial(seed)
    sandbox.reset(now=NOW, ticking=False, **trial.world, **settings)
    destination = Destination(trial, sandbox.truth)
    return trial, Result(trial), destination, trial.expected(sandbox.truth)


def _complete(
    trial: Trial,
    sandbox: Sandbox,
    destination: Destination,
    result: Result,
    expected: dict[str, Rows],
) -> None:
    outcome = sync(trial, sandbox, destination, result)
    if outcome.exit_code != 0:
        result.problems.append(f"the last sync failed: {outcome.errors[:1]}")
    result.problems += destination.compare(expected)
    result.outcomes.append("completed by the next")


def sync(
    trial: Trial,
    sandbox: Sandbox,
    destination: Destination,
    result: Result,
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
    result.problems += destination.problems[seen:] + leaks(outcome.text, sandbox)
    result.silence = max(result.silence, outcome.silence)
    if outcome.silence >= ALLOWED_SILENCE_SECONDS:
        result.problems.append(f"a silence of {outcome.silence:.0f} s, which ends a sync")
    return outcome
