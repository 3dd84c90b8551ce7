"""What is to be done with an answer, by its status code: the response handler's table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from airbyte_cdk.models import FailureType

from source_incontact.labels import form_field

if TYPE_CHECKING:
    from collections.abc import Mapping


class Action(Enum):
    """What to do with an answer."""

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
        text: What to tell the person: ``{report}``, ``{permission}``, ``{status}``, ``{words}``.
        failure: Whom a failure concerns: the user, time, or the connector.
    """

    action: Action
    text: str = ""
    failure: FailureType = FailureType.transient_error


_CONFIG, _OURS = FailureType.config_error, FailureType.system_error

STATUS_RULES: Mapping[int, Rule] = {
    202: Rule(Action.RETRY, "the API has accepted the request but not answered it yet (202)"),
    204: Rule(Action.EMPTY),
    206: Rule(Action.RETRY, "the API sent a part of its answer only (206)"),
    401: Rule(
        Action.RENEW,
        "The API still refuses {report} right after a new sign-in (401{words}). Check that the "
        f"account in {form_field('credentials')} is active and may use the reporting API.",
        _CONFIG,
    ),
    403: Rule(
        Action.FAIL,
        "The account may not read {report} (403{words}). Give its role in inContact this "
        "permission: {permission}; or take it out of {chosen_in}.",
        _CONFIG,
    ),
    404: Rule(
        Action.FAIL,
        f"The API does not know {{report}} (404{{words}}). Check {form_field('api_version')}; 30.0 "
        "is the default.",
        _CONFIG,
    ),
    407: Rule(
        Action.FAIL,
        "The proxy in the environment variable HTTPS_PROXY (or HTTP_PROXY) wants a user and a "
        "password (407). Write them into it, before the name of the proxy.",
        _CONFIG,
    ),
    408: Rule(Action.RETRY, "the API timed out (408{words})"),
    429: Rule(Action.RETRY, "the API refused the request as one too many (429{words})"),
}

ALREADY_RUNNING = Rule(
    # A business unit can be set up so that one user at a time may run a report [S]; the code
    # is not public [A 23].
    Action.RETRY,
    "somebody else is running this report (409{words})",
)

UNKNOWN_CUSTOM_REPORT = Rule(
    Action.FAIL,
    "NICE does not know {report} (404{words}). Check its name or number in the field "
    f"{form_field('details.custom_reports')}, and {form_field('api_version')}; 30.0 is the "
    "default. If it is a data download, enter its number in "
    f"{form_field('details.data_downloads')} instead.",
    _CONFIG,
)
UNKNOWN_DATA_DOWNLOAD = Rule(
    Action.FAIL,
    "NICE does not know {report} (404{words}). Check its number in the field "
    f"{form_field('details.data_downloads')}, and {form_field('api_version')}; 30.0 is the "
    f"default. If it is a custom report, enter it in {form_field('details.custom_reports')} "
    "instead.",
    _CONFIG,
)

CLASS_RULES: Mapping[int, Rule] = {
    2: Rule(Action.READ),
    3: Rule(
        Action.FAIL,
        "The API redirects {report} elsewhere ({status}). Redirects are not followed, so that the "
        f"token stays where it belongs. Check {form_field('api_host')} and "
        f"{form_field('api_version')}.",
        _CONFIG,
    ),
    4: Rule(Action.FAIL, "The API refuses the request for {report} ({status}{words}).", _OURS),
    5: Rule(Action.RETRY, "the API failed ({status}{words})"),
}


def rule_for(status: int) -> Rule:
    """The table's row for a status code; codes outside 200 to 599 are repeated."""
    return STATUS_RULES.get(status) or CLASS_RULES.get(status // 100) or CLASS_RULES[5]
