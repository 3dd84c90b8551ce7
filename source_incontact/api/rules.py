"""What is to be done with a response, by its status code: the response handler's table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from source_incontact.messages import files, reasons, reports, signing_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_incontact.messages.message import Message


class Action(Enum):
    """What to do with a response."""

    READ = "read its body"
    EMPTY = "it says that there are no rows"
    RENEW = "sign in anew, once, and repeat"
    RETRY = "wait and repeat"
    FAIL = "give up"


@dataclass(frozen=True)
class Rule:
    """A row of the table.

    Attributes:
        action: What to do.
        message: What to tell the person; ``None`` where there is nothing to tell.
    """

    action: Action
    message: Message | None = None


STATUS_RULES: Mapping[int, Rule] = {
    202: Rule(Action.RETRY, reasons.NOT_YET),
    204: Rule(Action.EMPTY),
    206: Rule(Action.RETRY, reasons.PART_ONLY),
    401: Rule(Action.RENEW, signing_in.STILL_REFUSED),
    403: Rule(Action.FAIL, reports.NO_PERMISSION),
    404: Rule(Action.FAIL, reports.UNKNOWN),
    407: Rule(Action.FAIL, signing_in.PROXY_REFUSES),
    408: Rule(Action.RETRY, reasons.API_TIMED_OUT),
    429: Rule(Action.RETRY, reasons.ONE_TOO_MANY),
}

# A business unit can be set up so that one user at a time may run a report [S]; the code is not
# public [A 23].
ALREADY_RUNNING = Rule(Action.RETRY, reasons.SOMEBODY_ELSE)

UNKNOWN_CUSTOM_REPORT = Rule(Action.FAIL, files.UNKNOWN_CUSTOM_REPORT)
UNKNOWN_DATA_DOWNLOAD = Rule(Action.FAIL, files.UNKNOWN_DATA_DOWNLOAD)

CLASS_RULES: Mapping[int, Rule] = {
    2: Rule(Action.READ),
    3: Rule(Action.FAIL, reports.REDIRECTED),
    4: Rule(Action.FAIL, reports.REJECTED),
    5: Rule(Action.RETRY, reasons.API_FAILED),
}


def rule_for(status: int) -> Rule:
    """The table's row for a status code; codes outside 200 to 599 are repeated."""
    return STATUS_RULES.get(status) or CLASS_RULES.get(status // 100) or CLASS_RULES[5]
