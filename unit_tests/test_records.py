"""Wire values to typed records: what each kind of value becomes, and that nothing gets lost."""

from __future__ import annotations

import json
import logging
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_incontact import durations
from source_incontact.durations import duration_seconds
from source_incontact.records import Normaliser

HUGE = "9" * 5000

SCHEMA: dict[str, Any] = {
    "properties": {
        "count": {"type": ["null", "integer"]},
        "rate": {"type": ["null", "number"]},
        "flag": {"type": ["null", "boolean"]},
        "name": {"type": ["null", "string"]},
        "moment": {"type": ["null", "string"], "format": "date-time"},
        "codes": {"type": ["null", "array"]},
        "inner": {"type": ["null", "object"]},
    }
}
RENAMES = {"oldCount": "count", "oldName": "name"}


def normaliser() -> Normaliser:
    return Normaliser("things", SCHEMA, renames=RENAMES, credentials=["apiKey"])


def value(name: str, text: str, result: object) -> Any:
    return pytest.param(name, text, result, id=f"{name} {text[:24]!r}")


# --- durations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT5H48M1.139S", 20_881.139),
        ("P1DT19H18M29.651S", 155_909.651),
        ("PT0S", 0.0),
        ("PT90M", 5_400.0),
        ("P2D", 172_800.0),
        ("P1W", 604_800.0),
        ("P1W2DT3H", 788_400.0),
        ("PT36H", 129_600.0),
        ("PT5.5S", 5.5),
        ("PT5,5S", 5.5),
        ("-PT1M", -60.0),
        ("-P1DT0.001S", -86_400.001),
        ("+PT1S", 1.0),
    ],
)
def test_a_duration_becomes_its_exact_seconds(text: str, seconds: float) -> None:
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "-PT", "P1DT", "P1Y", "P1M", "P1Y2M", "1D", "T5S", "PT5", "PT5.S", "PT.5S",
     "PT1S1M", "P1H", "pt5s", "PT5S ", " PT5S", "PT٣S", "PT5S\n", "PT-5S", "--PT5S"],
)  # fmt: skip
def test_what_is_no_duration_is_not_read_as_one(text: str) -> None:
    assert duration_seconds(text) is None


@given(st.integers(-(10**12), 10**12))
def test_any_milliseconds_come_back_from_their_iso_text_to_the_millisecond(total: int) -> None:
    seconds, millis = divmod(abs(total), 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    sign = "-" if total < 0 else ""
    text = f"{sign}P{days}DT{hour}H{minute}M{second}.{millis:03}S"
    assert duration_seconds(text) == float(Decimal(total) / 1000)
    assert normaliser()({"rate": text}) == {"rate": total / 1000}


# --- values that fit --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wire", "expected"),
    [
        *(value("count", text, 54) for text in ("54", "54.0", "54.000", " 54 ", "+54", "0054")),
        value("count", "-7", -7),
        value("count", "2789879875", 2_789_879_875),
        value("count", "123456789012345678901", 123_456_789_012_345_678_901),
        *(value(name, "", None) for name in SCHEMA["properties"] if name != "name"),
        *(value(name, " \t", None) for name in SCHEMA["properties"] if name != "name"),
        value("rate", "20.37", 20.37),
        value("rate", "54", 54.0),
        value("rate", ".5", 0.5),
        value("rate", "-1.5e3", -1500.0),
        value("rate", "P1DT0.5S", 86_400.5),
        *(value("flag", text, result=True) for text in ("True", "TRUE", "true", "1", " True ")),
        *(value("flag", text, result=False) for text in ("False", "FALSE", "false", "0")),
        value("name", "", ""),
        value("name", "  ", "  "),
        value("name", "True", "True"),
        value("name", "PT5S", "PT5S"),
        value("name", "007", "007"),
        value("moment", "2016-09-13T16:29:31.443Z", "2016-09-13T16:29:31.443Z"),
    ],
)
def test_text_of_the_wire_becomes_the_type_of_the_schema(
    name: str, wire: str, expected: object
) -> None:
    got = normaliser()({name: wire})[name]
    assert got == expected
    assert type(got) is type(expected)


@pytest.mark.parametrize(
    ("name", "wire", "expected"),
    [
        pytest.param("count", 5, 5, id="integer"),
        pytest.param("count", 5.0, 5, id="whole float"),
        pytest.param("rate", 5, 5, id="integer for a number"),
        pytest.param("rate", 0.1, 0.1, id="float"),
        pytest.param("flag", True, True, id="true"),
        pytest.param("flag", 0, False, id="0 for false"),
        pytest.param("flag", 1, True, id="1 for true"),
        pytest.param("name", 540, "540", id="integer for text"),
        pytest.param("name", 1.5, "1.5", id="float for text"),
        pytest.param("name", False, "false", id="boolean for text"),
        pytest.param("codes", [{"a": ""}], [{"a": ""}], id="list"),
        pytest.param("inner", {"a": [1]}, {"a": [1]}, id="object"),
        *(pytest.param(name, None, None, id=f"null {name}") for name in SCHEMA["properties"]),
    ],
)
def test_typed_values_of_the_wire_stay_or_change_to_the_type_of_the_schema(
    name: str, wire: object, expected: object
) -> None:
    got = normaliser()({name: wire})[name]
    assert got == expected
    assert type(got) is type(expected)


# --- values that do not fit -------------------------------------------------------------------


MISFITS: dict[str, list[Any]] = {
    "count": ["54.5", "1e3", "n/a", "PT5S", "1,000", "٣", HUGE, "--1", True, 1.5, [], {}],
    "rate": ["1e999", "NaN", "Infinity", "P1Y", "P1M", "PT", "1.2.3", HUGE, "٣", True, ["1"], {}],
    "flag": ["yes", "2", 2, 1.0, [], {}],
    "name": [[1], {"a": 1}],
    "moment": [5, [], {}, True],
    "codes": ["a", 1, {}, True],
    "inner": ["a", 1, [], True],
}


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        pytest.param(name, wire, id=f"{name} {str(wire)[:9]}")
        for name, wires in MISFITS.items()
        for wire in wires
    ],
)
def test_a_misfit_is_kept_as_it_came_and_warned_about_once(
    name: str, wire: object, caplog: pytest.LogCaptureFixture
) -> None:
    normalise = normaliser()
    with caplog.at_level(logging.WARNING):
        records = [normalise({name: wire}) for _ in range(3)]
    assert records == [{name: wire}] * 3
    assert type(records[0][name]) is type(wire)
    [warning] = caplog.records
    message = warning.getMessage()
    assert "things" in message
    assert name in message
    assert HUGE[:99] not in message


def test_a_warning_names_each_field_once_and_never_the_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    normalise = normaliser()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            normalise({"count": "Jane Doe", "rate": "Jane Doe", "name": "Jane Doe"})
    assert len(caplog.records) == 2
    assert "Jane" not in caplog.text


# --- keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["count", "Count", "COUNT", "oldCount", "OldCount", "oldcount"])
def test_a_key_matches_the_schema_in_any_case_and_under_its_old_name(key: str) -> None:
    assert normaliser()({key: "5"}) == {"count": 5}


@pytest.mark.parametrize("wire", ["", " ", "5", "True", None, 5, True, [""], {"Count": "1"}])
def test_an_unknown_field_passes_unchanged(wire: object) -> None:
    assert normaliser()({"Custom Field": wire}) == {"Custom Field": wire}


@pytest.mark.parametrize("key", ["apiKey", "APIKEY", "apikey", "ApiKey"])
def test_a_credential_is_dropped_in_any_case(key: str) -> None:
    assert normaliser()({"count": "1", key: "s3cret"}) == {"count": 1}
    assert normaliser()({"count": "1", "oldCount": "2", key: "s3cret"}) == {
        "count": 1,
        "oldCount": 2,
    }


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param({"oldCount": "1", "count": "1"}, {"count": 1}, id="same value"),
        pytest.param({"oldCount": "1", "count": "2"}, {"count": 2, "oldCount": 1}, id="differ"),
        pytest.param(
            {"count": "2", "oldCount": "1"}, {"count": 2, "oldCount": 1}, id="other order"
        ),
        pytest.param({"oldCount": "1", "count": None}, {"count": 1}, id="new name null"),
        pytest.param({"count": None, "oldCount": "1"}, {"count": 1}, id="null first"),
        pytest.param({"oldCount": None, "count": "2"}, {"count": 2}, id="old name null"),
        pytest.param({"oldCount": "", "count": "2"}, {"count": 2}, id="old name empty"),
        pytest.param({"oldCount": "1", "count": ""}, {"count": 1}, id="new name empty"),
        pytest.param({"oldCount": None, "count": None}, {"count": None}, id="both null"),
        pytest.param({"oldName": "a", "name": ""}, {"name": "", "oldName": "a"}, id="text"),
        pytest.param({"COUNT": "1", "Count": "2"}, {"count": 1, "Count": 2}, id="two cases"),
        pytest.param(
            {"x": "", "COUNT": "1", "oldCount": "3", "count": "2", "flag": "1"},
            {"x": "", "count": 2, "COUNT": 1, "oldCount": 3, "flag": True},
            id="three names",
        ),
    ],
)
def test_a_field_under_two_names_loses_no_value_and_the_plain_name_wins(
    row: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert normaliser()(row) == expected


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
)
WIRE_TEXTS = st.sampled_from(["", " ", "5", "5.0", "True", "PT5S", "P1Y", "1e999", "NaN", HUGE])
KEYS = st.text(max_size=6) | st.sampled_from(
    ["count", "Count", "oldCount", "rate", "RATE", "flag", "name", "oldName", "moment", "codes"]
)


@given(st.dictionaries(KEYS, SCALARS | WIRE_TEXTS, max_size=8))
def test_no_row_crashes_or_loses_a_value(row: dict[str, Any]) -> None:
    record = normaliser()(dict(row))
    json.dumps(record)
    kept = list(record.values())
    for key, wire in row.items():
        if wire is None or key.lower() == "apikey" or (isinstance(wire, str) and not wire.strip()):
            continue
        alone = next(iter(normaliser()({key: wire}).values()))
        assert alone is not None
        assert any(got == alone for got in kept)


def test_a_number_that_json_cannot_hold_does_not_crash() -> None:
    record = normaliser()({"count": math.inf, "rate": math.nan, "name": math.inf})
    assert record["count"] == math.inf


@given(st.from_regex(durations._DURATION, fullmatch=True))
def test_a_duration_is_the_sum_of_its_parts_to_the_digit(text: str) -> None:
    match = durations._DURATION.fullmatch(text)
    assert match is not None
    wanted = None if text[-1] in "PT" else durations._exact_seconds(match)
    assert duration_seconds(text) == wanted
