"""Typed rows: the very same records as the normaliser makes, whatever a row holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.api.envelopes import Envelope
from source_incontact.records import Normaliser
from source_incontact.typed_rows import RowDecoder, TypedRow, as_dict, as_json_lines, content_of

SCHEMA = {
    "properties": {
        "contactId": {"type": ["null", "integer"]},
        "agentName": {"type": ["null", "string"]},
        "isActive": {"type": ["null", "boolean"]},
        "holdSeconds": {"type": ["null", "number"]},
        "startDate": {"type": ["null", "string"], "format": "date-time"},
        "tags": {"type": ["null", "array"]},
        "owner": {"type": ["null", "object"]},
        "businessUnitId": {"type": ["null", "integer"]},
    }
}
RENAMES = {"agent": "agentName"}
FITTING: dict[str, Any] = {
    "contactId": 1,
    "agentName": "Ånn",
    "isActive": True,
    "holdSeconds": 1.5,
    "startDate": "2026-11-01T00:00:00Z",
    "tags": [{"id": 2**70}],
    "owner": None,
}
NAMES = st.sampled_from(
    [*SCHEMA["properties"], "agent", "AGENTNAME", "new", "class", "get", "a b", "password"]
)
TEXTS = st.sampled_from(["", " ", "7", "4.0", "1e3", "true", "FALSE", "PT1M"])
INSTANTS = st.sampled_from(
    [
        "2026-11-01T00:00:00.5+01:00",
        "2026-11-01 00:00",
        "2026-11-01t00:00:00z",
        "2026-11-01T00:00:00Z\n",
        "٢٠٢٦-11-01T00:00Z",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | TEXTS
    | INSTANTS
)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(NAMES, SCALARS, max_size=2)
ROWS = st.lists(st.dictionaries(NAMES, VALUES, max_size=6), max_size=4)


def normaliser() -> Normaliser:
    return Normaliser("contacts", SCHEMA, renames=RENAMES, credentials=["password"])


def decoded(*bodies: bytes) -> list[list[Any]]:
    """The rows of some bodies, typed where they fit; one decoder reads them in turn."""
    decoder = RowDecoder(normaliser(), ["contacts"])
    found = []
    for body in bodies:
        typed = decoder.values(body)
        assert typed is not None
        found.append(Envelope(typed).rows("contacts"))
    return found


def records(rows: list[Any]) -> list[dict[str, Any]]:
    """What is written of them."""
    normalise = normaliser()
    typed = (row if isinstance(row, TypedRow) else normalise(row) for row in rows)
    return written(list(typed))


def written(rows: list[Any]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in as_json_lines(rows).splitlines()[1:]]


def body_of(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps({"totalRecords": len(rows), "contacts": rows}).encode()


@given(first=ROWS, second=ROWS, escaped=st.booleans())
def test_a_row_becomes_the_record_that_the_normaliser_makes(
    first: list[dict[str, Any]], second: list[dict[str, Any]], *, escaped: bool
) -> None:
    for some, rows in zip(
        decoded_or_plain(first, second, escaped=escaped), (first, second), strict=True
    ):
        wanted = written([normaliser()(dict(row)) for row in rows])
        found = records(some)
        assert found == wanted
        assert [list(map(type, row.values())) for row in map(_sorted, found)] == [
            list(map(type, row.values())) for row in map(_sorted, wanted)
        ]


COLUMNS = {
    "contactId": ["7", "-12", "+3", "007", "4.0", "9" * 19, "", " ", "x"],
    "holdSeconds": [
        *("20.37", "-0.5", "5", "1e3", ".5", "9" * 16, "nan", "", "x\ny"),
        *("P1DT19H18M29.651S", "PT0S", "P0D", "PT0.123456S", "PT0.1234567S", "PT1.5H", "P1M"),
        *("PT", "P3DT", "P", "-PT5S", "P2W", "PT90M", "P99999DT9999999H", "PT1,5S"),
    ],
    "isActive": ["True", "False", "true", "0", "TRUE", "", "yes"],
    "startDate": ["2026-11-01T00:00:00Z", "2026-11-01 00:00", "", "soon", "2026-11-01t00:00z"],
}


@given(st.data())
def test_a_column_of_texts_becomes_what_the_normaliser_makes_of_each(data: st.DataObject) -> None:
    alike = {
        name: data.draw(st.lists(st.sampled_from(texts), min_size=1, max_size=3))
        for name, texts in COLUMNS.items()
    }
    row = st.fixed_dictionaries(
        {name: st.sampled_from([*texts, None]) for name, texts in alike.items()}
    )
    rows = data.draw(st.lists(row, min_size=1, max_size=5))
    [found] = decoded(body_of(rows))
    assert all(isinstance(one, TypedRow) for one in found)
    assert list(map(repr, map(_sorted, records(found)))) == [
        repr(_sorted(one)) for one in written([normaliser()(dict(row)) for row in rows])
    ]


def _sorted(row: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(row.items()))


def decoded_or_plain(*pages: list[dict[str, Any]], escaped: bool) -> list[list[Any]]:
    """The rows of some pages as one reader reads them, whether its decoder takes them or not."""
    decoder = RowDecoder(normaliser(), "contacts")
    found = []
    for rows in pages:
        body = json.dumps({"contacts": rows}, ensure_ascii=escaped)
        typed = decoder.values(body.encode())
        found.append((json.loads(body) if typed is None else typed)["contacts"])
    return found


def test_rows_that_fit_are_typed_in_whatever_wrapper() -> None:
    wrapped = json.dumps({"resultSet": {"Contacts": [FITTING, {}], "totalRecords": "2"}}).encode()
    [plain], [row, empty] = decoded(body_of([FITTING]), wrapped)
    assert isinstance(plain, TypedRow)
    assert plain == row
    assert written([row]) == [{k: v for k, v in FITTING.items() if v is not None}]
    assert written([empty]) == [{}]


def test_a_row_with_other_names_is_left_to_the_normaliser_alone() -> None:
    [rows] = decoded(body_of([FITTING, {"contactId": "7"}, {"agent": "x"}, FITTING]))
    assert [type(row) is dict for row in rows] == [False, False, True, False]
    assert rows[1].get("contactId") == 7


def test_fields_are_written_in_the_order_in_which_they_come() -> None:
    turned = dict(reversed([(name, value) for name, value in FITTING.items() if value is not None]))
    [[row]] = decoded(body_of([turned]))
    assert isinstance(row, TypedRow)
    assert list(written([row])[0]) == list(turned)


AWKWARD = st.text('[]{}":,\\ a', max_size=6)
AROUND = st.dictionaries(
    st.sampled_from(["a", "b", "errorMessage", "resultSet", "CONTACTS"]) | AWKWARD,
    AWKWARD | st.lists(AWKWARD, max_size=2) | st.dictionaries(AWKWARD, AWKWARD, max_size=2),
    max_size=3,
)


@given(before=AROUND, after=AROUND, names=st.lists(AWKWARD, max_size=3), wrapped=st.booleans())
def test_what_stands_around_the_rows_is_read_as_any_parser_reads_it(
    before: dict[str, Any], after: dict[str, Any], names: list[str], *, wrapped: bool
) -> None:
    rows = [{"agentName": name} for name in names]
    payload = {**before, "contacts": rows, **after}
    payload = {"resultSet": payload, "n": "]"} if wrapped else payload
    found = RowDecoder(normaliser(), "contacts").values(json.dumps(payload).encode())
    assert found is None or json.loads(json.dumps(found, default=as_dict_without_nulls)) == payload


def as_dict_without_nulls(row: TypedRow) -> dict[str, Any]:
    return {name: value for name, value in as_dict(row).items() if value is not None}


def test_a_field_of_the_tenant_is_learnt_and_passes() -> None:
    own = {**FITTING, "brandNew": {"a": [1]}}
    first, second = decoded(body_of([own, FITTING]), body_of([own]))
    assert all(isinstance(row, TypedRow) for row in (*first, *second))
    assert as_dict(second[0])["brandNew"] == {"a": [1]}


def test_a_decoder_that_fits_few_rows_is_not_asked_again() -> None:
    decoder = RowDecoder(normaliser(), "contacts")
    assert decoder.values(body_of([{"agent": "x"}] * 3)) is not None
    assert decoder.values(body_of([FITTING])) is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"contacts":[{"agentName":"\\ud83d"}]}', id="half a character"),
        pytest.param(b'{"contacts":[{"agentName":"\xe9"}]}', id="Windows-1252"),
        pytest.param(b'{"contacts":[{"holdSeconds":NaN}]}', id="no number"),
        pytest.param(b'{"contacts":[{"contactId":1}', id="cut off"),
        pytest.param(b'{"contacts":{"contactId":1}}', id="no list"),
        pytest.param(b'[{"contactId":1}]', id="no object"),
        pytest.param(b"\xef\xbb\xbf{}", id="a byte order mark"),
        pytest.param(b'{"contacts":[{}],"contacts":[]}', id="a name twice, the first full"),
        pytest.param(b'{"contacts":[],"contacts":[{}]}', id="a name twice, the last full"),
        pytest.param(b'{"contacts":[], "n":1, "contacts":[]}', id="a name twice, apart"),
        pytest.param(b'{"resultSet":{"contacts":[],"contacts":[]}}', id="twice, inside"),
        pytest.param(b'{"n":1,"\\u006e":1,"contacts":[]}', id="twice, in other letters"),
    ],
)
def test_other_bodies_are_left_to_the_parser_that_knows_them(body: bytes) -> None:
    assert RowDecoder(normaliser(), "contacts").values(body) is None


def test_what_rows_hold_is_the_same_typed_or_not() -> None:
    [[row]] = decoded(body_of([FITTING]))
    assert content_of(row) == content_of(dict(reversed(FITTING.items())))
    assert content_of(row) != content_of({**FITTING, "contactId": 1.0})
    assert content_of({"a": "\ud83d"}) != content_of({"a": "\ud83e"})


@pytest.mark.parametrize("space", ["", " ", "\n  "])
def test_white_space_between_names_and_values_is_no_second_name(space: str) -> None:
    pairs = [f'"to\\u0074al"{space}:{space}0', f'"contacts"{space}:{space}[]']
    body = f"{space}{{{space}{f'{space},{space}'.join(pairs)}{space}}}{space}"
    found = RowDecoder(normaliser(), "contacts").values(body.encode())
    assert found == {"total": 0, "contacts": []}
    assert RowDecoder(normaliser(), "contacts").values(f"{{{space}}}".encode()) == {}
