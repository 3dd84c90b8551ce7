"""What a survey finds, and what it can look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from source_incontact.survey.tenant import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_incontact.survey.tenant import Tenant


class Verdict(Enum):
    """What is known of an assumption after a look."""

    HOLDS = "holds"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


Seen = tuple[Verdict, str]
"""A verdict and what was seen, in words and shapes: never a value that belongs to a customer."""


def holds(seen: str) -> Seen:
    """The tenant is as assumed."""
    return Verdict.HOLDS, seen


def differs(seen: str) -> Seen:
    """The tenant is otherwise."""
    return Verdict.DIFFERS, seen


def unknown(reason: str) -> Seen:
    """It cannot be told."""
    return Verdict.UNKNOWN, reason


def either(condition: bool, good: str, bad: str) -> Seen:  # noqa: FBT001 - the verdict itself
    """What was seen where a condition tells."""
    return holds(good) if condition else differs(bad)


@dataclass(frozen=True)
class Probe:
    """A look at one assumption.

    Attributes:
        number: Its row in docs/assumptions.md.
        about: The assumption in a few words.
        look: Asks the tenant.
        consequence: What it means for the data if it differs, and what to do.
    """

    number: int
    about: str
    look: Callable[[Tenant], Seen]
    consequence: str


@dataclass(frozen=True)
class Finding:
    """What came of a look.

    Attributes:
        probe: The look.
        verdict: What is known now.
        observed: What was seen, or why nothing was.
    """

    probe: Probe
    verdict: Verdict
    observed: str


def look_at(probe: Probe, tenant: Tenant) -> Finding:
    """A finding; what cannot be asked is said."""
    try:
        return Finding(probe, *probe.look(tenant))
    except UnreadableError as error:
        return Finding(probe, Verdict.UNKNOWN, str(error))
