"""docs/assumptions.md and the code: each mark such as ``[A 7]`` has its row; no row is stale."""

from __future__ import annotations

import re
from pathlib import Path

import source_incontact

PACKAGE = Path(source_incontact.__file__).parent
FILES = [path for path in PACKAGE.rglob("*") if path.suffix in {".json", ".py", ".yaml"}]
CODE = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in sorted(FILES)
}
ROWS = re.findall(
    r"^\| (\d+) \|.*\| (.+) \|$",
    (PACKAGE.parent / "docs" / "assumptions.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)
"""Number of each row, and its last cell."""


def test_the_rows_are_numbered() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, len(ROWS) + 1))


def test_each_mark_names_a_row() -> None:
    marks = [
        (name, number)
        for name, text in CODE.items()
        for number in re.findall(r"\[A ?(\d*)\]", text)
    ]
    numbers = {number for number, _ in ROWS}
    assert marks
    assert [mark for mark in marks if mark[1] not in numbers] == []


def test_what_a_row_wants_changed_exists() -> None:
    code = "\n".join(CODE.values())
    named = {name for _, cell in ROWS for name in re.findall(r"`([\w./]+)`", cell)}
    words = {name: name.rpartition(".")[2] for name in named - CODE.keys()}
    assert [name for name, word in words.items() if not re.search(rf"\b{word}\b", code)] == []
