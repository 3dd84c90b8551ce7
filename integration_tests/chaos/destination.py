"""A destination as careful as Airbyte's: it keeps records once the state behind them has come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integration_tests.chaos.trial import Key, Span, bare, key_of
from integration_tests.support.cli import saved_state

if TYPE_CHECKING:
    from integration_tests.chaos.trial import Trial
    from integration_tests.sandbox.truth import Truth
    from integration_tests.support.cli import Outcome, Record

Rows = dict[Key, "Record"]


@dataclass
class Destination:
    """Tables that are upserted by key, and the last state of each stream.

    Attributes:
        tables: Rows that were committed, by stream and key.
        states: The last state of each stream.
        problems: What should never have come, in words.
    """

    trial: Trial
    truth: Truth
    tables: dict[str, Rows] = field(default_factory=lambda: defaultdict(dict))
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Know the truth, window by window."""
        self._look()

    def look_again(self, trial: Trial, truth: Truth) -> None:
        """Time has passed: the truth is another one."""
        self.trial, self.truth = trial, truth
        self._look()

    def _look(self) -> None:
        self._looked_at: dict[str, set[Span]] = defaultdict(set)
        self._windows: dict[str, dict[Span, Rows]] = {
            stream: {
                window: self.trial.rows_of_window(self.truth, stream, window)
                for window in self.trial.windows(stream)
            }
            for stream in self.trial.windowed
        }

    @property
    def saved(self) -> list[dict[str, Any]] | None:
        """The states in the form that ``--state`` takes."""
        return saved_state(self.states) if self.states else None

    def take(self, outcome: Outcome) -> None:
        """Take in the messages of a sync, in order; what no state followed is forgotten."""
        # A stream that was read completely is read from its start again, or from the lookback.
        claimed = {
            stream: self.claims(stream)
            for stream in self.trial.windowed
            if not self.states.get(stream, {}).get("completed_at")
        }
        pending: dict[str, Rows] = defaultdict(dict)
        for message in outcome.messages:
            if message["type"] == "RECORD":
                stream, data = message["record"]["stream"], message["record"]["data"]
                key = key_of(stream, data)
                pending[stream][key] = bare(stream, data)
                self._look_for_repeats(stream, key, claimed)
            elif message["type"] == "STATE":
                stream = message["state"]["stream"]["stream_descriptor"]["name"]
                self.tables[stream].update(pending.pop(stream, {}))
                self.states[stream] = message["state"]["stream"]["stream_state"]
                if stream in self.trial.windowed:
                    self._look_for_lies(stream)

    def compare(self, expected: dict[str, Rows]) -> list[str]:
        """How the tables differ from what they must hold, in words."""
        problems = []
        for stream, wanted in expected.items():
            table = self.tables[stream]
            missing = wanted.keys() - table.keys()
            odd = [
                key
                for key, row in table.items()
                if wanted.get(key) != row and not self.trial.comes_by_change(stream, row)
            ]
            if missing or odd:
                problems.append(
                    f"{stream}: {len(missing)} rows missing, {len(odd)} odd, such as "
                    f"{min(map(str, [*missing, *odd]))}"
                )
        return problems

    def claims(self, stream: str) -> set[Span]:
        """The windows that the state says were read."""
        slices = self.states.get(stream, {}).get("slices", [])
        return {
            (start, end)
            for start, end in self._windows[stream]
            if any(piece["start"] <= start and end <= piece["end"] for piece in slices)
        }

    def lacking(self, stream: str) -> set[Span]:
        """The windows of which at least one row has not come."""
        table = self.tables[stream]
        return {
            window
            for window, wanted in self._windows[stream].items()
            if any(table.get(key) != row for key, row in wanted.items())
        }

    def _look_for_lies(self, stream: str) -> None:
        for window in self.claims(stream) - self._looked_at[stream]:
            self._looked_at[stream].add(window)
            wanted = self._windows[stream][window]
            lacking = [key for key, row in wanted.items() if self.tables[stream].get(key) != row]
            if lacking:
                self.problems.append(
                    f"{stream}: the state claims {window[0]}, but {len(lacking)} rows did not come"
                )

    def _look_for_repeats(self, stream: str, key: Key, claimed: dict[str, set[Span]]) -> None:
        """No row comes from a window that the state of the start claims."""
        for window in claimed.get(stream, ()):
            if key in self._windows[stream][window]:
                self.problems.append(f"{stream}: {window[0]} was read again, although claimed")
