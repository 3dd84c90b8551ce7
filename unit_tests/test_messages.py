"""The messages of the user's page are those of the code, and none of the code's is missing there.

Of a message that is put together, only what is written in the code is compared: ``...`` stands for
the rest, on the page too.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

import source_incontact
from source_incontact.context import SyncContext
from source_incontact.form import config
from source_incontact.form.date_selection import chosen_days
from unit_tests.forms import ABSENT, form, with_field

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(source_incontact.__file__).parent
PAGE = PACKAGE.parent / "docs" / "integrations" / "sources" / "incontact.md"
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))]

RAISED_WITH = {
    *("failure", "config_error", "transient_error"),
    *("BrokenTableError", "BrokenFileError", "EmptyFileError", "OtherLayoutError", "_retry"),
}
"""What is called with a message first. A judge's ``Rule`` has it second, and some have none."""
NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
FORM_MISTAKES: list[tuple[str, Any]] = [
    ("details.date", ABSENT),
    ("details.date.date_type", "last week"),
    ("details.date.start_date", "16.11.2026"),
    ("details.date.start_date", "2026-11-26"),
    ("details.date.start_date", "1999-12-31"),
    ("details.date.end_date", "2026-10-31"),
    ("num_workers", 1),
    ("lookback_days", 5000),
    ("credentials.username", ""),
    ("credentials.username", 5),
    ("credentials", "me"),
    ("details.data_downloads", "540"),
]
"""At least one for each sentence of ``config.py``, and one for each day that cannot be read."""


# --- the code ----------------------------------------------------------------------------------


def templates(node: ast.expr, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
    """What an expression may say; a name stands for all that its module assigns to it."""
    if isinstance(node, ast.Constant):
        yield re.sub(r"\{\w+\}", "...", str(node.value))
    elif isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "..." for part in node.values)
        yield "".join(map(str, parts))
    elif isinstance(node, ast.BinOp):
        yield from (f"{left}..." for left in templates(node.left, assigned))
    elif isinstance(node, ast.Name):
        for value in assigned[node.id]:
            yield from templates(value, {**assigned, node.id: []})


def messages_of(tree: ast.Module) -> Iterator[str]:
    """The messages of one module."""
    assigned: defaultdict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned[node.targets[0].id].append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = 0 if node.func.id in RAISED_WITH else 1 if node.func.id == "Rule" else None
            if place is not None and len(node.args) > place:
                for text in templates(node.args[place], assigned):
                    # Most begin with the stream, which the page says once.
                    yield text.removeprefix("...: ")


@cache
def form_messages() -> list[str]:
    """What is said of mistakes in the form, which is put together of too many parts to be read."""
    said = []
    for path, value in FORM_MISTAKES:
        with pytest.raises(AirbyteTracedException) as caught:
            chosen_days(SyncContext(with_field(form(), path, value)).settings.details, NOW)
        said.append(str(caught.value))
    return said


def fixed(text: str) -> str:
    """What is certain of a message."""
    return text.replace("...", "").strip(" .,:;'()")


RAISED = sorted({text for tree in TREES for text in messages_of(tree)})
# A message that begins with another one is that one, with something behind it.
MESSAGES = [text for text in RAISED if fixed(text) and not text.startswith(("....", "...\n"))]
STRINGS = [
    str(node.value)
    for tree in TREES
    for node in ast.walk(tree)
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
]


# --- the page ----------------------------------------------------------------------------------


def quotes(heading: str, column: int | None = None) -> list[str]:
    """What the table below a heading quotes, all of it or one column."""
    _, section = PAGE.read_text(encoding="utf-8").split(f"\n### {heading}\n", 1)
    rows = re.findall(r"^\|.*\|$", section.partition("\n##")[0], flags=re.MULTILINE)
    cells = (row.split("|")[1:-1] for row in rows)
    chosen = (" ".join(row if column is None else row[column : column + 1]) for row in cells)
    return [quote for cell in chosen for quote in re.findall(r"`([^`]+)`", cell)]


FORM_QUOTES = quotes("Messages about the form", 0)
QUOTES = [
    *FORM_QUOTES,
    *quotes("Messages about signing in", 0),
    *quotes("Messages about reports", 0),
    *(quote for quote in quotes("Reasons at the end of a message") if " " in quote),
]
BOUND_QUOTES = [quote for quote in quotes("Every bound", 2) if " " in quote]
LOG_QUOTES = quotes("Lines of the log", 0)


def pattern(text: str) -> str:
    return ".*".join(map(re.escape, text.split("...")))


def may_begin(message: str, quote: str) -> bool:
    """Whether a message may begin as it is quoted; ``...`` is anything, in both.

    A quote that says more than the code (``3 passes``) must agree with it behind the gap, too.
    """
    if re.match(pattern(quote), message):
        return True
    if not quote.startswith(message.partition("...")[0]):
        return False
    cuts = (message[:end] for end in range(1, len(message) + 1))
    return any(
        len(cut.rpartition("...")[2]) > 3 and re.fullmatch(pattern(cut), quote) for cut in cuts
    )


# --- both --------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_stands_in_the_page(message: str) -> None:
    assert [quote for quote in QUOTES if may_begin(message, quote)]


def test_each_mistake_in_the_form_stands_in_the_page() -> None:
    missing = [
        message
        for message in form_messages()
        if not any(re.match(pattern(quote), message) for quote in FORM_QUOTES)
    ]
    assert missing == []


def test_each_sentence_about_the_form_is_tried() -> None:
    tree = ast.parse(Path(config.__file__).read_text(encoding="utf-8"))
    (sentence,) = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "_sentence"
    )
    sentences = [node for node in ast.walk(sentence) if isinstance(node, ast.Return)]
    assert len(sentences) == 6, "a further sentence needs a mistake above that shows it"


@pytest.mark.parametrize("quote", sorted({quote.rstrip(". ") for quote in QUOTES + BOUND_QUOTES}))
def test_what_the_page_quotes_is_said(quote: str) -> None:
    assert (
        any(may_begin(message, quote) for message in MESSAGES)
        or any(re.match(pattern(quote), message) for message in form_messages())
        or any(text.startswith(quote) for text in STRINGS)
    )


@pytest.mark.parametrize("quote", LOG_QUOTES)
def test_what_the_page_quotes_of_the_log_is_written(quote: str) -> None:
    assert any(quote in text for text in STRINGS)


def test_there_is_something_to_compare() -> None:
    assert len(MESSAGES) > 40
    assert len(QUOTES) > 40
    assert len(BOUND_QUOTES) > 5
    assert len(LOG_QUOTES) > 10
