"""The saved state of a stream: what it covers, and how it is written and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.windows.state import Coverage, StreamState
from unit_tests.windows.november import DAY, HOUR, NOV_1, window

# --- coverage ----------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12))
def test_coverage_is_the_union_of_its_windows_in_any_order(pieces: list[tuple[int, int]]) -> None:
    coverage = Coverage()
    hours: set[int] = set()
    for start, length in pieces:
        coverage = coverage.add(window(start, start + length))
        hours |= set(range(start, start + length))
    for hour in range(82):
        assert coverage.covers(window(hour, hour + 1)) == (hour in hours)
        gap = next(later for later in range(hour, 200) if later not in hours)
        assert coverage.first_gap(NOV_1 + hour * HOUR) == NOV_1 + gap * HOUR
    edges = [edge for span in coverage.spans for edge in span]
    assert edges == sorted(set(edges))


# --- saved form --------------------------------------------------------------------------------


def test_the_saved_form_is_read_back_and_carries_the_low_water_mark() -> None:
    state = StreamState(
        Coverage.of([(NOV_1, NOV_1 + 2 * DAY), (NOV_1 + 3 * DAY, NOV_1 + 4 * DAY)], exact=True),
        grid="day, UTC",
        since=NOV_1,
        completed_at=NOV_1 + 5 * DAY,
    )
    saved = state.dump("startDate", NOV_1)
    assert saved == {
        "state_type": "date-range",
        "slices": [
            {"start": "2026-11-01T00:00:00Z", "end": "2026-11-03T00:00:00Z"},
            {"start": "2026-11-04T00:00:00Z", "end": "2026-11-05T00:00:00Z"},
        ],
        "grid": "day, UTC",
        "since": "2026-11-01T00:00:00Z",
        "completed_at": "2026-11-06T00:00:00Z",
        "startDate": "2026-11-03T00:00:00Z",
    }
    assert StreamState.parse(saved) == state


@pytest.mark.parametrize(
    "saved",
    [
        pytest.param({"slices": "none"}, id="text for slices"),
        pytest.param({"startDate": "2026-11-01T00:00:00Z"}, id="somebody else's cursor"),
        pytest.param({"slices": [{"start": "yesterday", "end": "today"}]}, id="no instants"),
        pytest.param({"slices": [], "completed_at": 7}, id="number for an instant"),
        pytest.param({"slices": [], "since": "0999-01-01T00:00:00Z"}, id="absurd year"),
    ],
)
def test_a_foreign_state_is_refused(saved: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="readable"):
        StreamState.parse(saved)
