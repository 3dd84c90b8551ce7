"""The parts of the documentation that are written from the code: ``make catalog`` writes them.

A part stands between two marks, ``<!-- name -->`` and ``<!-- /name -->``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from integration_tests import bounds
from source_incontact.messages import entries, files, form, log, proof, reasons, reports, signing_in
from source_incontact.messages.message import messages_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

DOCS = Path(__file__).resolve().parents[1] / "docs"
TROUBLESHOOTING, LIMITS = DOCS / "troubleshooting.md", DOCS / "limits.md"
TOPICS: Mapping[str, ModuleType] = {
    "form": form,
    "entries": entries,
    "signing in": signing_in,
    "reports": reports,
    "files": files,
    "proof": proof,
    "reasons": reasons,
    "log": log,
}


def with_part(text: str, name: str, part: str) -> str:
    """A page with what stands between the marks of a part replaced.

    Raises:
        ValueError: The page has no such marks.
    """
    mark, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(mark)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        message = f"no place for '{name}'"
        raise ValueError(message)
    return pattern.sub(lambda _: f"{mark}\n{part}\n{end}", text)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    head = list(head)
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def troubleshooting() -> str:
    """The page of messages as it has to be: each by its beginning, with what to do."""
    text = TROUBLESHOOTING.read_text("utf-8")
    for name, module in TOPICS.items():
        rows = [(f"`{one.beginning}`", one.advice) for one in messages_of(module)]
        text = with_part(text, name, table(("message", "what to do, or what it means"), rows))
    return text


def limits() -> str:
    """The page of bounds as it has to be."""
    text = LIMITS.read_text("utf-8")
    head = ("what", "bound", "when it is reached")
    text = with_part(text, "bounds", table(head, bounds.every_bound()))
    text = with_part(text, "silence", bounds.silence())
    return with_part(text, "sums", table(("case", "longest"), bounds.sums()))


def main() -> None:
    """Write the pages."""
    TROUBLESHOOTING.write_text(troubleshooting(), encoding="utf-8")
    LIMITS.write_text(limits(), encoding="utf-8")


if __name__ == "__main__":
    main()
