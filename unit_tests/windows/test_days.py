"""Date arithmetic: choices on a given day, and the instants at which local days begin."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.windows.days import (
    EARLIEST_DAY,
    QUARTER_HOUR,
    DayOutOfRangeError,
    DaySpan,
    day_span,
    day_start,
    floor_quarter,
    from_wire,
    local_day,
    next_day,
    to_moment,
    to_wire,
)

TODAY = date(2026, 11, 16)
ZONES = sorted(name for name in available_timezones() if not name.startswith(("Etc/", "SystemV")))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(
            7, 0, DaySpan(date(2026, 11, 9), TODAY, moving=True, days_back=7), id="offset 7"
        ),
        pytest.param(
            10,
            5,
            DaySpan(date(2026, 11, 6), date(2026, 11, 11), moving=True, days_back=10),
            id="10..5",
        ),
        pytest.param(
            1,
            1,
            DaySpan(date(2026, 11, 15), date(2026, 11, 15), moving=True, days_back=1),
            id="single",
        ),
        pytest.param(
            date(2026, 11, 1), None, DaySpan(date(2026, 11, 1), TODAY, moving=True), id="open range"
        ),
        pytest.param(
            date(2026, 11, 1),
            date(2026, 11, 3),
            DaySpan(date(2026, 11, 1), date(2026, 11, 3), moving=False),
            id="specific range",
        ),
        pytest.param(TODAY, TODAY, DaySpan(TODAY, TODAY, moving=False), id="today itself"),
        pytest.param(
            TODAY,
            date(2027, 12, 31),
            DaySpan(TODAY, TODAY, moving=False),
            id="an end in the future is today",
        ),
    ],
)
def test_a_choice_covers_its_days_with_both_ends(
    start: date | int, end: date | int | None, expected: DaySpan
) -> None:
    assert day_span(start, end, TODAY) == expected


@pytest.mark.parametrize(
    ("start", "end", "bound", "words"),
    [
        pytest.param(date(2026, 11, 17), None, "start", "future", id="future start"),
        pytest.param(
            date(2026, 11, 3), date(2026, 11, 1), "start", "after the last day", id="reversed"
        ),
        pytest.param(3, 5, "start", "after the last day", id="days back reversed"),
        pytest.param(date(226, 11, 1), None, "start", "before 2000", id="slip in the year"),
        pytest.param(10**9, 0, "start", "beyond 2000", id="absurd days back"),
    ],
)
def test_a_choice_without_readable_days_says_which_side_is_wrong(
    start: date | int, end: date | int | None, bound: str, words: str
) -> None:
    with pytest.raises(DayOutOfRangeError) as caught:
        day_span(start, end, TODAY)
    assert caught.value.bound == bound
    assert words in caught.value.reason


@pytest.mark.parametrize(
    ("zone", "day", "starts", "hours"),
    [
        pytest.param("UTC", date(2026, 3, 8), "2026-03-08T00:00:00Z", 24, id="UTC"),
        pytest.param("America/Denver", date(2026, 3, 8), "2026-03-08T07:00:00Z", 23, id="spring"),
        pytest.param("America/Denver", date(2026, 11, 1), "2026-11-01T06:00:00Z", 25, id="autumn"),
        pytest.param("Australia/Sydney", date(2026, 4, 5), "2026-04-04T13:00:00Z", 25, id="Sydney"),
        pytest.param("Asia/Kathmandu", date(2026, 3, 8), "2026-03-07T18:15:00Z", 24, id="+05:45"),
        pytest.param(
            "Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00:00Z", 24.5, id="30min"
        ),
        pytest.param(
            "Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00:00Z", 23, id="no midnight"
        ),
        pytest.param(
            "America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00Z", 25, id="two midnights"
        ),
        pytest.param(
            "Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00Z", 0, id="no such day"
        ),
    ],
)
def test_a_day_begins_at_its_first_instant_and_lasts_as_long_as_the_clock_says(
    zone: str, day: date, starts: str, hours: float
) -> None:
    start = day_start(day, ZoneInfo(zone))
    assert to_wire(start) == starts
    assert day_start(next_day(day), ZoneInfo(zone)) - start == timedelta(hours=hours)


@given(
    st.dates(EARLIEST_DAY, date(2037, 12, 30)),
    st.sampled_from(ZONES),
)
def test_in_every_zone_days_meet_on_quarter_hours(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    start, end = day_start(day, zone), day_start(next_day(day), zone)
    assert floor_quarter(start) == start
    assert timedelta(0) <= end - start <= timedelta(hours=26)
    if start < end:
        assert local_day(start, zone) == day
        assert local_day(end - timedelta(seconds=1), zone) == day
        assert local_day(start - timedelta(seconds=1), zone) < day


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001 - made aware below
def test_the_quarter_hour_is_never_ahead_of_now(naive: datetime) -> None:
    now = naive.replace(tzinfo=timezone.utc)
    floored = floor_quarter(now)
    assert timedelta(0) <= now - floored < QUARTER_HOUR
    assert floored.minute % 15 == floored.second == floored.microsecond == 0


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001 - made aware below
def test_the_wire_form_is_read_back(naive: datetime) -> None:
    instant = naive.replace(tzinfo=timezone.utc, microsecond=0)
    assert from_wire(to_wire(instant)) == instant
    assert to_wire(instant).endswith("Z")


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-14T10:00:00Z", "2026-11-14T10:00:00+00:00"),
        ("2026-11-14T10:00:00.123456789Z", "2026-11-14T10:00:00.123456+00:00"),
        ("2026-11-14T10:00:00.5+0100", "2026-11-14T09:00:00.500000+00:00"),
        ("2026-11-14T10:00:00-07:00", "2026-11-14T17:00:00+00:00"),
        (1_794_650_400_000, "2026-11-14T10:00:00+00:00"),
        (1_794_650_400, "2026-11-14T10:00:00+00:00"),
        ("2026-11-14T10:00:00", None),
        ("9999-12-31T23:59:59-01:00", None),
        ("", None),
        (None, None),
        (True, None),
        ({}, None),
    ],
)
def test_an_instant_of_the_api_needs_a_zone(value: object, moment: str | None) -> None:
    found = to_moment(value)
    assert (found and found.isoformat()) == moment
