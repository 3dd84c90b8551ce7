"""How long a sync goes without a record or a state, by the messages that it wrote."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from integration_tests.support import cli
from integration_tests.support.constants import BY_DAY, FAST, NOW, days_back, specific
from integration_tests.support.heartbeat import ALLOWED_SILENCE_SECONDS

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.configs import Login
    from integration_tests.support.cli import Outcome

SPEED = 500.0
"""The two hours that the platform waits are fourteen seconds."""
NOTHING = "Nothing could be read for 80 minutes"

DOWN = {"status": 503, "headers": {"Retry-After": "300"}}
FAULTS: dict[str, dict[str, Any]] = {
    "report-jobs/*": {"job": "never"},
    "report-jobs/datadownload/540": {"drip": 0.05, "big_rows": 5000},
    "skills/summary": DOWN,
    "/InContactAuthorizationServer/Token": DOWN,
}
"""For ever, each in the way of one of the syncs below."""


class Lasting(NamedTuple):
    """A sync in which something goes wrong for ever, and how it ends."""

    login: Login
    streams: tuple[str, ...]
    settings: dict[str, Any]
    said: str
    at_least_minutes: float


JOB = "custom_report_700101"
SYNCS = {
    "jobs that never end": Lasting(
        "access_key",
        (JOB, f"{JOB}_2", f"{JOB}_3"),
        {"custom_reports": ["700101"] * 3, "job_timeout_minutes": 37},
        "did not end within 37 minutes",
        37,  # and then a state: each stream leaves one at its end
    ),
    "files that drip": Lasting(
        "access_key", ("data_download_540",), {"data_downloads": ["540"]}, NOTHING, 90
    ),
    "503 with Retry-After": Lasting("access_key", ("skill_summaries",), {}, NOTHING, 80),
    "no sign-in": Lasting("application_user", ("contacts",), {}, NOTHING, 80),
}


def sync(sandbox: Sandbox, name: str) -> Outcome:
    what = SYNCS[name]
    settings = {**FAST, "num_workers": 2, **what.settings}
    config = sandbox.config(what.login, date=days_back(13), **settings)
    return cli.read(config, what.streams, "incremental", now=NOW, speed=SPEED)


def test_nothing_that_lasts_for_ever_silences_a_sync_for_longer_than_the_platform_waits(
    sandbox: Sandbox,
) -> None:
    for path, fault in FAULTS.items():
        sandbox.fault(path, fault, times=None)
    with ThreadPoolExecutor(len(SYNCS)) as threads:  # they sleep most of their time
        outcomes = dict(zip(SYNCS, threads.map(partial(sync, sandbox), SYNCS), strict=True))
    silences = {name: round(outcome.silence) for name, outcome in outcomes.items()}
    for name, outcome in outcomes.items():
        assert outcome.exit_code == 1
        assert outcome.silence >= SYNCS[name].at_least_minutes * 60, silences
        assert outcome.silence < ALLOWED_SILENCE_SECONDS, silences
        assert any(SYNCS[name].said in error["message"] for error in outcome.errors), name


def test_a_window_without_rows_is_a_sign_of_life_too(sandbox: Sandbox) -> None:
    """Or a year without contacts, read an hour at a time, would pass for a dead connector."""
    days = specific("2014-01-01", "2014-01-03")
    config = sandbox.config(date=days, report_interval="hour", data_downloads=["540"], **FAST)
    streams = (*cli.DATED, "data_download_540")
    outcome = cli.read(config, streams, "incremental", now=NOW)
    assert outcome.exit_code == 0, outcome.errors
    assert outcome.of_type("RECORD") == []
    for stream in streams:
        windows = 3 if stream in {*BY_DAY, "data_download_540"} else 72
        hours = [read_hours(state) for state in outcome.states[stream]]
        each = 72 // windows
        # One more at the end, which says that all was read.
        assert hours == [*range(each, 73, each), 72]


def read_hours(state: dict[str, Any]) -> float:
    """How many hours a state claims."""
    spans = (
        datetime.fromisoformat(piece["end"].replace("Z", "+00:00"))
        - datetime.fromisoformat(piece["start"].replace("Z", "+00:00"))
        for piece in state["slices"]
    )
    return sum(span.total_seconds() for span in spans) / 3600
