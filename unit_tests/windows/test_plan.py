"""What a stream remembers: never an instant that was not read, never less than it was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from source_incontact.windows.days import (
    DaySpan,
    day_span,
    day_start,
    local_day,
    next_day,
)
from source_incontact.windows.grid import Interval, Window
from source_incontact.windows.plan import SETTLE_TIME, Plan, make_plan
from source_incontact.windows.state import Coverage, StreamState
from unit_tests.windows.november import DAY, HOUR, NOV_1, UTC, at


def plan_for(
    start: date | int,
    end: date | int | None,
    began: datetime,
    saved: StreamState | None = None,
    *,
    interval: Interval = Interval.DAY,
    lookback_days: int = 1,
    incremental: bool = True,
    zone: ZoneInfo = UTC,
) -> Plan:
    return make_plan(
        days=day_span(start, end, local_day(began, zone)),
        interval=interval,
        zone=zone,
        began=began,
        saved=saved or StreamState(),
        lookback_days=lookback_days,
        incremental=incremental,
    )


def run(plan: Plan, *, fail: frozenset[datetime] = frozenset()) -> StreamState:
    """The state after a sync in which the windows that begin at ``fail`` could not be read."""
    state = plan.state
    for one in plan.windows:
        if one.start not in fail:
            state = plan.remember(state, one)
    return state if fail & {one.start for one in plan.windows} else plan.complete(state)


def starts(plan: Plan) -> list[int]:
    """The days of November on which the plan's windows begin (negative: before it)."""
    return [(one.start - NOV_1).days + 1 for one in plan.windows]


# --- plans -------------------------------------------------------------------------------------


def test_a_first_incremental_sync_reads_the_chosen_days() -> None:
    assert starts(plan_for(7, 0, at("2026-11-16T06:00:00Z"))) == list(range(9, 17))


def test_the_next_morning_reads_what_is_new_and_what_was_young() -> None:
    first = plan_for(7, 0, at("2026-11-16T06:00:00Z"))
    second = plan_for(7, 0, at("2026-11-17T06:00:00Z"), run(first))
    # The 15th had ended 6 hours before the first sync began: younger than the lookback of a day.
    assert starts(second) == [15, 16, 17]


def test_a_longer_lookback_reads_again_outside_the_choice_but_never_before_it_began() -> None:
    first = plan_for(1, 1, at("2026-11-16T06:00:00Z"), lookback_days=3)
    second = plan_for(1, 1, at("2026-11-17T06:00:00Z"), run(first), lookback_days=3)
    assert starts(first) == [15]
    assert starts(second) == [15, 16]
    third = plan_for(1, 1, at("2026-11-18T06:00:00Z"), run(second), lookback_days=3)
    assert starts(third) == [15, 16, 17]


def test_a_connection_that_slept_skips_nothing() -> None:
    first = plan_for(2, 0, at("2026-11-05T06:00:00Z"))
    later = plan_for(2, 0, at("2026-11-16T06:00:00Z"), run(first))
    assert starts(later) == list(range(4, 17))


def test_a_window_that_failed_long_ago_is_still_owed() -> None:
    first = plan_for(3, 0, at("2026-11-05T06:00:00Z"))
    broken = run(first, fail=frozenset({at("2026-11-02T00:00:00Z")}))
    later = plan_for(3, 0, at("2026-11-16T06:00:00Z"), broken)
    assert starts(later) == [2, *range(5, 17)]


def test_what_a_broken_first_attempt_read_young_is_read_again_by_the_next_sync() -> None:
    began = at("2026-11-16T06:00:00Z")
    failed = run(plan_for(5, 0, began), fail=frozenset({at("2026-11-12T00:00:00Z")}))
    resumed = run(plan_for(5, 0, began + 2 * DAY, failed))
    assert starts(plan_for(5, 0, began + 3 * DAY, resumed)) == [15, 16, 17, 18, 19]


def test_a_retried_attempt_reads_only_the_failed_window_and_the_young_ones() -> None:
    began = at("2026-11-16T06:00:00Z")
    failed = run(plan_for(5, 0, began), fail=frozenset({at("2026-11-12T00:00:00Z")}))
    assert starts(plan_for(5, 0, began + HOUR, failed)) == [12, 16]


def test_a_past_choice_is_read_until_it_is_older_than_the_lookback_and_then_never_again() -> None:
    days = (date(2026, 11, 1), date(2026, 11, 3))
    first = plan_for(*days, at("2026-11-04T06:00:00Z"))
    second = plan_for(*days, at("2026-11-05T06:00:00Z"), run(first))
    third = plan_for(*days, at("2026-11-06T06:00:00Z"), run(second))
    assert starts(first) == [1, 2, 3]
    assert starts(second) == [3]
    assert starts(third) == []


def test_a_specific_choice_never_reads_outside_its_days() -> None:
    moving = run(plan_for(3, 0, at("2026-11-05T06:00:00Z")))
    fixed = plan_for(date(2026, 11, 8), date(2026, 11, 9), at("2026-11-16T06:00:00Z"), moving)
    assert starts(fixed) == [8, 9]
    # What the moving choice owed is remembered, should the user go back to it.
    back = plan_for(3, 0, at("2026-11-16T06:00:00Z"), run(fixed))
    assert starts(back)[0] == 4  # the 4th was six hours old when it was read


def test_windows_that_ended_less_than_half_an_hour_ago_are_read_but_not_remembered() -> None:
    early = plan_for(1, 0, at("2026-11-16T00:29:59Z"), lookback_days=0)
    assert run(early).coverage.spans == ()
    late = plan_for(1, 0, at("2026-11-16T00:30:00Z"), lookback_days=0)
    assert run(late).coverage.spans == ((at("2026-11-15T00:00:00Z"), at("2026-11-16T00:00:00Z")),)


def test_full_refresh_reads_the_whole_choice_every_time() -> None:
    began = at("2026-11-16T06:00:00Z")
    done = run(plan_for(7, 0, began, incremental=False))
    again = plan_for(7, 0, began + DAY, done, incremental=False)
    assert starts(again) == list(range(10, 18))


def test_a_resumed_full_refresh_reads_only_what_is_missing() -> None:
    began = at("2026-11-16T06:00:00Z")
    broken = run(
        plan_for(7, 0, began, incremental=False), fail=frozenset({at("2026-11-10T00:00:00Z")})
    )
    resumed = plan_for(7, 0, began + HOUR, broken, incremental=False)
    assert starts(resumed) == [10, 16]


def test_a_range_keeps_its_own_row_when_earlier_days_are_owed() -> None:
    first = plan_for(2, 0, at("2026-11-05T06:00:00Z"), interval=Interval.RANGE)
    later = plan_for(2, 0, at("2026-11-16T06:00:00Z"), run(first), interval=Interval.RANGE)
    assert [(str(one.start.date()), str(one.end.date())) for one in later.windows] == [
        ("2026-11-04", "2026-11-14"),
        ("2026-11-14", "2026-11-16"),
    ]


def test_a_nightly_range_asks_for_nothing_but_the_choice() -> None:
    state = StreamState()
    for morning in range(5):
        plan = plan_for(
            7, 0, at("2026-11-10T06:00:00Z") + morning * DAY, state, interval=Interval.RANGE
        )
        assert len(list(plan.windows)) == 1
        state = run(plan)


def test_a_range_counts_as_read_only_if_that_very_range_was() -> None:
    days = (40, 10)
    first = plan_for(*days, at("2026-11-16T06:00:00Z"), interval=Interval.RANGE)
    second = plan_for(*days, at("2026-11-17T06:00:00Z"), run(first), interval=Interval.RANGE)
    assert [one.start for one in second.windows] == [one.start + DAY for one in first.windows]
    assert len(run(second).coverage.spans) == len(list(second.windows))


def test_a_narrower_range_is_a_row_of_its_own() -> None:
    began = at("2026-11-16T06:00:00Z")
    wide = plan_for(date(2026, 11, 1), date(2026, 11, 10), began, interval=Interval.RANGE)
    narrow = plan_for(
        date(2026, 11, 1), date(2026, 11, 5), began, run(wide), interval=Interval.RANGE
    )
    assert len(list(narrow.windows)) == 1


@pytest.mark.parametrize(
    ("interval", "zone"),
    [(Interval.HOUR, "UTC"), (Interval.RANGE, "UTC"), (Interval.DAY, "America/Denver")],
)
def test_rows_of_another_interval_or_zone_count_for_nothing(interval: Interval, zone: str) -> None:
    began = at("2026-11-16T06:00:00Z")
    days = (date(2026, 11, 1), date(2026, 11, 3))
    read_by_day = run(plan_for(*days, began))
    again = plan_for(*days, began, read_by_day, interval=interval, zone=ZoneInfo(zone))
    fresh = plan_for(*days, began, interval=interval, zone=ZoneInfo(zone))
    assert any("read anew" in note for note in again.notes)
    assert list(again.windows) == list(fresh.windows)


def test_contacts_do_not_belong_to_windows_so_another_zone_reads_only_the_edges() -> None:
    began = at("2026-11-16T06:00:00Z")

    def plan(zone: str, saved: StreamState) -> Plan:
        return make_plan(
            days=day_span(date(2026, 11, 1), date(2026, 11, 5), local_day(began, ZoneInfo(zone))),
            interval=Interval.DAY,
            zone=ZoneInfo(zone),
            began=began,
            saved=saved,
            lookback_days=0,
            incremental=True,
            keyed_by_window=False,
        )

    assert starts(plan("America/Denver", run(plan("UTC", StreamState())))) == [5]


def test_incremental_after_a_full_refresh_of_a_moving_choice_skips_no_day() -> None:
    full = plan_for(2, 0, at("2026-11-05T06:00:00Z"), incremental=False)
    later = plan_for(2, 0, at("2026-11-16T06:00:00Z"), run(full))
    assert starts(later) == list(range(4, 17))


# --- any history -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sync:
    """One sync of a history: when after the one before, which windows fail, where it is killed."""

    after: timedelta
    failing: frozenset[int]
    order: int
    killed_after: int | None


SYNCS = st.builds(
    Sync,
    after=st.timedeltas(timedelta(minutes=5), timedelta(days=4)),
    failing=st.frozensets(st.integers(0, 12), max_size=3),
    order=st.integers(0, 2**16),
    killed_after=st.none() | st.integers(0, 12),
)
CHOICES = st.one_of(
    st.tuples(st.integers(0, 6), st.just(0)),
    st.integers(0, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    st.tuples(st.dates(date(2026, 10, 25), date(2026, 11, 1)), st.none()),
    st.tuples(st.just(date(2026, 10, 25)), st.dates(date(2026, 10, 25), date(2026, 11, 1))),
)


# Without shrinking: a failure is printed whole, and shrinking such histories takes minutes.
@settings(max_examples=200, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    choice=CHOICES,
    interval=st.sampled_from(Interval),
    zone=st.sampled_from(["UTC", "America/Denver", "Asia/Kathmandu"]).map(ZoneInfo),
    lookback_days=st.integers(0, 3),
    syncs=st.lists(SYNCS, min_size=1, max_size=5),
)
def test_no_history_of_failures_and_kills_claims_or_skips_an_unread_instant(
    choice: tuple[date | int, date | int | None],
    interval: Interval,
    zone: ZoneInfo,
    lookback_days: int,
    syncs: list[Sync],
) -> None:
    began = datetime(2026, 11, 1, 20, tzinfo=timezone.utc)
    state = StreamState()
    read: dict[Window, datetime] = {}  # whole windows, and when each was last read
    owed_from: datetime | None = None
    days = day_span(*choice, local_day(began, zone))
    for sync in [*syncs, *2 * [Sync(timedelta(hours=2), frozenset(), 0, None)]]:
        began += sync.after
        days = day_span(*choice, local_day(began, zone))
        plan = plan_for(
            *choice, began, state, interval=interval, lookback_days=lookback_days, zone=zone
        )
        before, state = state, plan.state
        ranked = sorted(plan.windows, key=lambda one: hash((one.start, sync.order)))
        finished = [one for i, one in enumerate(ranked) if i not in sync.failing]
        for one in finished[: sync.killed_after]:
            state = plan.remember(state, one)
            if not one.cut_off:
                read[one] = began
        whole = sync.killed_after is None and len(finished) == len(ranked)
        state = plan.complete(state) if whole else state
        kept = whole or sync.killed_after != 0
        # A sync that was killed before its first checkpoint leaves the state before it.
        state = StreamState.parse(state.dump("startDate", plan.origin)) if kept else before
        _assert_nothing_unread_is_claimed(state, read)
        if kept and owed_from is None:
            owed_from = day_start(days.first, zone)
    # The last two syncs failed in nothing: all that was owed has been read, and read late enough.
    _assert_nothing_owed_is_unread(
        read, owed_from or day_start(days.first, zone), days, zone, began, lookback_days, interval
    )


def _assert_nothing_unread_is_claimed(state: StreamState, read: dict[Window, datetime]) -> None:
    settled = Coverage.of(
        (one.start, one.end) for one, when in read.items() if one.end <= when - SETTLE_TIME
    )
    for start, end in state.coverage.spans:
        assert settled.covers(Window(start, end))


def _assert_nothing_owed_is_unread(
    read: dict[Window, datetime],
    owed_from: datetime,
    days: DaySpan,
    zone: ZoneInfo,
    began: datetime,
    lookback_days: int,
    interval: Interval,
) -> None:
    everything = Coverage.of((one.start, one.end) for one in read)
    last = min(day_start(next_day(days.last), zone), day_start(local_day(began, zone), zone))
    first = owed_from if days.moving else day_start(days.first, zone)
    if interval is Interval.RANGE:
        return  # its windows overlap from day to day; the examples above say what is read
    if first < last:
        assert everything.covers(Window(first, last))
    for one in read:
        if one.start >= first:
            latest = max(
                when for other, when in read.items() if other.start <= one.start < other.end
            )
            assert latest >= min(one.end + lookback_days * DAY, began), one


# --- days that leave the choice for a while -----------------------------------------------------


def test_a_young_day_that_was_left_out_meanwhile_is_read_again() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 15)
    state = run(plan_for(first, last, at("2026-11-16T00:40:00Z")))  # the 15th is 40 minutes old
    state = run(plan_for(first, date(2026, 11, 5), at("2026-11-20T06:00:00Z"), state))
    again = plan_for(first, date(2026, 11, 20), at("2026-11-21T06:00:00Z"), state)
    assert starts(again) == [15, 16, 17, 18, 19, 20]


SPANS = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted)


@given(st.lists(SPANS, min_size=2, max_size=6), st.integers(0, 3), st.data())
def test_days_that_come_and_go_with_the_choice_are_each_read_late_enough(
    spans: list[list[int]], lookback_days: int, data: st.DataObject
) -> None:
    state, began = StreamState(), NOV_1 + 5 * DAY
    read: dict[datetime, datetime] = {}
    for first, last in [*spans, spans[-1]]:
        began += data.draw(st.timedeltas(timedelta(hours=1), timedelta(days=4)))
        days = [(NOV_1 + number * DAY).date() for number in (first, last)]
        if days[0] > began.date():
            continue
        plan = plan_for(
            days[0], min(days[1], began.date()), began, state, lookback_days=lookback_days
        )
        state = run(plan)
        read |= {one.start: began for one in plan.windows if not one.cut_off}
    for number in range(spans[-1][0], spans[-1][1] + 1):
        start = NOV_1 + number * DAY
        if start + DAY <= began - SETTLE_TIME:
            assert read[start] >= min(start + DAY + lookback_days * DAY, began)


def test_the_windows_of_another_report_count_for_nothing() -> None:
    def plan(report: str, saved: StreamState) -> Plan:
        return make_plan(
            days=day_span(date(2026, 11, 1), date(2026, 11, 3), date(2026, 11, 9)),
            interval=Interval.DAY,
            zone=UTC,
            began=at("2026-11-09T06:00:00Z"),
            saved=saved,
            lookback_days=1,
            incremental=True,
            report=report,
        )

    state = run(plan("report 状態履歴", StreamState()))
    assert not list(plan("report 状態履歴", state).windows)
    other = plan("report 通話明細", state)
    assert any("read anew" in note for note in other.notes)
    assert starts(other) == [1, 2, 3]
