"""Scripted faults: which requests they hit, how often, and what they do to the answer.

The first rule that matches and is due acts on a request, alone; so two rules that each act once
give two different failures in a row. What a rule does falls in three groups: it can stand in for
the API, bend what the API is asked or answers, or spoil the sending (see ``sending.py``).
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.answers import HTML_TYPE, JSON_TYPE, TEXT_TYPE, Answer, message
from integration_tests.sandbox.clock import parse_instant
from integration_tests.sandbox.draw import WORD_SPAN, draw

if TYPE_CHECKING:
    from integration_tests.sandbox.answers import Request

ACTIONS: dict[str, str] = {
    "status": "answer with this HTTP status instead; with optional headers, body, content_type",
    "headers": "add these headers to the answer",
    "body": "body that goes with status: text, or a JSON object",
    "content_type": "content type that goes with status",
    "html": "answer with this HTTP status and an HTML page",
    "redirect": "answer 302 to this URL",
    "echo": 'answer 400 with what was asked as `message`: its "body" or its "headers"',
    "expire_token": "true: answer 401 and kill the token that was sent",
    "empty": "true: answer 200 with no body and no Content-Length, then close",
    "reset": '"before": reset the connection without an answer; "body": after half of the body',
    "truncate": "send only so many bytes of the body that was promised, then close",
    "cut_json": "leave out the last n bytes of the body; valid HTTP, broken JSON",
    "delay": "wait so many seconds before answering",
    "drip": "send the body slowly: so many seconds per kilobyte",
    "drip_head": "send status line and headers slowly: so many seconds per byte",
    "zip": "send the body gzip-packed, with so many MiB of white space behind it",
    "zip_layers": "with zip: packed so many times, one around the other",
    "filled": "answer 200 with the JSON `head`, `fill` so many `times`, `tail`",
    "total": "totalRecords is wrong by this much",
    "no_total": "true: leave totalRecords out",
    "drop": "leave the last n rows out of the page; the total stays",
    "shift": "the page starts n rows later than asked, so rows fall between pages",
    "repeat": "true: give the rows of the page before",
    "shrink": "the page holds n rows at most, whatever was asked for",
    "leave": "further pages show a list whose first n rows have left meanwhile",
    "join": "the first page shows a list whose first n rows have not joined yet",
    "exchange": "true: the first row leaves and the last one joins behind the first page",
    "unordered": "true: changes do not come in the order of their updates",
    "no_envelope": "true: a JSON object without the envelope key",
    "extra_fields": "add these fields to every row",
    "no_rows": "true: the list of the page is empty; its count stays",
    "row": "overwrite these fields in every row",
    "field_envelope": "merge these fields into the top-level JSON object",
    "job": 'fate of the job a POST starts: "fail", "never", "no_file" (ends without a file) or '
    '"odd_state" (three polls of an unknown state first)',
    "result_url": "resultFileURL or URI says this",
    "file_404": "the first n fetches of the file answer 404",
    "break_base64": "true: an illegal character in the middle of the file's base64",
    "bad_padding": "true: the file's base64 ends in a group of one character",
    "cut_row": "true: the file ends within its last row",
    "no_bytes": "true: the file has no bytes",
    "extra_cells": "the third row of the file has n cells too many",
    "short_row": "true: the third row of the file lacks its last cell",
    "table": "the file has these rows, the first of which is its header",
    "big_rows": "the file has n made-up rows of 20 columns, about 150 bytes each",
}
"""Everything ``do`` may say."""
JOB_FATES = frozenset({"fail", "never", "no_file", "odd_state"})
_GATEWAY_PAGE = b"<!DOCTYPE html><html><body><h1>Service unavailable</h1></body></html>"
_RULE_FIELDS = frozenset({"match", "after", "times", "chance", "do"})
_MATCH_FIELDS = frozenset({"path", "method", "query", "further"})


@dataclass
class Rule:
    """One rule and its counters.

    Attributes:
        number: Place in the list of rules, from 1.
        path: Relative path to hit, in lower case, as ``is_path`` reads it.
        do: What happens, by the names of ``ACTIONS``.
        method: Only this verb; ``None`` for any.
        query: Query values that must all be present.
        further: Whether it hits only pages that are not asked from their first row.
        after: How many matches pass untouched first.
        times: How often it acts; ``None`` for always.
        chance: Probability that a due match is hit; ``None`` for always.
        matched: How many requests matched so far.
        fired: How often it acted so far.
        changed: How often that made the answer another one; a page that is asked from its first
            row, for one, cannot be given again.
    """

    number: int
    path: str
    do: dict[str, Any]
    method: str | None = None
    query: dict[str, str] = field(default_factory=dict)
    further: bool = False
    after: int = 0
    times: int | None = 1
    chance: float | None = None
    matched: int = 0
    fired: int = 0
    changed: int = 0

    @classmethod
    def parse(cls, number: int, text: dict[str, Any]) -> Rule:
        """A rule from its JSON form.

        Raises:
            ValueError: The rule says something the sandbox does not know.
        """
        match, do = text.get("match", {}), text.get("do") or {}
        query = match.get("query", {}) if isinstance(match, dict) else None
        if not do or not isinstance(do, dict) or not isinstance(query, dict):
            message = "a rule needs an object `do`; `match` and its `query` are objects"
            raise ValueError(message)
        unknown = set(text) - _RULE_FIELDS | set(match) - _MATCH_FIELDS | do.keys() - ACTIONS.keys()
        if unknown:
            message = f"a rule cannot say: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        if do.get("job", "fail") not in JOB_FATES:
            message = f"a rule cannot say: job {do['job']!r}"
            raise ValueError(message)
        return cls(
            number=number,
            path=str(match.get("path", "*")).lower(),
            do=do,
            method=match.get("method"),
            query={name: str(value) for name, value in query.items()},
            further=bool(match.get("further", False)),
            after=int(text.get("after", 0)),
            times=text.get("times", 1),
            chance=text.get("chance"),
        )

    def hits(self, method: str, path: str, query: dict[str, str]) -> bool:
        """Whether a request is one this rule speaks of."""
        return (
            is_path(self.path, path)
            and self.method in {None, method}
            and (not self.further or _is_further(query))
            and all(query.get(name) == value for name, value in self.query.items())
        )

    def as_json(self) -> dict[str, Any]:
        """The rule as a client wrote it, with its counters."""
        return {
            "match": {
                "path": self.path,
                "method": self.method,
                "query": self.query,
                "further": self.further,
            },
            "after": self.after,
            "times": self.times,
            "chance": self.chance,
            "do": self.do,
            "matched": self.matched,
            "fired": self.fired,
            "changed": self.changed,
        }


def _is_further(query: dict[str, str]) -> bool:
    """Whether a page is asked from a row number, or from a cursor within its window."""
    if "cursor" in query:
        return int(query["cursor"]) > parse_instant(query["beginningDate"])
    return query.get("skip", "0") != "0"


class Faults:
    """The rules of a sandbox; safe to share between threads."""

    def __init__(self, seed: int) -> None:
        """Start without rules; ``seed`` drives those that act by chance."""
        self._seed = seed
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def add(self, text: dict[str, Any]) -> None:
        """Add a rule; raises ``ValueError`` if it makes no sense."""
        with self._lock:
            self._rules.append(Rule.parse(len(self._rules) + 1, text))

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._rules.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """All rules with their counters."""
        with self._lock:
            return [rule.as_json() for rule in self._rules]

    def next_for(self, method: str, path: str, query: dict[str, str]) -> Rule | None:
        """The rule that acts on a request, if one does."""
        with self._lock:
            for rule in self._rules:
                if rule.hits(method, path, query):
                    rule.matched += 1
                    if self._is_due(rule):
                        rule.fired += 1
                        return rule
        return None

    def note_change(self, rule: Rule) -> None:
        """Say that a rule did not only act, but made the answer another one."""
        with self._lock:
            rule.changed += 1

    def _is_due(self, rule: Rule) -> bool:
        if rule.matched <= rule.after or (rule.times is not None and rule.fired >= rule.times):
            return False
        word = draw(self._seed, "fault", rule.number, rule.matched)[0]
        return rule.chance is None or word < rule.chance * WORD_SPAN


def is_path(pattern: str, path: str) -> bool:
    """Whether a path is meant: ``*`` means every one, a segment ``*`` any one segment."""
    if pattern == "*":
        return True
    wanted, given = pattern.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        want in {"*", part} for want, part in zip(wanted, given, strict=True)
    )


def stand_in(do: dict[str, Any]) -> Answer | None:
    """The answer a fault gives in the API's place, if it does."""
    if "status" in do:
        return _status(do)
    if "html" in do:
        return Answer(int(do["html"]), raw=_GATEWAY_PAGE, content_type=HTML_TYPE)
    if "redirect" in do:
        return Answer(302, content_type=None, headers={"Location": str(do["redirect"])})
    if "filled" in do:
        parts = do["filled"]
        text = parts["head"] + parts["fill"] * int(parts["times"]) + parts["tail"]
        return Answer(raw=text.encode())
    if do.get("expire_token"):
        return Answer(401, {"error": "invalid_token", "error_description": "The token has expired"})
    return Answer(200, content_type=None) if do.get("empty") else None


def echo(do: dict[str, Any], request: Request) -> Answer:
    """A careless server's refusal: it repeats what it was sent."""
    if do["echo"] == "body":
        return message(400, request.body.decode("utf-8", "replace"))
    return message(400, "; ".join(f"{name}: {value}" for name, value in request.headers.items()))


def _status(do: dict[str, Any]) -> Answer:
    status, body = int(do["status"]), do.get("body", "")
    if isinstance(body, str):
        default = TEXT_TYPE if body else None
        return Answer(status, raw=body.encode(), content_type=do.get("content_type", default))
    return Answer(status, body, content_type=do.get("content_type", JSON_TYPE))


def bend(do: dict[str, Any], answer: Answer) -> bool:
    """Change what the API answered, in place; answers that are no JSON object only get headers.

    Returns:
        Whether there was anything to change.
    """
    before = _outline(answer) if do else ""
    answer.headers.update({name: str(value) for name, value in do.get("headers", {}).items()})
    if isinstance(answer.payload, dict) and answer.payload:
        _bend_object(do, answer)
    return bool(do) and _outline(answer) != before


def _outline(answer: Answer) -> str:
    """What an answer says, its file aside."""
    return json.dumps([answer.headers, answer.payload], default=repr)


def _bend_object(do: dict[str, Any], answer: Answer) -> None:
    if do.get("no_envelope"):
        answer.payload = {"message": "The report is being prepared."}
    envelope = answer.payload.get("resultSet", answer.payload)
    key = next((name for name, value in envelope.items() if isinstance(value, list)), None)
    if key is not None:
        envelope[key] = _bent_rows(do, envelope[key])
    if "total" in do and "totalRecords" in envelope:
        envelope["totalRecords"] = max(0, envelope["totalRecords"] + int(do["total"]))
    if do.get("no_total"):
        envelope.pop("totalRecords", None)
    answer.payload.update(do.get("field_envelope", {}))


def _bent_rows(do: dict[str, Any], rows: list[Any]) -> list[Any]:
    dropped = len(rows) if do.get("no_rows") else int(do.get("drop", 0))
    kept = rows[: max(0, len(rows) - dropped)]
    changes = {**do.get("extra_fields", {}), **do.get("row", {})}
    return [{**row, **changes} if isinstance(row, dict) else row for row in kept]
