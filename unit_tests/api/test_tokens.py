"""A minted token: how long it serves, what it tells about the tenant, and that it stays secret."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from hypothesis import given
from hypothesis import strategies as st

from source_incontact.api.tokens import Token

if TYPE_CHECKING:
    from pytest_mock import MockerFixture

UNREADABLE: list[Any] = [None, "", "soon", 0, "0", -5, "-5", True, [], {}, "9" * 40, "\u0663"]


def jwt(claims: object, signature: str = "c2ln") -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{middle}.{signature}"


def minted(**extra: Any) -> Token:
    return Token.from_response({"access_token": "opaque-token", **extra})


@pytest.fixture(autouse=True)
def _still_clock(mocker: MockerFixture) -> None:
    mocker.patch("source_incontact.api.tokens.time.monotonic", return_value=1000.0)


@pytest.mark.parametrize(
    ("expires_in", "life"),
    [
        pytest.param(3600, 3300, id="an hour: five minutes early"),
        pytest.param("3600", 3300, id="as text"),
        pytest.param(7200, 6900, id="two hours"),
        pytest.param(600, 300, id="ten minutes"),
        pytest.param(60, 30, id="a minute: half of it"),
        pytest.param(1, 0.5, id="a second"),
        *(pytest.param(value, 3300, id=f"{value!a} means an hour") for value in UNREADABLE),
    ],
)
def test_a_token_is_renewed_before_it_expires(expires_in: object, life: float) -> None:
    assert minted(expires_in=expires_in).renew_at == 1000 + life


def test_a_life_that_is_not_stated_is_an_hour() -> None:
    assert minted().renew_at == 1000 + 3300


@pytest.mark.parametrize(
    "access_token",
    [None, "", 5, [], {}, "two words", "line\r\nX-Header: 1", "tab\t", "\u00e9", "\x7f", " lead"],
    ids=ascii,
)
def test_an_answer_without_a_token_that_fits_a_header_is_refused(access_token: object) -> None:
    with pytest.raises(ValueError, match="no usable access_token") as caught:
        Token.from_response({"access_token": access_token, "id_token": jwt({})})
    assert "Header" not in str(caught.value)
    assert "words" not in str(caught.value)


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="no usable access_token"):
        Token.from_response({})


# --- claims -----------------------------------------------------------------------------------


def test_claims_come_from_both_tokens_and_the_access_tokens_win() -> None:
    token = Token.from_response(
        {
            "access_token": jwt({"tenantId": "t-access", "icClusterId": "L36"}),
            "id_token": jwt({"tenantId": "t-id", "area": "uk1"}),
        }
    )
    assert token.claims == {"tenantId": "t-access", "icClusterId": "L36", "area": "uk1"}


@pytest.mark.parametrize("length", range(8))
def test_claims_are_read_whatever_padding_their_base64_lacks(length: int) -> None:
    assert Token.from_response({"access_token": jwt({"area": "x" * length})}).claims == {
        "area": "x" * length
    }


@pytest.mark.parametrize(
    "broken",
    [
        "opaque",
        "a.b",
        "a.b.c.d",
        "a..c",
        "a.!!!!.c",
        "a.AAAAA.c",
        "a.bm90IGpzb24.c",
        "a._____w.c",
        jwt(["a", "list"]),
        jwt("text"),
        jwt(None),
        5,
        None,
        ["a.b.c"],
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_token_that_cannot_be_read_claims_nothing(broken: Any) -> None:
    assert minted(id_token=broken).claims == {}
    if isinstance(broken, str):
        assert Token.from_response({"access_token": broken}).claims == {}


@given(st.text(max_size=40))
def test_no_id_token_makes_the_sign_in_crash(text: str) -> None:
    assert isinstance(minted(id_token=f"a.{text}.c").claims, dict)


@pytest.mark.parametrize(
    ("answer", "claims", "unit"),
    [
        pytest.param({}, {"icBUId": 4599999}, 4599999, id="claim"),
        pytest.param({}, {"icBUId": "4599999"}, 4599999, id="claim as text"),
        pytest.param({"bus_no": "4599999"}, {}, 4599999, id="bus_no as text"),
        pytest.param({"bus_no": 4599999}, {}, 4599999, id="bus_no"),
        pytest.param({"bus_no": 4599999}, {"icBUId": 1}, 4599999, id="bus_no before claim"),
        pytest.param({"bus_no": None}, {"icBUId": 4599999}, 4599999, id="null bus_no, claim"),
        pytest.param({"bus_no": ""}, {"icBUId": 4599999}, 4599999, id="empty bus_no, claim"),
        pytest.param({"bus_no": 0}, {"icBUId": 4599999}, 4599999, id="0 as bus_no, claim"),
        pytest.param({}, {}, None, id="nothing"),
        pytest.param({}, {"icBUId": None}, None, id="null claim"),
        pytest.param({"bus_no": "BU-7"}, {}, None, id="letters"),
        pytest.param({"bus_no": 0}, {}, None, id="0"),
        pytest.param({"bus_no": True}, {}, None, id="true"),
        pytest.param({"bus_no": -7}, {}, None, id="negative"),
        pytest.param({"bus_no": "\u0664"}, {}, None, id="other digits"),
    ],
)
def test_the_business_unit_comes_from_the_answer_or_the_token(
    answer: dict[str, Any], claims: dict[str, Any], unit: int | None
) -> None:
    assert Token.from_response({"access_token": jwt(claims), **answer}).business_unit_id == unit


@pytest.mark.parametrize(
    ("value", "base_uri"),
    [
        ("https://api-c42.nice-incontact.com/inContactAPI/",) * 2,
        (None, ""),
        ("", ""),
    ],
)
def test_the_base_uri_is_passed_on(value: object, base_uri: str) -> None:
    assert minted(resource_server_base_uri=value).base_uri == base_uri
    assert minted().base_uri == ""


# --- secrecy ----------------------------------------------------------------------------------


def test_no_part_of_a_token_shows_in_its_repr() -> None:
    claims = {"sub": "user:jane-QZX73", "tenantId": "t-QZX73"}
    token = Token.from_response(
        {"access_token": jwt(claims, "sig-QZX73"), "refresh_token": "refresh-QZX73"}
    )
    assert token.value.endswith("sig-QZX73")
    assert "QZX73" not in repr(token)
    assert token.value not in f"{token}"


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "id_token"])
def test_every_token_of_an_answer_is_masked_from_now_on(name: str) -> None:
    secret = f"minted-{name}-value"
    Token.from_response({"access_token": "opaque-token", name: secret})
    assert filter_secrets(f"before {secret} after") == "before **** after"


def test_even_a_token_that_is_refused_is_masked() -> None:
    with pytest.raises(ValueError, match="no usable access_token"):
        Token.from_response({"access_token": "refused token value", "refresh_token": "its-refresh"})
    assert filter_secrets("refused token value, its-refresh") == "****, ****"
