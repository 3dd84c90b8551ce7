"""Lists that change while their pages are read: read again until they add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, PATHS, plain, specific, true_rows

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

ONE_DAY = specific("2026-11-12", "2026-11-12")
WINDOW = ("2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z")
PAGES = 3
"""The last of them is not full; so many requests are one whole pass."""

MOVING = [
    pytest.param({"leave": 2}, id="rows leave"),
    pytest.param({"join": 2}, id="rows join"),
    pytest.param({"exchange": True}, id="a row leaves, another joins"),
    pytest.param({"shrink": 3}, id="pages grow shorter"),
]


@pytest.mark.parametrize("fault", MOVING)
@pytest.mark.parametrize("stream", ["agents", "contacts"])
def test_a_list_that_changes_while_it_is_read_comes_whole(
    sandbox: Sandbox, stream: str, fault: dict[str, Any]
) -> None:
    windows = [WINDOW] if stream in PATHS else []
    wanted = true_rows(sandbox.truth, stream, windows)
    sandbox.reset(now=NOW, ticking=False, top_cap=len(wanted) // PAGES + 1)
    sandbox.fault(stream, fault, times=PAGES)
    outcome = cli.read(sandbox.config(date=ONE_DAY, **FAST), [stream], now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert plain(outcome.records(stream)) == wanted
    assert sandbox.faults()[0]["changed"] >= 1
