"""The wrapping around rows, in every shape that the API has shown, and the vendor's own words."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets

from source_incontact.api.bodies import vendor_message
from source_incontact.api.envelopes import Envelope, clean_words
from unit_tests.responses import answer

ROWS = [{"agentId": 1}, {"agentId": 2}]


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"agents": ROWS, "Agents": []}, id="in two cases"),
        pytest.param({"agents": ROWS, "resultSet": {"agents": []}}, id="inside and outside"),
        pytest.param({"agents": ROWS, "resultSet": {"agents": None}}, id="null inside"),
    ],
)
def test_a_list_that_comes_twice_proves_nothing(payload: dict[str, Any]) -> None:
    assert not Envelope(payload).has_rows("agents")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"totalRecords": 2, "agents": ROWS}, id="flat"),
        pytest.param({"TotalRecords": 2, "Agents": ROWS}, id="upper case"),
        pytest.param({"totalRecords": "2", "agents": ROWS}, id="count as text"),
        pytest.param({"resultSet": {"totalRecords": 2, "agents": ROWS}}, id="resultSet"),
        pytest.param({"ResultSet": {"TotalRecords": "2", "Agents": ROWS}}, id="ResultSet"),
        pytest.param({"jobResult": {"totalRecords": 2, "agents": ROWS}}, id="jobResult"),
        pytest.param({"totalRecords": 2, "resultSet": {"agents": ROWS}}, id="count outside"),
        pytest.param(
            {"totalRecords": None, "resultSet": {"totalRecords": 2, "agents": ROWS}},
            id="null outside",
        ),
        pytest.param({"resultSet": None, "totalRecords": 2, "agents": ROWS}, id="null wrapper"),
    ],
)
def test_rows_and_count_are_found_whatever_wraps_them(payload: dict[str, Any]) -> None:
    envelope = Envelope(payload)
    assert envelope.has_rows("agents")
    assert envelope.rows("agents") == ROWS
    assert envelope.count("totalRecords") == 2


@pytest.mark.parametrize(
    ("payload", "there"),
    [
        pytest.param({"agents": []}, True, id="empty list"),
        pytest.param({"agents": None}, True, id="null"),
        pytest.param({}, False, id="nothing"),
        pytest.param({"teams": []}, False, id="another list"),
        pytest.param({"agents": {}}, False, id="object"),
        pytest.param({"agents": "none"}, False, id="text"),
        pytest.param({"agents": 0}, False, id="number"),
        pytest.param({"agents": False}, False, id="false"),
        pytest.param({"resultSet": {}}, False, id="empty wrapper"),
    ],
)
def test_only_a_list_or_null_under_the_rows_own_key_proves_an_answer(
    payload: dict[str, Any],
    there: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert Envelope(payload).has_rows("agents") is there
    if there:
        assert Envelope(payload).rows("agents") == []


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, 0),
        ("17", 17),
        (" 17 ", 17),
        (None, None),
        ("", None),
        ("many", None),
        ([], None),
        ({}, None),
        ("9" * 5000, None),
        (float("inf"), None),
        (float("nan"), None),
    ],
    ids=lambda value: f"{value!r:.12}",
)
def test_a_count_is_a_whole_number_or_unknown(count: object, expected: int | None) -> None:
    assert Envelope({"totalRecords": count}).count("totalRecords") == expected


def test_an_absent_count_is_unknown() -> None:
    assert Envelope({}).count("totalRecords") is None


@pytest.mark.parametrize(
    ("payload", "has_next"),
    [
        pytest.param({"_links": {"self": "s", "next": "https://n"}}, True, id="next"),
        pytest.param({"_Links": {"Next": "https://n"}}, True, id="upper case"),
        pytest.param({"resultSet": {"_links": {"next": "n"}}}, True, id="wrapped"),
        pytest.param({"_links": {"self": "s", "next": None}}, False, id="null"),
        pytest.param({"_links": {"self": "s", "next": ""}}, False, id="empty"),
        pytest.param({"_links": {"self": "s"}}, False, id="absent"),
        pytest.param({"_links": {}}, False, id="no links"),
        pytest.param({"_links": None}, None, id="null links"),
        pytest.param({"_links": "n"}, None, id="text"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_a_next_link_is_there_not_there_or_unknown(
    payload: dict[str, Any],
    has_next: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    assert Envelope(payload).has_next is has_next


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"error": "invalid_grant", "error_description": "Wrong user"}, "Wrong user"),
        ({"error": "invalid_grant", "errorDescription": "Wrong user"}, "Wrong user"),
        ({"message": "Wrong user"}, "Wrong user"),
        ({"Message": "Wrong user"}, "Wrong user"),
        ({"errorMessage": "Wrong user"}, "Wrong user"),
        ({"error": "Wrong user"}, "Wrong user"),
        ({"resultSet": {"message": "Wrong user"}}, "Wrong user"),
        ({"error_description": "", "message": "Wrong user"}, "Wrong user"),
        ({"error_description": {"deep": 1}, "message": "Wrong user"}, "Wrong user"),
        ({"message": "Wrong\r\n  user\t"}, "Wrong user"),
        ({"message": None}, ""),
        ({"agents": [{"message": "Jane Doe"}]}, ""),
        ([{"message": "Jane Doe"}], ""),
        ("text", ""),
        ({}, ""),
    ],
)
def test_the_vendors_words_come_from_the_json_of_an_answer(payload: object, words: str) -> None:
    body = '"text"' if payload == "text" else payload
    assert vendor_message(answer(400, body)) == words


@pytest.mark.parametrize(
    "body", [b"", b"<html>Jane Doe</html>", b'{"message": "cut', b"\xff\xfe\x00"]
)
def test_the_words_may_stand_in_the_header_alone(body: bytes) -> None:
    refusal = answer(403, body, {"icStatusDescription": " No permission: Reporting \n"})
    assert vendor_message(refusal) == "No permission: Reporting"
    assert vendor_message(answer(403, body)) == ""


def test_the_header_goes_before_the_json_unless_it_is_empty() -> None:
    body = {"message": "from the body"}
    assert vendor_message(answer(400, body, {"ICSTATUSDESCRIPTION": "from above"})) == "from above"
    assert vendor_message(answer(400, body, {"icStatusDescription": "  "})) == "from the body"


@pytest.mark.parametrize(
    ("error_message", "words"),
    [
        ("", ""),
        ("  ", ""),
        (None, ""),
        ("Template is in use", "Template is in use"),
        (5, "an errorMessage that is not text"),
    ],
)
def test_an_error_message_counts_if_it_says_something(error_message: object, words: str) -> None:
    assert Envelope({"ErrorMessage": error_message, "agents": []}).error_words == words


def test_words_are_cut_and_secrets_in_them_are_masked() -> None:
    add_to_secrets("a-minted-token-QZX73")
    said = clean_words("Token a-minted-token-QZX73 expired. " + "x" * 5000)
    assert said.startswith("Token **** expired.")
    assert len(said) == 300
    assert "QZX73" not in clean_words("x" * 290 + " a-minted-token-QZX73")
