"""The response handler: one action for each status, body and network error; nothing leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.bodies import read_body
from source_incontact.api.report_label import ReportLabel
from source_incontact.api.response_handler import NoToken, ResponseHandler, TokenHolder
from unit_tests.responses import answer, prepared

if TYPE_CHECKING:
    from pytest_mock import MockerFixture

CONFIG, OURS, LATER = (
    FailureType.config_error,
    FailureType.system_error,
    FailureType.transient_error,
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
RECORD = {"agents": [{"agentId": 1, "firstName": "Jane-QZX73"}]}


def handler(tokens: TokenHolder | None = None) -> ResponseHandler:
    label = ReportLabel("agents", "Admin API, view of users", "agents")
    return ResponseHandler(label, tokens or NoToken())


def failure(response: Any, by: ResponseHandler | None = None) -> AirbyteTracedException:
    with pytest.raises(AirbyteTracedException) as caught:
        (by or handler()).interpret_response(response)
    return caught.value


# --- status codes -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 203])
def test_a_2xx_with_its_rows_is_read(status: int) -> None:
    assert handler().interpret_response(answer(status, RECORD)).response_action is (
        ResponseAction.SUCCESS
    )


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "0"}, HTML])
def test_a_204_says_that_there_are_no_rows(headers: dict[str, str]) -> None:
    by = handler()
    verdict = by.interpret_response(answer(204, b"", headers))
    assert verdict.response_action is ResponseAction.SUCCESS
    assert by.payload is None


@pytest.mark.parametrize("status", [100, 408, 429, 500, 501, 502, 503, 504, 520, 599, 600, 999])
def test_a_passing_trouble_is_repeated(status: int) -> None:
    verdict = handler().interpret_response(answer(status, b"<html>x</html>", HTML))
    assert verdict.response_action is ResponseAction.RETRY
    assert verdict.failure_type is LATER
    assert str(status) in str(verdict.error_message)


@pytest.mark.parametrize(
    ("status", "whose", "words"),
    [
        *((status, CONFIG, "redirects") for status in (300, 301, 302, 303, 304, 307, 308)),
        (403, CONFIG, "may not read agents"),
        (404, CONFIG, "does not know agents"),
        *((status, OURS, "refuses the request for agents") for status in (400, 402, 405, 409)),
        *((status, OURS, "refuses the request for agents") for status in (410, 413, 422, 451)),
    ],
)
def test_a_refusal_fails_at_once_and_says_whose_it_is(
    status: int, whose: FailureType, words: str
) -> None:
    error = failure(answer(status, RECORD, {"Location": "https://evil.example/s3cret"}))
    assert error.failure_type is whose
    assert words in str(error)
    assert str(status) in str(error)
    assert "agents" in str(error)
    assert "s3cret" not in f"{error} {error.internal_message}"


def test_a_403_names_the_missing_permission_and_the_way_out() -> None:
    said = str(failure(answer(403)))
    assert "Admin API, view of users" in said
    assert "take it out of 'Report' (details.reports)" in said


def test_the_first_401_asks_for_a_new_sign_in_and_the_second_fails(mocker: MockerFixture) -> None:
    tokens = mocker.create_autospec(TokenHolder, instance=True)
    by, request = handler(tokens), prepared("Bearer token-one")

    first = by.interpret_response(answer(401, request=request))
    assert first.response_action is ResponseAction.RETRY
    tokens.reject.assert_called_once_with("Bearer token-one")

    second = failure(answer(401, {"message": "Not allowed"}, request=request), by)
    assert second.failure_type is CONFIG
    assert "Not allowed" in str(second)
    tokens.reject.assert_called_once()


def test_a_401_after_the_new_token_served_asks_for_a_new_sign_in_again() -> None:
    """A file is waited for with one request: a second token may die while it does not exist."""
    by = handler()
    request = prepared()
    for status in (401, 503, 401):
        verdict = by.interpret_response(answer(status, request=request))
        assert verdict.response_action is ResponseAction.RETRY


def test_a_401_of_another_request_renews_again(mocker: MockerFixture) -> None:
    tokens = mocker.create_autospec(TokenHolder, instance=True)
    for token in ("one", "two"):
        request = prepared(f"Bearer {token}")
        verdict = handler(tokens).interpret_response(answer(401, request=request))
        assert verdict.response_action is ResponseAction.RETRY
    assert tokens.reject.call_args_list == [mocker.call("Bearer one"), mocker.call("Bearer two")]


WORDS = [
    pytest.param({"headers": {"icStatusDescription": "Bad skill id"}}, id="header"),
    pytest.param({"body": {"error": "x", "error_description": "Bad skill id"}}, id="description"),
    pytest.param({"body": {"error": "x", "errorDescription": "Bad skill id"}}, id="camel case"),
    pytest.param({"body": {"message": "Bad skill id"}}, id="message"),
    pytest.param({"body": {"errorMessage": "Bad skill id"}}, id="errorMessage"),
]


@pytest.mark.parametrize("parts", WORDS)
@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_refusal_repeats_the_vendors_own_words(status: int, parts: dict[str, Any]) -> None:
    assert f"({status}, Bad skill id)" in str(failure(answer(status, **parts)))


@pytest.mark.parametrize("parts", WORDS)
@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_passing_trouble_repeats_the_vendors_own_words(
    status: int, parts: dict[str, Any]
) -> None:
    verdict = handler().interpret_response(answer(status, **parts))
    assert f"({status}, Bad skill id)" in str(verdict.error_message)


def test_words_with_braces_are_no_placeholders() -> None:
    said = str(failure(answer(400, {"message": "{report} {0} {} {nothing}"})))
    assert "{report} {0} {} {nothing}" in said


# --- bodies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"agents": []}, id="no rows"),
        pytest.param({"agents": None}, id="null rows"),
        pytest.param({"Agents": [{}]}, id="upper case"),
        pytest.param({"resultSet": {"agents": []}}, id="wrapped"),
        pytest.param({"errorMessage": "", "agents": []}, id="empty errorMessage"),
        pytest.param(b'\xef\xbb\xbf{"agents": []}', id="byte order mark"),
    ],
)
def test_a_200_with_its_envelope_is_read(body: object) -> None:
    by = handler()
    verdict = by.interpret_response(answer(200, body))
    assert verdict.response_action is ResponseAction.SUCCESS
    assert by.payload is not None


@pytest.mark.parametrize("status", [202, 206])
def test_an_answer_that_is_not_all_there_is_asked_for_again(status: int) -> None:
    verdict = handler().interpret_response(answer(status, {"agents": []}))
    assert verdict.response_action is ResponseAction.RETRY
    assert str(status) in str(verdict.error_message)


@pytest.mark.parametrize("charset", ["iso-8859-1", "ascii", "utf-8", "nonsense"])
def test_the_charset_of_a_header_is_not_believed(charset: str) -> None:
    body = '{"agents": [{"firstName": "Müller 東"}]}'.encode()
    headers = {"Content-Type": f"application/json; charset={charset}"}
    payload = read_body(answer(200, body, headers))
    assert payload is not None
    assert payload.rows("agents") == [{"firstName": "Müller 東"}]


def test_json_that_is_nested_beyond_reason_is_asked_for_again() -> None:
    verdict = handler().interpret_response(answer(200, b'{"agents": ' + b"[" * 200_000))
    assert verdict.response_action is ResponseAction.RETRY


def test_numbers_that_json_does_not_have_stay_as_they_were_written() -> None:
    payload = read_body(answer(200, b'{"agents": [{"hourlyCost": NaN}]}'))
    assert payload is not None
    assert payload.rows("agents") == [{"hourlyCost": "NaN"}]


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        pytest.param(b"", {}, "an empty body", id="empty, no length"),
        pytest.param(b"", {"Content-Length": "0"}, "an empty body", id="empty, length 0"),
        pytest.param(b"", {"Content-Length": "17"}, "an empty body", id="empty, length 17"),
        pytest.param({"agents": [1]}, {}, "lacks its list", id="a row that is no object"),
        pytest.param({"agents": [{}, None]}, {}, "lacks its list", id="a null row"),
        pytest.param(b"  ", {}, "not JSON or is cut off", id="blank"),
        pytest.param(b'{"agents": [{"firstName": "Jane-QZX73"', {}, "cut off", id="truncated"),
        pytest.param(b"<html>Jane-QZX73</html>", HTML, "a web page", id="HTML"),
        pytest.param(b"<html>Jane-QZX73</html>", {}, "not JSON", id="HTML without a type"),
        pytest.param(b"No known way to render data", {}, "not JSON", id="text"),
        pytest.param(b"\x1f\x8b\x00\xff", {}, "not JSON", id="bytes"),
        pytest.param([{"firstName": "Jane-QZX73"}], {}, "not an object", id="list"),
        pytest.param(b'"Jane-QZX73"', {}, "not an object", id="JSON text"),
        pytest.param(b"null", {}, "not an object", id="null"),
        pytest.param({}, {}, "lacks its list 'agents'", id="empty object"),
        pytest.param({"rows": ["Jane-QZX73"]}, {}, "lacks its list 'agents'", id="other list"),
        pytest.param({"agents": {"firstName": "Jane-QZX73"}}, {}, "lacks", id="object for list"),
        pytest.param({"resultSet": {}}, {}, "lacks its list 'agents'", id="empty wrapper"),
        pytest.param({"message": "Try later"}, {}, "it says: Try later", id="words instead"),
    ],
)
def test_a_200_without_its_rows_is_repeated_and_never_taken_for_empty(
    body: object, headers: dict[str, str], words: str
) -> None:
    verdict = handler().interpret_response(answer(200, body, headers))
    assert verdict.response_action is ResponseAction.RETRY
    assert words in str(verdict.error_message)
    assert "QZX73" not in str(verdict.error_message)


def test_a_200_that_carries_an_error_message_is_a_failure() -> None:
    error = failure(answer(200, {"errorMessage": "Template is in use", **RECORD}))
    assert error.failure_type is LATER
    assert "agents" in str(error)
    assert "Template is in use" in str(error)
    assert "QZX73" not in f"{error} {error.internal_message}"


def test_any_object_will_do_where_no_list_is_awaited() -> None:
    by = ResponseHandler(ReportLabel("the sign-in", "none"), NoToken())
    assert by.interpret_response(answer(200, {"x": 1})).response_action is ResponseAction.SUCCESS


# --- network errors ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ReadTimeout("Jane-QZX73"),
        requests.exceptions.ConnectTimeout("Jane-QZX73"),
        requests.exceptions.ConnectionError("Jane-QZX73"),
        requests.exceptions.SSLError("Jane-QZX73"),
        requests.exceptions.ProxyError("Jane-QZX73"),
        requests.exceptions.ChunkedEncodingError("Jane-QZX73"),
        requests.exceptions.ContentDecodingError("Jane-QZX73"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_network_error_is_repeated(error: Exception) -> None:
    verdict = handler().interpret_response(error)
    assert verdict.response_action is ResponseAction.RETRY
    assert verdict.failure_type is LATER
    assert verdict.error_message
    assert "QZX73" not in str(verdict.error_message)


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.InvalidURL("token-QZX73"),
        requests.exceptions.TooManyRedirects("token-QZX73"),
        requests.exceptions.InvalidHeader("token-QZX73"),
        RuntimeError("token-QZX73"),
        None,
    ],
    ids=lambda error: type(error).__name__,
)
def test_any_other_error_fails_at_once_by_its_kind_alone(error: Exception | None) -> None:
    caught = failure(error)
    assert caught.failure_type is OURS
    assert type(error).__name__ in str(caught)
    assert "QZX73" not in f"{caught} {caught.internal_message}"
