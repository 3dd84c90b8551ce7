"""What a handler of the API gets and may raise, and how it reads a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.answers import Answer, Request, refusal
from integration_tests.sandbox.clock import DAY_MS, HOUR_MS, QUARTER_MS, parse_instant

if TYPE_CHECKING:
    from integration_tests.sandbox.fields import Row
    from integration_tests.sandbox.state import State

LONGEST_WINDOW_MS = 30 * DAY_MS + HOUR_MS
"""30 days (A), and an hour for a clock that was put back."""


class Refused(Exception):  # noqa: N818 - an answer, no failure of ours
    """A request that is answered with an error."""

    def __init__(self, answer: Answer) -> None:
        """Carry the answer."""
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True)
class Call:
    """A request to the API: who asks is known, what for is to be answered.

    Attributes:
        request: The HTTP request.
        state: The sandbox.
        url: Root of the sandbox, without a slash at the end.
        version: API version, such as 30.
        fault: What a fault wants done, empty for nothing.
        effects: The actions of the fault that a handler took into account.
        item: What stands in place of the ``{..}`` of the route; empty if the route has none.
    """

    request: Request
    state: State
    url: str
    version: int
    fault: dict[str, Any]
    effects: set[str]
    item: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The decoded query."""
        return self.request.query

    def note(self, *actions: str) -> None:
        """Say that these actions change the answer, if the fault wants any of them."""
        self.effects.update(self.fault.keys() & set(actions))

    def chosen_fields(self, rows: list[Row]) -> list[Row]:
        """The rows with only the ``fields`` asked for, in any case; whole if none were (S)."""
        names = self.query.get("fields", "").lower().split(",")
        wanted = {name.strip() for name in names} - {""}
        if not wanted:
            return rows
        return [
            {name: value for name, value in row.items() if name.lower() in wanted} for row in rows
        ]


def instant(call: Call, name: str) -> int:
    """An instant of the query, in epoch milliseconds; what is none is refused."""
    try:
        return parse_instant(call.query.get(name, ""))
    except ValueError as error:
        reason = f"Invalid date: {error}".encode("ascii", "replace").decode()
        raise Refused(refusal(reason)) from error


def window(call: Call, *, quarter_hours: bool) -> tuple[int, int]:
    """The window asked for, in epoch milliseconds; refuses what the vendor refuses."""
    start, end = (instant(call, name) for name in ("startDate", "endDate"))
    if start >= end:
        raise Refused(refusal("startDate must be before endDate"))
    if end - start > LONGEST_WINDOW_MS:
        raise Refused(refusal("The date range cannot exceed 30 days", html=True))
    if quarter_hours and (start % QUARTER_MS or end % QUARTER_MS):
        raise Refused(refusal("startDate and endDate must use a quarter-hour boundary", html=True))
    return start, end
