"""A survey as text for people, and as JSON that can be attached to an issue."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from source_incontact.survey.findings import Finding

VERSION = 1
"""Of the JSON; a later one may add keys."""
_WIDTH = 100
_INDENT = " " * 14


@dataclass(frozen=True)
class Survey:
    """All that was found.

    Attributes:
        findings: One for each assumption that can be looked at.
        tenant: Facts of the tenant, by name.
        streams: What each stream answers.
    """

    findings: Sequence[Finding]
    tenant: Mapping[str, Any]
    streams: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The documented form; see docs/survey.md."""
        return {
            "version": VERSION,
            "assumptions": [_as_json(finding) for finding in self.findings],
            "tenant": dict(self.tenant),
            "streams": {name: dict(seen) for name, seen in self.streams.items()},
        }

    def lines(self) -> Iterator[str]:
        """The same for people, at most 100 columns wide."""
        verdicts = Counter(finding.verdict.value for finding in self.findings)
        told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
        yield f"Assumptions: {told}"
        for finding in self.findings:
            number, verdict = finding.probe.number, finding.verdict.value
            yield from _wrapped(
                f"{number:>4} {verdict:<8} {finding.probe.about}: {finding.observed}"
            )
            if verdict == "differs":
                yield from _wrapped(f"{_INDENT}{finding.probe.consequence}")
        yield ""
        yield "Tenant"
        for name, value in self.tenant.items():
            yield from _wrapped(f"     {name.replace('_', ' ')}: {_told(value)}")
        yield ""
        yield "Streams"
        for name, seen in self.streams.items():
            yield from _wrapped(f"     {name}: {_of_stream(seen)}")


def _as_json(finding: Finding) -> dict[str, Any]:
    told = {
        "number": finding.probe.number,
        "verdict": finding.verdict.value,
        "about": finding.probe.about,
        "observed": finding.observed,
    }
    if finding.verdict.value == "differs":
        told["consequence"] = finding.probe.consequence
    return told


def _of_stream(seen: Mapping[str, Any]) -> str:
    kinds = [kind for kind in ("unknown", "missing") if seen.get(kind)]
    fields = [f"{kind} fields {', '.join(seen[kind])}" for kind in kinds]
    return "; ".join([str(seen["answers"]), *fields])


def _told(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items()) or "none"
    return str(value)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=_INDENT, drop_whitespace=True) or [""]
