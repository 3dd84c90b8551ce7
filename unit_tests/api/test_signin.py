"""Sign-in beyond what the sandbox shows: where the API's root comes from, and its mistakes."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.calls import Caller
from source_incontact.api.signin import SignIn, SignInResponseHandler
from source_incontact.api.tokens import Token
from source_incontact.form.config import Settings
from unit_tests.responses import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_mock import MockerFixture

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


@pytest.fixture
def caller(mocker: MockerFixture) -> Any:
    """A caller whose ``answers`` tell what each address says; its ``asked`` what was asked."""
    fake = mocker.create_autospec(Caller, instance=True)
    fake.answers, fake.asked = {}, []

    def say(url: str, *_: object, **__: object) -> Mapping[str, Any]:
        fake.asked.append(url)
        found: Mapping[str, Any] = fake.answers.get(url, {})
        return found

    fake.post.side_effect = fake.look_up.side_effect = say
    return fake


def sign_in(caller: Any, kind: str, api_host: str = "", **more: str) -> SignIn:
    settings = Settings.parse(
        {
            "credentials": {"auth_type": kind, **CREDENTIALS[kind], **more},
            "details": {"date": {"date_type": "offset", "date_offset": 1}},
        }
    )
    return SignIn(settings.credentials, api_host, caller)


def token(base_uri: str = "", **claims: Any) -> Token:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Token.from_response(
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
def test_the_root_is_the_same_however_the_answer_ends(caller: Any, said: str) -> None:
    one = sign_in(caller, "application_user")
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
    caller: Any,
    kind: str,
    more: dict[str, str],
    claims: dict[str, Any],
    answers: dict[str, Any],
    root: str,
) -> None:
    caller.answers = answers
    one = sign_in(caller, kind, **more)
    assert one.find_root(token(**claims)).url == root


def test_a_tenant_that_nobody_names_is_asked_of_the_user(caller: Any) -> None:
    one = sign_in(caller, "client_access_key")
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
def test_the_token_endpoint_comes_from_discovery(
    caller: Any, answers: dict[str, Any], asked: str
) -> None:
    known = "https://cxone.niceincontact.com/.well-known/openid-configuration"
    caller.answers = {known: answers, asked: {"access_token": "abc"}}
    one = sign_in(caller, "client_access_key")
    assert one.mint().value == "abc"
    assert caller.asked == [known, asked]


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_an_answer_without_a_token_is_said_so(caller: Any, kind: str) -> None:
    one = sign_in(caller, kind)
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
def test_a_secret_is_masked_as_a_server_would_echo_it(caller: Any, spelling: str) -> None:
    one = sign_in(caller, "application_user", password="hu+sh= &\u00e4  x")
    with pytest.raises(AirbyteTracedException):
        one.mint()
    assert filter_secrets(f"refused: password={spelling}&") == "refused: password=****&"
