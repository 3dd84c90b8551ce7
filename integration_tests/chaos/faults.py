"""The faults that a trial throws: what, where, how often, drawn from its seed.

Left out is what no client could notice: rows that are missing where the API gives no count, cells
of a file that differ, an answer that is another report's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integration_tests import streams
from integration_tests.sandbox.endpoints import ENDPOINTS
from integration_tests.sandbox.services import SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integration_tests.chaos.trial import Trial
    from integration_tests.sandbox.configs import Login

FURTHER_PATHS = {streams.BY_NAME[name].path: name for name in streams.FURTHER}
"""Paths of the further streams; a trial asks some of them."""
COUNTED: tuple[str, ...] = ("agents", "campaigns", "skills", "teams", "contacts")
COUNTED += tuple(one.path for one in ENDPOINTS if one.counts)
"""Pages with a count."""
UNCOUNTED: tuple[str, ...] = ("agents/performance", "teams/performance-total", "skills/summary")
UNCOUNTED += (*(one.path for one in ENDPOINTS if not one.counts), SEGMENTS)
"""Responses without one."""
OVERLAPPING = (*COUNTED, SEGMENTS)
"""Pages that begin with a row of the page before, so that none is empty but the first."""
JOBS = ("report-jobs/*", "reports")
FILES = ("files", "report-jobs/datadownload/*")
OPENID, CXONE = "/.well-known/openid-configuration", "/.well-known/cxone-configuration"
LOGIN_PATHS: dict[Login, Sequence[str]] = {
    "application_user": ("/InContactAuthorizationServer/Token",),
    "access_key": ("/authentication/v1/token/access-key", CXONE),
    "client_access_key": (OPENID, "/auth/token", CXONE),
}
"""What each login asks before the API itself: sign-in and discovery."""
SIGN_IN = tuple(dict.fromkeys(path for paths in LOGIN_PATHS.values() for path in paths))
EVERYWHERE = (*COUNTED, *UNCOUNTED, *JOBS, *FILES, *SIGN_IN)
LISTED = (*COUNTED, *UNCOUNTED)
JSON = (*COUNTED, *UNCOUNTED, *JOBS)
START_JOB = ("report-jobs/700101",)
ONCE = (*SIGN_IN, *START_JOB, "reports")
"""What a sync asks once if all goes well."""

MANY: tuple[str, ...] = (
    "contacts",
    "contacts/completed",
    "contacts/state-history",
    "agents/state-history",
)
MANY += ("agents", SEGMENTS)
"""Where a small world has more rows than a page of a few."""
_FEW = 15
"""Rows of a page that are so few."""

Fault = dict[str, Any]
FURTHER = "further"
"""In a fault: it hits no first page. An empty first page may be the truth; no client can tell."""
WORDS: Fault = {"field_envelope": {"error": "busy", "error_description": "The report is not ready"}}

KINDS: dict[str, tuple[Fault, Sequence[str]]] = {
    "429": ({"status": 429}, EVERYWHERE),
    "429 with Retry-After": ({"status": 429, "headers": {"Retry-After": "7"}}, EVERYWHERE),
    "500": ({"status": 500, "body": {"message": "internal"}}, EVERYWHERE),
    "502": ({"status": 502}, EVERYWHERE),
    "503 with Retry-After": ({"status": 503, "headers": {"Retry-After": "9"}}, EVERYWHERE),
    "504": ({"status": 504}, EVERYWHERE),
    "408": ({"status": 408}, EVERYWHERE),
    "reset before the answer": ({"reset": "before"}, EVERYWHERE),
    "reset inside the body": ({"reset": "body"}, EVERYWHERE),
    "body shorter than promised": ({"truncate": 90}, EVERYWHERE),
    "web page with 200": ({"html": 200}, EVERYWHERE),
    "web page with 502": ({"html": 502}, EVERYWHERE),
    "401": ({"status": 401}, (*JSON, *FILES)),
    "token dies": ({"expire_token": True}, (*JSON, *FILES)),
    "drip past the deadline": ({"drip": 0.8}, (*JSON, *FILES)),
    "drip past the time-out": ({"drip": 3}, (*JSON, *FILES)),
    "silence past the time-out": ({"delay": 2}, EVERYWHERE),
    "JSON cut off": ({"cut_json": 15}, (*JSON, *FILES, *SIGN_IN)),
    "empty body": ({"empty": True}, (*JSON, *SIGN_IN)),
    "no list in the answer": ({"no_envelope": True}, LISTED),
    "errorMessage with 200": ({"field_envelope": {"errorMessage": "try later"}}, (*JSON, *FILES)),
    "page lacks rows": ({"drop": 2}, COUNTED),
    "page is shifted": ({"shift": 3}, COUNTED),
    "page is repeated": ({"repeat": True}, COUNTED),
    "page is shorter": ({"shrink": 3}, COUNTED),
    "rows leave between pages": ({"leave": 2}, COUNTED),
    "rows join between pages": ({"join": 2}, COUNTED),
    "a row leaves, another joins": ({"exchange": True}, COUNTED),
    "count too high": ({"total": 5}, COUNTED),
    "count too low": ({"total": -5}, COUNTED),
    "empty page between full ones": ({"no_rows": True, FURTHER: True}, OVERLAPPING),
    "204 between full pages": ({"status": 204, FURTHER: True}, OVERLAPPING),
    "no rows and a count of zero": ({"no_rows": True, "total": -(10**9), FURTHER: True}, COUNTED),
    "empty page without a count": ({"no_rows": True, "no_total": True, FURTHER: True}, COUNTED),
    "count vanishes": ({"drop": 2, "no_total": True, FURTHER: True}, COUNTED),
    "words beside an empty list": ({"no_rows": True, "total": -(10**9), **WORDS}, LISTED),
    "words beside a null list": ({"no_envelope": True, **WORDS}, LISTED),
    "failing statusCode with 200": (
        {"no_rows": True, "field_envelope": {"statusCode": 500}},
        LISTED,
    ),
    "file ends within a row": ({"cut_row": True}, ("files", "report-jobs/datadownload/*")),
    "file has no bytes": ({"no_bytes": True}, ("files",)),
    "base64 broken": ({"break_base64": True}, FILES),
    "base64 ends early": ({"bad_padding": True}, FILES),
    "file comes late": ({"file_404": 3}, ("files",)),
    "file never comes": ({"file_404": 99}, ("files",)),
    "job fails": ({"job": "fail"}, START_JOB),
    "job never ends": ({"job": "never"}, START_JOB),
    "job leaves no file": ({"job": "no_file"}, START_JOB),
    "job in an unknown state": ({"job": "odd_state"}, START_JOB),
}

PLACES = tuple(dict.fromkeys(path for _, paths in KINDS.values() for path in paths))
"""Where faults are thrown."""

_SLOW = {"drip", "delay"}
_SWIFT_KINDS = tuple(kind for kind, (fault, _) in KINDS.items() if not _SLOW & fault.keys())
_FEWEST, _MOST = 4, 14
_BY_TURNS = 3
"""So many kinds of a trial are not drawn but have their turn, and act at once: in the end, all."""

_SELDOM = (FURTHER_PATHS, SIGN_IN)
"""Where the first and the second fault of a trial lie in wait, if their kinds can lie anywhere: no
other trial may ask there. Kinds of pages keep to where there are many."""


@dataclass(frozen=True)
class Planned:
    """A fault that a trial throws.

    Attributes:
        kind: Its name in `KINDS`.
        place: The path it lies in wait at.
        by_turn: Whether it acts at the first request there.
        options: When and how often it acts, in the words of the sandbox.
    """

    kind: str
    place: str
    by_turn: bool
    options: dict[str, Any]

    @property
    def is_slow(self) -> bool:
        """Whether it makes the server slow, which takes real time."""
        return bool(_SLOW & KINDS[self.kind][0].keys())

    @property
    def action(self) -> Fault:
        """What it does to a response."""
        fault, _ = KINDS[self.kind]
        return {action: value for action, value in fault.items() if action != FURTHER}


def is_likely(fault: Planned, trial: Trial) -> bool:
    """Whether a trial will meet a fault: one of further pages needs a place that has some."""
    has_pages = trial.world["top_cap"] <= _FEW and fault.place in MANY
    return fault.by_turn and (has_pages or not fault.options["further"])


def plan(trial: Trial) -> list[Planned]:
    """The faults of a trial, in the order in which a sandbox gets them."""
    dice = trial.draw("faults")
    names = list(KINDS)
    planned = []
    for number in range(dice.randint(_FEWEST, _MOST)):
        by_turn = number < _BY_TURNS
        # Far apart, for kinds that stand together lie in wait at the same places.
        turn = (trial.seed + number * (len(names) // _BY_TURNS)) % len(names)
        kind = names[turn] if by_turn else dice.choice(_SWIFT_KINDS)
        fault, paths = KINDS[kind]
        asked = [path for path in paths if _is_asked(path, trial)]
        wanted = _SELDOM[number] if number < len(_SELDOM) and paths is EVERYWHERE else ()
        seldom = [path for path in asked if path in wanted]
        place = dice.choice(seldom or asked)
        times = dice.choice([1, 1, 2, 3, 8, None])
        chance = dice.choice([None, 0.5, 0.2]) if times is not None else dice.choice([0.2, 0.6])
        after = dice.choice([0, 0, 1, 3, 9])
        if place in ONCE:
            after = 0
        if by_turn:
            times, chance, after = times or 8, None, 0
        options = {"times": times, "chance": chance, "after": after, "further": FURTHER in fault}
        planned.append(Planned(kind, place, by_turn, options))
    return planned


def _is_asked(path: str, trial: Trial) -> bool:
    """Whether a trial asks there: each knows its own sign-in and streams alone."""
    if path in FURTHER_PATHS:
        return FURTHER_PATHS[path] in trial.streams
    return path in LOGIN_PATHS[trial.login] or path not in SIGN_IN
