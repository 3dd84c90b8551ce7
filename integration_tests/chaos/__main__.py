"""Many trials, counted: ``make chaos``.

make chaos             as many as fit into four minutes, from seed 1 on
make chaos SEEDS=20    that many of each sort
make chaos SEED=17     that one alone
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

from integration_tests.beats import ALLOWED_SILENCE_SECONDS
from integration_tests.chaos.rounds import under_faults, under_kills
from integration_tests.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.chaos.rounds import Verdict

_BUDGET_SECONDS = 240.0


def main() -> int:
    """Run the trials and print what was met; 1 if one went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, help="how many trials of each sort")
    parser.add_argument("--seed", type=int, help="the one to run")
    chosen = parser.parse_args()
    deadline = time.monotonic() + _BUDGET_SECONDS
    seeds: Iterable[int] = [chosen.seed] if chosen.seed else count(1)
    verdicts: dict[str, list[Verdict]] = {"faults": [], "kills": []}
    with Sandbox.start(ticking=False) as sandbox:
        for seed in seeds:
            for name, sort in (("faults", under_faults), ("kills", under_kills)):
                verdict = sort(seed, sandbox)
                verdicts[name].append(verdict)
                _tell(name, seed, verdict)
            if seed == chosen.seeds or (not chosen.seeds and time.monotonic() > deadline):
                break
    return _sum_up(verdicts)


def _tell(name: str, seed: int, verdict: Verdict) -> None:
    sign = "FAIL" if verdict.problems else "ok  "
    told = Counter(verdict.outcomes)
    said = ", ".join(f"{what} ({times})" if times > 1 else what for what, times in told.items())
    trial = verdict.trial
    sys.stdout.write(
        f"{sign}  {name:<7} seed {seed:<4} {trial.sync_mode}, {trial.days} days by "
        f"{trial.interval}: {said}; {verdict.met.total()} faults met; silent for "
        f"{verdict.silence:.0f} s\n"
    )
    for problem in dict.fromkeys(verdict.problems):
        sys.stdout.write(f"      {problem}\n")
    if verdict.problems:
        sys.stdout.write(f"      again: make chaos SEED={seed}\n")
    sys.stdout.flush()


def _sum_up(verdicts: dict[str, list[Verdict]]) -> int:
    everything = [verdict for group in verdicts.values() for verdict in group]
    met: Counter[str] = sum((verdict.met for verdict in everything), Counter())
    outcomes = Counter(outcome for verdict in everything for outcome in verdict.outcomes)
    for title, counts in (("faults met", met), ("syncs", outcomes)):
        sys.stdout.write(f"\n{title}: {counts.total()}\n")
        sys.stdout.writelines(f"  {times:>6}  {what}\n" for what, times in counts.most_common())
    longest = max((verdict.silence for verdict in everything), default=0.0)
    sys.stdout.write(
        f"\nlongest silence: {longest:.0f} s of the {ALLOWED_SILENCE_SECONDS:.0f} s that the "
        "platform allows\n"
    )
    wrong = sum(bool(verdict.problems) for verdict in everything)
    sys.stdout.write(f"\n{len(everything)} trials, {wrong} went wrong.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
