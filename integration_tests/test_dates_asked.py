"""Every date choice, in four zones, asks for exactly the right instants and no others."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, days_back, specific, windows_asked

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

CHOICES: dict[str, tuple[dict[str, Any], int, int]] = {
    # name: the choice, then its first and last day as days back from the local today, 16 November
    "range_specific": (specific("2026-11-13", "2026-11-15"), 3, 1),
    "range_specific, open": (specific("2026-11-14"), 2, 0),
    "range_relative": (days_back(4, 2), 4, 2),
    "range_relative in words": (
        {"date_type": "range_relative", "start_days_back": "today-3", "end_days_back": "yesterday"},
        3,
        1,
    ),
    "offset": ({"date_type": "offset", "date_offset": 2}, 2, 0),
    "single_relative": ({"date_type": "single_relative", "days_back": "yesterday"}, 1, 1),
    "single_relative, today": ({"date_type": "single_relative", "days_back": "today"}, 0, 0),
    "single_specific": ({"date_type": "single_specific", "date": "2026-11-12"}, 4, 4),
}
# The local midnight that begins 16 November, and now, with the same local date in each zone.
ZONES = {
    "UTC": ("2026-11-16T00:00:00Z", "2026-11-16T09:44:30Z"),
    "America/Denver": ("2026-11-16T07:00:00Z", "2026-11-16T20:00:00Z"),
    "Australia/Sydney": ("2026-11-15T13:00:00Z", "2026-11-16T09:44:30Z"),
    "Asia/Kathmandu": ("2026-11-15T18:15:00Z", "2026-11-16T09:44:30Z"),
}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_asks_for_its_local_days(sandbox: Sandbox, zone: str, name: str) -> None:
    choice, first, last = CHOICES[name]
    midnight, now = (instant(text) for text in ZONES[zone])
    sandbox.set_clock(now)
    outcome = cli.read(
        sandbox.config(date=choice, time_zone=zone, **FAST), ["team_performance_totals"], now=now
    )
    assert outcome.exit_code == 0, outcome.errors
    quarter = now - timedelta(minutes=now.minute % 15, seconds=now.second)
    expected = [
        (
            wire(midnight - timedelta(days=back)),
            wire(min(midnight - timedelta(days=back - 1), quarter)),
        )
        for back in range(first, last - 1, -1)
    ]
    assert windows_asked(sandbox, "teams/performance-total") == expected


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        pytest.param(
            "America/Denver",
            "2026-03-08",
            ("2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z"),
            id="23 h",
        ),
        pytest.param(
            "America/Denver",
            "2026-11-01",
            ("2026-11-01T06:00:00Z", "2026-11-02T07:00:00Z"),
            id="25 h",
        ),
        pytest.param(
            "Australia/Sydney",
            "2026-10-04",
            ("2026-10-03T14:00:00Z", "2026-10-04T13:00:00Z"),
            id="23",
        ),
    ],
)
def test_a_day_on_which_the_clock_changes_is_asked_for_whole(
    sandbox: Sandbox, zone: str, day: str, expected: tuple[str, str]
) -> None:
    choice = {"date_type": "single_specific", "date": day}
    streams = ["team_performance_totals", "contacts"]
    cli.read(sandbox.config(date=choice, time_zone=zone, **FAST), streams, now=NOW)
    assert windows_asked(sandbox, "teams/performance-total") == [expected]
    assert windows_asked(sandbox, "contacts") == [expected]


def test_the_local_date_decides_what_today_is(sandbox: Sandbox) -> None:
    just_after_midnight_utc = datetime(2026, 11, 16, 0, 20, tzinfo=timezone.utc)
    sandbox.set_clock(just_after_midnight_utc)
    choice = {"date_type": "single_relative", "days_back": "today"}
    config = sandbox.config(date=choice, time_zone="America/Denver", **FAST)
    cli.read(config, ["skill_summaries"], now=just_after_midnight_utc)
    assert windows_asked(sandbox, "skills/summary") == [
        ("2026-11-15T07:00:00Z", "2026-11-16T00:15:00Z")
    ]


def test_before_the_first_quarter_hour_today_has_no_window_and_the_log_says_so(
    sandbox: Sandbox,
) -> None:
    early = datetime(2026, 11, 16, 0, 14, 59, tzinfo=timezone.utc)
    choice = {"date_type": "single_relative", "days_back": "today"}
    outcome = cli.read(sandbox.config(date=choice, **FAST), ["contacts"], now=early)
    assert outcome.exit_code == 0
    assert sandbox.requests() == []
    assert "nothing to read" in outcome.logs
    assert outcome.statuses("contacts") == ["STARTED", "COMPLETE"]
