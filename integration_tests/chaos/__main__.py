"""Many trials, counted: ``make chaos``.

make chaos             as many as fit into four minutes, from seed 1 on; every kind of fault must
                       be met, and every place, for which it takes four minutes more if need be
make chaos SEEDS=20    that many of each sort
make chaos SEEDS=21-40 those of each sort
make chaos SEED=17     that one alone
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

from integration_tests.chaos.calendar import CHANGES, over_days
from integration_tests.chaos.faults import KINDS, PLACES, is_likely, plan
from integration_tests.chaos.rounds import under_faults, under_kills
from integration_tests.chaos.trial import Trial
from integration_tests.sandbox.client import Sandbox
from integration_tests.support.heartbeat import ALLOWED_SILENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from integration_tests.chaos.rounds import Result

_BUDGET_SECONDS = 240.0
_MORE_FAULTS = 4
"""Trials with faults that follow each round of a full run: there are more kinds than rounds."""
_FURTHER_SEEDS = range(1001, 3001)
SORTS = (("faults", under_faults), ("kills", under_kills), ("days", over_days))
"""The sorts of trials."""


def main() -> int:
    """Run the trials and print what was met; 1 if one went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=_range, help="how many trials of each sort, or which")
    parser.add_argument("--seed", type=int, help="the one to run")
    chosen = parser.parse_args()
    is_full = not (chosen.seed or chosen.seeds)
    results: list[Result] = []
    with Sandbox.start(ticking=False) as sandbox:
        for seed in _seeds(chosen, results):
            for name, sort in SORTS:
                result = sort(seed, sandbox)
                results.append(result)
                _tell(name, seed, result)
            for _ in range(_MORE_FAULTS if is_full else 0):
                more = _most_telling(results)
                result = under_faults(more, sandbox)
                results.append(result)
                _tell("faults", more, result)
    return sum_up(results, is_full=is_full)


def _most_telling(results: Sequence[Result]) -> int:
    """The seed, not used yet, whose faults are the most that were not met so far."""
    used, unmet = {result.trial.seed for result in results}, set(_unmet(results))

    def news(seed: int) -> int:
        trial = Trial(seed)
        first = [fault for fault in plan(trial) if is_likely(fault, trial)]
        return len(unmet & {word for fault in first for word in (fault.kind, fault.place)})

    return max((seed for seed in _FURTHER_SEEDS if seed not in used), key=news)


def _range(text: str) -> range:
    """``20`` is 1 to 20; ``21-40`` is 21 to 40."""
    first, dash, last = text.partition("-")
    return range(int(first), int(last) + 1) if dash else range(1, int(first) + 1)


def _seeds(chosen: argparse.Namespace, results: Sequence[Result]) -> Iterator[int]:
    """The seed or seeds that were chosen, or as many as it takes; the results grow meanwhile."""
    if chosen.seed or chosen.seeds:
        yield from [chosen.seed] if chosen.seed else chosen.seeds
        return
    begun = time.monotonic()
    for seed in count(1):
        yield seed
        spent = time.monotonic() - begun
        if spent > _BUDGET_SECONDS * (2 if _unmet(results) else 1):
            return


def _tell(name: str, seed: int, result: Result) -> None:
    sign = "FAIL" if result.problems else "ok  "
    told = Counter(result.outcomes)
    said = ", ".join(f"{what} ({times})" if times > 1 else what for what, times in told.items())
    trial = result.trial
    sys.stdout.write(
        f"{sign}  {name:<7} seed {seed:<4} {trial.sync_mode}, {trial.days} days by "
        f"{trial.interval}: {said}; {result.met.total()} faults met; silent for "
        f"{result.silence:.0f} s\n"
    )
    for problem in dict.fromkeys(result.problems):
        sys.stdout.write(f"      {problem}\n")
    if result.problems:
        sys.stdout.write(f"      again: make chaos SEED={seed}\n")
    sys.stdout.flush()


def sum_up(results: Sequence[Result], *, is_full: bool) -> int:
    """Print what was met; 1 if a trial went wrong, or if a full run met too little."""
    outcomes = Counter(outcome for result in results for outcome in result.outcomes)
    met, places = _met(results)
    for title, counts in (("faults met", met), ("where", places), ("syncs", outcomes)):
        sys.stdout.write(f"\n{title}: {counts.total()}\n")
        sys.stdout.writelines(f"  {times:>6}  {what}\n" for what, times in counts.most_common())
    longest = max((result.silence for result in results), default=0.0)
    sys.stdout.write(
        f"\nlongest silence: {longest:.0f} s of the {ALLOWED_SILENCE_SECONDS:.0f} s that the "
        "platform allows\n"
    )
    wrong = sum(bool(result.problems) for result in results)
    sys.stdout.write(f"\n{len(results)} trials, {wrong} went wrong.\n")
    unmet = _unmet(results)
    if is_full and unmet:
        sys.stdout.write(f"Never met, so nothing is shown of: {', '.join(unmet)}.\n")
    return 1 if wrong or (is_full and unmet) else 0


def _met(results: Iterable[Result]) -> tuple[Counter[str], Counter[str]]:
    """How often each kind of fault was met, and a fault at each place; also those never met."""
    kinds, places = Counter(dict.fromkeys((*KINDS, *CHANGES), 0)), Counter(dict.fromkeys(PLACES, 0))
    for result in results:
        kinds.update(result.met)
        places.update(result.places)
    return kinds, places


def _unmet(results: Iterable[Result]) -> list[str]:
    return [what for counts in _met(results) for what, times in counts.items() if not times]


if __name__ == "__main__":
    sys.exit(main())
