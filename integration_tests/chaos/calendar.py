"""A connection over some days: the clock moves on between its syncs, and what it reads changes.

Contacts stay open for days, a clock jumps, and at last the form opens another account. After each
sync that ends well, the destination holds what the API shows at that moment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from integration_tests.chaos.destination import Destination
from integration_tests.chaos.rounds import Result, sync
from integration_tests.chaos.trial import Trial
from integration_tests.support.constants import NOW

if TYPE_CHECKING:
    from random import Random

    from integration_tests.sandbox.client import Sandbox

CHANGES = (
    "contacts stay open",
    "clock jumps back",
    "clock jumps ahead",
    "another host",
    "another account",
)
"""What is met on the way; each counts once for a sync that noticed it."""
_STEPS = (timedelta(hours=3), timedelta(hours=21), timedelta(days=1), timedelta(days=3))
_JUMPS = (timedelta(minutes=20), timedelta(hours=30), timedelta(days=400))
_OTHER_BUSINESS_UNIT = 4_599_999


def over_days(seed: int, sandbox: Sandbox) -> Result:
    """Syncs hours and days apart, the last of them with another account."""
    trial = Trial(seed, lasts=True)
    dice = trial.draw("calendar")
    world = {**trial.world, "open_share": dice.choice([0.1, 0.4]), "open_days": dice.choice([1, 4])}
    sandbox.reset(now=NOW, ticking=False, sends_date=True, **world)
    result, destination = Result(trial), Destination(trial, sandbox.truth)
    _good(trial, sandbox, destination, result)
    now = NOW
    for _ in range(dice.randint(2, 4)):
        if dice.random() < 0.5:
            _jump(trial, sandbox, destination, result, dice)
        now += dice.choice(_STEPS)
        sandbox.set_clock(now)
        trial = replace(trial, now=now)
        destination.look_again(trial, sandbox.truth)
        _good(trial, sandbox, destination, result)
    _change_host(trial, sandbox, destination, result)
    _change_account(trial, sandbox, destination, result, world)
    return result


def _good(trial: Trial, sandbox: Sandbox, destination: Destination, result: Result) -> None:
    """A sync that must end well and leave the destination whole."""
    outcome = sync(trial, sandbox, destination, result)
    if outcome.exit_code != 0:
        result.problems.append(f"a sync without a fault failed: {outcome.errors[:1]}")
    result.problems += destination.compare(trial.expected(sandbox.truth))
    result.outcomes.append("complete")
    is_open = any("contactStateCategory" in row for row in destination.tables["contacts"].values())
    result.met["contacts stay open"] += is_open


def _jump(
    trial: Trial, sandbox: Sandbox, destination: Destination, result: Result, dice: Random
) -> None:
    """A sync whose clock is wrong fails, and its state claims nothing new."""
    ahead = dice.random() < 0.5
    wrong = trial.now + dice.choice(_JUMPS) * (1 if ahead else -1)
    before = {stream: _claims(destination, stream) for stream in trial.windowed}
    outcome = sync(trial, sandbox, destination, result, now=wrong)
    after = {stream: _claims(destination, stream) for stream in trial.windowed}
    result.met["clock jumps ahead" if ahead else "clock jumps back"] += 1
    result.outcomes.append("refused a wrong clock")
    is_silent = not outcome.of_type("RECORD")
    if outcome.exit_code != 1 or not is_silent or any(after[s] - before[s] for s in trial.windowed):
        result.problems.append(f"a clock at {wrong:%Y-%m-%d %H:%M} was believed")


def _claims(destination: Destination, stream: str) -> set[object]:
    """What the state says of a stream: windows that were read, and when all of them were."""
    completed_at = destination.states[stream].get("completed_at")
    return {*destination.claims(stream), *([completed_at] if completed_at else ())}


def _change_host(trial: Trial, sandbox: Sandbox, destination: Destination, result: Result) -> None:
    """Another host may hold other data: what the state claims is read again."""
    config = trial.config(sandbox)
    config["api_host"] = config["api_host"].replace("127.0.0.1", "localhost")
    moved = Destination(trial, sandbox.truth, states=dict(destination.states))
    outcome = sync(trial, sandbox, moved, result, config=config)
    result.met["another host"] += 1
    if outcome.exit_code != 0:
        result.problems.append(f"with another host the sync failed: {outcome.errors[:1]}")
    result.problems += moved.compare(trial.expected(sandbox.truth))
    result.outcomes.append("complete from another host")


def _change_account(
    trial: Trial,
    sandbox: Sandbox,
    destination: Destination,
    result: Result,
    world: dict[str, Any],
) -> None:
    """The state of one business unit hides nothing of another; to refuse it is right."""
    other = {**world, "seed": trial.seed + 1000, "business_unit": _OTHER_BUSINESS_UNIT}
    sandbox.reset(now=trial.now, ticking=False, sends_date=True, **other)
    config = trial.config(sandbox)
    if "business_number" in config["credentials"]:
        config["credentials"]["business_number"] = str(_OTHER_BUSINESS_UNIT)
    before = dict(destination.states)
    outcome = sync(trial, sandbox, destination, result, config=config)
    result.met["another account"] += 1
    said = [error["message"] for error in outcome.errors if "business unit" in error["message"]]
    if outcome.exit_code != 1 or not said:
        result.problems.append("the state of another account was believed")
    if {name: before[name] for name in destination.states} != destination.states:
        result.problems.append("the state of another account was changed")
    result.outcomes.append("refused another account")
    fresh = Destination(trial, sandbox.truth)
    outcome = sync(trial, sandbox, fresh, result, config=config)
    if outcome.exit_code != 0:
        result.problems.append(f"after a reset the sync failed: {outcome.errors[:1]}")
    result.problems += fresh.compare(trial.expected(sandbox.truth))
    result.outcomes.append("complete after a reset")
