"""Names of streams and columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.names import slug, unique_names


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param("540", "540", id="number"),
        pytest.param("Weekly Queue Overview", "weekly_queue_overview", id="words"),
        pytest.param("Überblick: Woche 1", "uberblick_woche_1", id="accents"),
        pytest.param("ﬁnal ①", "final_1", id="compatible forms"),
        pytest.param("a__b  c", "a_b_c", id="runs"),
        pytest.param("東京", "_", id="nothing Latin"),
    ],
)
def test_a_slug_is_lower_case_ascii_with_single_underscores(entry: str, expected: str) -> None:
    assert slug(entry) == expected


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "b"]), max_size=8))
def test_names_are_unique_and_the_first_keeps_its_own(wanted: list[str]) -> None:
    names = unique_names(wanted)
    assert len(set(names)) == len(wanted)
    assert names[:1] == wanted[:1]
