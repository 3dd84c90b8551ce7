"""What is wrong with a sync: rows behind a success, missing windows named behind a failure."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.chaos.destination import Destination, Rows
    from integration_tests.chaos.trial import Span
    from integration_tests.support.cli import Outcome

_REFUSED = re.compile("may not read|does not know|still refuses|redirects|was refused")
_NAMED = re.compile(r"(\S+), window (\S+) to (\S+): ")
_MORE = re.compile(r"and (\d+) more windows of (\w+)")
_MOST_NAMED = 10
"""Of a stream's failing windows."""


def check_sync(outcome: Outcome, destination: Destination, expected: dict[str, Rows]) -> list[str]:
    """What is wrong with a sync that began without a state, and that a destination took in."""
    problems: list[str] = []
    if outcome.exit_code == 0:
        problems += _surplus(outcome, expected)
    elif outcome.exit_code != 1:
        problems.append(f"the exit code is {outcome.exit_code}")
    for stream, rows in expected.items():
        if outcome.exit_code == 0 or outcome.statuses(stream)[-1:] == ["COMPLETE"]:
            problems += destination.compare({stream: rows})
        problems += _unnamed(outcome, destination, stream)
    if "unexpected " in outcome.text or "Traceback" in outcome.logs:
        problems.append("an error that was not foreseen")
    return problems


def _surplus(outcome: Outcome, expected: dict[str, Rows]) -> Iterator[str]:
    counts = Counter(body["stream"] for body in outcome.of_type("RECORD"))
    for stream, rows in expected.items():
        if counts[stream] != len(rows):
            yield f"{stream}: {counts[stream]} records for {len(rows)} rows"


def _unnamed(outcome: Outcome, destination: Destination, stream: str) -> list[str]:
    """What the errors of a stream say too little or too much."""
    said = [error["message"] for error in outcome.errors if error["stream"] == stream]
    is_complete = outcome.statuses(stream)[-1:] == ["COMPLETE"]
    if is_complete or outcome.exit_code == 0:
        return [] if is_complete and not said else [f"{stream}: its end and its errors disagree"]
    if not said or not all(message.startswith(stream) for message in said):
        return [f"{stream} is not complete, and no error says so"]
    return (
        _misnamed(outcome, destination, stream, said)
        if stream in destination.trial.windowed
        else []
    )


def _misnamed(
    outcome: Outcome, destination: Destination, stream: str, said: list[str]
) -> list[str]:
    """Where the windows that the errors name are not those that were not read to their end.

    A window that was read to its end has a state behind it, with rows or without; one that failed
    has none, even if all its rows came. So the last state tells the two apart, except for the
    windows that no state may claim yet: of them it is known that a row is missing, and from the
    number of the states, how many failed. Of very many failures the first are named, and the error
    that ends the sync counts the others.
    """
    named = Counter(_windows_in(said, stream))
    windows, claimed = set(destination.trial.windows(stream)), destination.claims(stream)
    unread = set(destination.trial.settled(stream)) - claimed | destination.lacking(stream)
    is_refused = any(_REFUSED.search(message) for message in said)
    if is_refused:  # which ends the stream at once: the windows behind are not asked for
        unread = set()
    counted = _counted(outcome, stream)
    unnamed = unread - set(named)
    if len(unnamed) <= counted and named.total() == _MOST_NAMED:
        unnamed = set()
    twice = {window for window, times in named.items() if times > 1}
    problems = [
        f"{stream}: {wrong}: {min(found)}"
        for wrong, found in (
            ("no error names a window that was not read", unnamed),
            ("an error names a window that was read", claimed & set(named)),
            ("an error names a window that there is not", set(named) - windows),
            ("two errors name the same window", twice),
        )
        if found
    ]
    # Each window that ends leaves a state, and the stream's end leaves one more.
    ended = len(outcome.states[stream]) - 1
    if not is_refused and ended + named.total() + counted != len(windows):
        problems.append(
            f"{stream}: of {len(windows)} windows {ended} ended, but {named.total()} are named"
        )
    return problems


def _counted(outcome: Outcome, stream: str) -> int:
    """How many failed windows the last error counts without naming them."""
    last = " ".join(error["message"] for error in outcome.errors if error["stream"] is None)
    return sum(int(count) for count, name in _MORE.findall(last) if name == stream)


def _windows_in(said: list[str], stream: str) -> Iterator[Span]:
    for message in said:
        found = _NAMED.match(message)
        yield (found[2], found[3]) if found and found[1] == stream else ("none", message)
