"""The window grid: it tiles the chosen days without gap or overlap, whatever the zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.windows.days import day_start, floor_quarter, next_day, to_wire
from source_incontact.windows.grid import MAX_DAYS, Interval, Window, cut

ZONE_NAMES = (
    "UTC",
    "America/Denver",
    "Australia/Sydney",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
    "Pacific/Apia",
)
FAR_FUTURE = datetime(2040, 1, 1, tzinfo=timezone.utc)


def wire(windows: list[Window]) -> list[tuple[str, str]]:
    return [(to_wire(window.start), to_wire(window.end)) for window in windows]


def test_days_in_denver_over_the_spring_change() -> None:
    windows = cut(
        date(2026, 3, 7), date(2026, 3, 9), Interval.DAY, ZoneInfo("America/Denver"), FAR_FUTURE
    )
    assert wire(list(windows)) == [
        ("2026-03-07T07:00:00Z", "2026-03-08T07:00:00Z"),
        ("2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z"),
        ("2026-03-09T06:00:00Z", "2026-03-10T06:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 8), 23, id="spring"),
        pytest.param(date(2026, 11, 1), 25, id="autumn"),
        pytest.param(date(2026, 6, 1), 24, id="plain"),
    ],
)
def test_a_day_by_the_hour_has_as_many_windows_as_the_clock_has_hours(
    day: date, hours: int
) -> None:
    windows = list(cut(day, day, Interval.HOUR, ZoneInfo("America/Denver"), FAR_FUTURE))
    assert len(windows) == hours


def test_a_range_of_65_days_is_split_at_30_local_days() -> None:
    zone = ZoneInfo("America/Denver")
    first = date(2026, 3, 1)
    windows = list(cut(first, first + timedelta(days=64), Interval.RANGE, zone, FAR_FUTURE))
    starts = [first, first + timedelta(days=30), first + timedelta(days=60)]
    assert [window.start for window in windows] == [day_start(day, zone) for day in starts]
    assert windows[-1].end == day_start(first + timedelta(days=65), zone)


def test_the_last_window_is_cut_off_at_the_quarter_hour_before_now() -> None:
    now = datetime(2026, 11, 16, 9, 44, 59, tzinfo=timezone.utc)
    windows = list(cut(date(2026, 11, 15), date(2026, 11, 16), Interval.DAY, ZoneInfo("UTC"), now))
    assert [window.cut_off for window in windows] == [False, True]
    assert to_wire(windows[-1].end) == "2026-11-16T09:30:00Z"


def test_today_has_no_window_before_its_first_quarter_hour_has_passed() -> None:
    now = datetime(2026, 11, 16, 0, 14, 59, tzinfo=timezone.utc)
    today = date(2026, 11, 16)
    assert list(cut(today, today, Interval.DAY, ZoneInfo("UTC"), now)) == []


@given(
    first=st.dates(date(2001, 1, 1), date(2036, 1, 1)),
    length=st.integers(1, 100),
    zone=st.sampled_from(ZONE_NAMES).map(ZoneInfo),
    interval=st.sampled_from(Interval),
    until_now=st.timedeltas(timedelta(0), timedelta(days=120)),
)
def test_windows_tile_the_choice_up_to_now_without_gap_or_overlap(
    first: date, length: int, zone: ZoneInfo, interval: Interval, until_now: timedelta
) -> None:
    last = first + timedelta(days=length - 1)
    start, natural_end = day_start(first, zone), day_start(next_day(last), zone)
    now = start + until_now
    windows = list(cut(first, last, interval, zone, now))

    end = max(start, min(natural_end, floor_quarter(now)))
    edges = [window.start for window in windows] + [end]
    assert [window.end for window in windows] == edges[1:]
    assert (windows[0].start if windows else end) == start
    for window in windows:
        assert window.start < window.end
        assert floor_quarter(window.start) == window.start
        assert floor_quarter(window.end) == window.end
        assert window.end - window.start <= timedelta(days=MAX_DAYS, hours=1)
    assert not any(window.cut_off for window in windows[:-1])
