"""Sign-in beyond what the sandbox shows: where the API's root comes from, and odd answers."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.signin import SignIn, SignInResponseHandler
from source_incontact.api.tokens import Token
from source_incontact.form.config import Settings
from unit_tests.responses import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_incontact.api.calls import Caller

CREDENTIALS: dict[str, dict[str, Any]] = {
    "application_user": {
        "application_name": "Sync",
        "vendor_name": "Example",
        "business_number": "4599999",
        "username": "me",
        "password": "wrong-horse",
    },
    "access_key": {"access_key_id": "id", "access_key_secret": "wrong-horse", "region": "eu1"},
    "client_access_key": {
        "client_id": "client",
        "client_secret": "wrong-horse",
        "access_key_id": "id",
        "access_key_secret": "wrong-horse",
    },
}


class FakeCaller:
    """Answers from a table and keeps what was asked."""

    def __init__(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def post(self, url: str, handler: object, **_: Any) -> Mapping[str, Any]:
        assert isinstance(handler, SignInResponseHandler)
        return self.look_up(url)

    def look_up(self, url: str) -> Mapping[str, Any]:
        self.asked.append(url)
        return self.answers.get(url, {})


def sign_in(
    kind: str,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    api_host: str = "",
    **more: str,
) -> tuple[SignIn, FakeCaller]:
    settings = Settings.parse(
        {
            "credentials": {"auth_type": kind, **CREDENTIALS[kind], **more},
            "details": {"date": {"date_type": "offset", "date_offset": 1}},
        }
    )
    caller = FakeCaller(answers or {})
    return SignIn(settings.credentials, api_host, cast("Caller", caller)), caller


def token(base_uri: str = "", **claims: Any) -> Token:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Token.from_answer(
        {"access_token": f"x.{middle}.x", "resource_server_base_uri": base_uri or None}
    )


@pytest.mark.parametrize(
    "said",
    [
        "https://api-c30.incontact.com/inContactAPI/",
        "https://api-c30.incontact.com/inContactAPI",
        "https://api-c30.incontact.com/InContactAPI/services/",
        "https://api-c30.incontact.com/incontactapi/services",
        "https://api-c30.incontact.com",
        "https://api-c30.incontact.com//",
    ],
)
def test_the_root_is_the_same_however_the_answer_ends(said: str) -> None:
    one, caller = sign_in("application_user")
    assert one.find_root(token(said)).url == "https://api-c30.incontact.com/inContactAPI/"
    assert caller.asked == []


EU_CONFIGURATION = "https://eu1.nice-incontact.com/.well-known/cxone-configuration"
GLOBAL_CONFIGURATION = "https://cxone.niceincontact.com/.well-known/cxone-configuration?tenantId="
FOUND = {"api_endpoint": "https://api-l36.nice-incontact.com"}
L36 = "https://api-l36.nice-incontact.com/inContactAPI/"


@pytest.mark.parametrize(
    ("kind", "more", "claims", "answers", "root"),
    [
        pytest.param("access_key", {}, {}, {EU_CONFIGURATION: FOUND}, L36, id="region's discovery"),
        pytest.param(
            "access_key",
            {},
            {},
            {},
            "https://api-eu1.niceincontact.com/inContactAPI/",
            id="no discovery: the region",
        ),
        pytest.param(
            "access_key",
            {},
            {"area": "UK1"},
            {},
            "https://api-uk1.niceincontact.com/inContactAPI/",
            id="no discovery: the token's area",
        ),
        pytest.param(
            "client_access_key",
            {"tenant_id": "a/b"},
            {"tenantId": "other"},
            {GLOBAL_CONFIGURATION + "a%2Fb": FOUND},
            L36,
            id="the form's tenant first",
        ),
        pytest.param(
            "client_access_key",
            {},
            {"tenantId": "t1"},
            {GLOBAL_CONFIGURATION + "t1": FOUND},
            L36,
            id="the token's tenant",
        ),
        pytest.param("client_access_key", {}, {"icClusterId": "L36"}, {}, L36, id="the cluster"),
        pytest.param("application_user", {}, {"icClusterId": "L36"}, {}, L36, id="Central's too"),
    ],
)
def test_the_root_comes_from_discovery_else_from_the_token(
    kind: str,
    more: dict[str, str],
    claims: dict[str, Any],
    answers: dict[str, Any],
    root: str,
) -> None:
    one, _ = sign_in(kind, answers, **more)
    assert one.find_root(token(**claims)).url == root


def test_a_tenant_that_nobody_names_is_asked_of_the_user() -> None:
    one, caller = sign_in("client_access_key")
    with pytest.raises(AirbyteTracedException, match=r"credentials\.tenant_id") as caught:
        one.find_root(token())
    assert caught.value.failure_type is FailureType.config_error
    assert caller.asked == []


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        pytest.param({}, "https://cxone.niceincontact.com/auth/token", id="silent discovery"),
        pytest.param(
            {"token_endpoint": "https://auth.niceincontact.com/t"},
            "https://auth.niceincontact.com/t",
            id="discovery",
        ),
    ],
)
def test_the_token_endpoint_comes_from_discovery(answers: dict[str, Any], asked: str) -> None:
    known = "https://cxone.niceincontact.com/.well-known/openid-configuration"
    one, caller = sign_in("client_access_key", {known: answers, asked: {"access_token": "abc"}})
    assert one.mint().value == "abc"
    assert caller.asked == [known, asked]


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_an_answer_without_a_token_is_said_so(kind: str) -> None:
    one, _ = sign_in(kind)
    with pytest.raises(AirbyteTracedException, match="holds no usable access_token") as caught:
        one.mint()
    assert caught.value.failure_type is FailureType.transient_error


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        pytest.param(400, {"error": "invalid_grant"}, "Check person", id="grant"),
        pytest.param(401, {"error": "invalid_client"}, "Check application", id="client"),
        pytest.param(400, b"<html></html>", "Check person", id="400 without words"),
        pytest.param(401, b"", "Check anything", id="401 without words"),
        pytest.param(
            403, {"error": "odd", "message": "Locked"}, r"403, Locked.*anything", id="403"
        ),
        pytest.param(404, b"", r"nothing at the address.*'API host' \(api_host\)", id="404"),
    ],
)
def test_a_refused_sign_in_names_what_to_check(status: int, body: object, words: str) -> None:
    fields = {"invalid_grant": "person", "invalid_client": "application", "": "anything"}
    with pytest.raises(AirbyteTracedException, match=words) as caught:
        SignInResponseHandler("https://x.example/token", fields).interpret_response(
            answer(status, body)
        )
    assert caught.value.failure_type is FailureType.config_error


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param("hu%2Bsh%3D+%26%C3%A4++x", id="form"),
        pytest.param("hu%2Bsh%3D%20%26%C3%A4%20%20x", id="query"),
        pytest.param("hu+sh= &\\u00e4  x", id="JSON"),
        pytest.param("hu+sh= &\u00c3\u00a4  x", id="UTF-8 in a header"),
        pytest.param("hu+sh= &amp;\u00e4  x", id="HTML"),
        pytest.param("hu+sh= &\u00e4 x", id="white space collapsed"),
        pytest.param("aHUrc2g9ICbDpCAgeA==", id="base64"),
    ],
)
def test_a_secret_is_masked_as_a_server_would_echo_it(spelling: str) -> None:
    one, _ = sign_in("application_user", password="hu+sh= &\u00e4  x")
    with pytest.raises(AirbyteTracedException):
        one.mint()
    assert filter_secrets(f"refused: password={spelling}&") == "refused: password=****&"
