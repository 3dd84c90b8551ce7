"""The benchmarks run, each on next to nothing: what they measure is no test's business."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from integration_tests.bench import __main__ as bench
from integration_tests.bench import growth, rate, records, stages, windows

if TYPE_CHECKING:
    from pathlib import Path

    from integration_tests.sandbox.client import Sandbox

SECOND = rate.Case("5 a second", "moving", 1, 5, 1000)
BUCKET = rate.Case("a bucket of 5", "bucket", 1, 5, 1000)
MINUTE = rate.Case("300 a minute", "fixed", 60, 5, 10)
FREE = rate.Case("all", "moving", 1, None, 100, windows=2)


@pytest.mark.parametrize(
    ("case", "requests", "seconds"),
    [
        pytest.param(SECOND, 121, 24.0, id="moving"),
        pytest.param(BUCKET, 121, 23.2, id="bucket"),
        pytest.param(MINUTE, 300, 29.9, id="within a minute"),
        pytest.param(MINUTE, 301, 60.0, id="the next minute"),
        pytest.param(FREE, 101, 1.0, id="the form alone"),
    ],
)
def test_what_a_limit_allows_at_best_is_computed(
    case: rate.Case, requests: int, seconds: float
) -> None:
    assert case.at_best(requests) == pytest.approx(seconds, abs=0.01)


def test_the_sandbox_is_measured(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "DAYS", 1)
    sandbox.reset(ticking=False, now="2026-11-16T00:00:00Z", contacts_per_quarter=0.2)
    assert windows._serial(sandbox) > 0
    assert windows._floor(sandbox) > 0
    assert windows._connector(sandbox, [], windows.NO_LIMIT) > 0
    assert rate.line(sandbox, FREE)[:3] == ("all", 100, 2)
    sandbox.reset(ticking=False, now="2026-11-16T00:00:00Z")
    line = growth.read(sandbox, ["contacts"], 1)
    assert "| 1 |" in growth._growing("days", [(1, line), (2, line)])[0]


def test_records_and_their_stages_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "ROWS", 299)
    with records.replayed(tmp_path) as url:
        spent = stages.seconds(url, 1, tmp_path)
    assert set(spent) & set(stages.ORDER)
    lines = stages.said(spent).splitlines()
    assert [line.split(" | ")[0][2:] for line in lines[2:10]] == list(stages.ORDER)
    found = tmp_path / "records.json"
    found.write_text(json.dumps([{"contactId": 1}]), encoding="utf-8")
    assert records._null(found, 1) > 0


def test_figures_go_between_their_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- rate -->\nold\n<!-- /rate -->\nb\n", encoding="utf-8")
    bench._put(page, "rate", "new")
    assert page.read_text("utf-8") == "a\n<!-- rate -->\nnew\n<!-- /rate -->\nb\n"


@pytest.mark.parametrize("name", [*bench.PARTS, "machine"])
def test_the_documentation_has_a_place_for_every_part(name: str) -> None:
    assert f"<!-- {name} -->" in bench.PAGE.read_text("utf-8")
