"""The three logins and the discovery of the API's root.

Each login names the credential that is wrong; none of them keeps or prints one. The requests are
those that public clients send, confidence L unless marked; what the letters mean is in
``api/__init__.py``.
"""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import quote, quote_plus

from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets
from pydantic import SecretStr

from source_incontact.api.bodies import json_of, vendor_message
from source_incontact.api.report_label import ReportLabel
from source_incontact.api.response_handler import NoToken, ResponseHandler
from source_incontact.api.rules import Action, Rule
from source_incontact.api.tokens import Token
from source_incontact.form.config import AccessKey, ApplicationUser, ClientAccessKey
from source_incontact.labels import form_field
from source_incontact.messages import signing_in as messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests
    from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution

    from source_incontact.api.calls import Caller
    from source_incontact.form.config import Credentials

_CENTRAL = "https://api.incontact.com"
_CXONE = "https://cxone.niceincontact.com"
_REFUSED = {400, 401, 403, 422}


class SignInResponseHandler(ResponseHandler):
    """Handles a token endpoint's responses: a refusal names the fields that are wrong.

    Args:
        where: The address asked, for the message.
        fields_by_error: OAuth ``error`` code to the form fields it accuses; ``""`` for any other.
        hint: What else a person should look at when the credentials are refused.
    """

    max_tries = 5
    rules: ClassVar = {404: Rule(Action.FAIL, messages.NO_SUCH_ADDRESS)}

    def __init__(self, where: str, fields_by_error: Mapping[str, str], hint: str = "") -> None:
        super().__init__(ReportLabel(f"the sign-in at {where}", "API access"), NoToken())
        self._fields_by_error = fields_by_error
        self._hint = hint

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        """As the base class does, but a refused credential is the user's to correct."""
        status = getattr(response, "status_code", None)
        if status not in _REFUSED or response is None or isinstance(response, Exception):
            return super().interpret_response(response)
        words = vendor_message(response)
        fields = self._fields_by_error.get(_error_code(response)) or self._fields_by_error[""]
        hint = f" {self._hint}" if self._hint else ""
        raise messages.REFUSED.error(
            status=status, words=f", {words}" if words else "", fields=fields, hint=hint
        )


def _error_code(response: requests.Response) -> str:
    """OAuth's ``error``; Central's two refusals differ by status too [L, S]."""
    try:
        payload = json_of(response)
    except ValueError:
        payload = None
    code = payload.get("error") if isinstance(payload, dict) else None
    if code in {"invalid_grant", "invalid_client"}:
        return str(code)
    return "invalid_grant" if response.status_code == HTTPStatus.BAD_REQUEST else ""


class Root(NamedTuple):
    """Where a tenant's API lies.

    Attributes:
        url: The URL under which ``services/v30.0/`` lies, with a trailing slash.
        named_by: ``"the sign-in"``, ``"discovery"``, or ``"nobody"`` if it was put together.
    """

    url: str
    named_by: str


@dataclass(frozen=True)
class SignIn:
    """Mints tokens for one set of credentials and finds the root of the API they open.

    Attributes:
        credentials: The form's first pane.
        api_host: The user's own root URL, or ``""`` for the vendor's public hosts.
        caller: Sends the requests.
    """

    credentials: Credentials
    api_host: str
    caller: Caller

    def mint(self) -> Token:
        """Ask for a new token.

        Raises:
            AirbyteTracedException: The credentials are refused (``config_error``, naming the
                fields), or the vendor cannot be reached.
        """
        _mask_spellings(self.credentials)
        if isinstance(self.credentials, ApplicationUser):
            response = self._application_user(self.credentials)
        elif isinstance(self.credentials, AccessKey):
            response = self._access_key(self.credentials)
        else:
            response = self._client_access_key(self.credentials)
        try:
            return Token.from_response(response)
        except ValueError as error:
            raise messages.UNUSABLE.error(reason=error) from None

    def _application_user(self, login: ApplicationUser) -> Mapping[str, Any]:
        identity = f"{login.application_name}@{login.vendor_name}:{login.business_number}"
        url = f"{self.api_host or _CENTRAL}/InContactAuthorizationServer/Token"
        application = (
            f"{form_field('credentials.application_name')}, "
            f"{_both('vendor_name', 'business_number')}: this application may not sign the user in"
        )
        person = _both("username", "password")
        return self.caller.post(
            url,
            SignInResponseHandler(
                url,
                {"invalid_grant": person, "invalid_client": application, "": application},
                _hint_of_blanks(login),
            ),
            headers={"Authorization": _basic(identity)},
            json={
                "grant_type": "password",
                "username": login.username,
                "password": login.password.get_secret_value(),
                "scope": "",
            },
        )

    def _access_key(self, login: AccessKey) -> Mapping[str, Any]:
        url = f"{self._regional_host(login)}/authentication/v1/token/access-key"
        fields = (
            f"{_both('access_key_id', 'access_key_secret')}, and that the key belongs to region "
            f"'{login.region}' (field {form_field('credentials.region')})"
        )
        return self.caller.post(
            url,
            SignInResponseHandler(url, {"": fields}, _hint_of_blanks(login)),
            json={
                "accessKeyId": login.access_key_id,
                "accessKeySecret": login.access_key_secret.get_secret_value(),
            },
        )

    def _client_access_key(self, login: ClientAccessKey) -> Mapping[str, Any]:
        url = self._token_endpoint()
        client = _both("client_id", "client_secret")
        key = _both("access_key_id", "access_key_secret")
        return self.caller.post(
            url,
            SignInResponseHandler(
                url,
                {"invalid_client": client, "invalid_grant": key, "": f"{client}, and {key}"},
                _hint_of_blanks(login),
            ),
            # In the body, where form encoding settles what a '=' or ':' in a secret means; in a
            # basic header, clients differ [L]. Back-end clients are registered for this way [S].
            data={
                "grant_type": "password",
                "client_id": login.client_id,
                "client_secret": login.client_secret.get_secret_value(),
                "username": login.access_key_id,
                "password": login.access_key_secret.get_secret_value(),
            },
        )

    def _regional_host(self, login: AccessKey) -> str:
        return self.api_host or f"https://{login.region}.nice-incontact.com"

    def _token_endpoint(self) -> str:
        root = self.api_host or _CXONE
        found = self.caller.look_up(f"{root}/.well-known/openid-configuration")
        return str(found.get("token_endpoint") or f"{root}/auth/token")

    def find_root(self, token: Token) -> Root:
        """Where the API lies.

        It comes from the token or from discovery. Only if discovery is silent, it is put together
        from the area or the cluster that the token names [A 10].

        Raises:
            AirbyteTracedException: Nothing names the tenant (``config_error``).
        """
        base, named_by = token.base_uri, "the sign-in"
        if not base:
            base, named_by = self._discovered(token), "discovery"
        if not base:
            base, named_by = self._guessed(token), "nobody"
        if not base:
            raise messages.NO_TENANT.error()
        # Responses end with or without /inContactAPI, /services and a slash [L].
        plain = re.sub(r"(/incontactapi(/services)?)?/*$", "", base, flags=re.IGNORECASE)
        return Root(f"{plain}/inContactAPI/", named_by)

    def _discovered(self, token: Token) -> str:
        if isinstance(self.credentials, AccessKey):
            url = f"{self._regional_host(self.credentials)}/.well-known/cxone-configuration"
        else:
            tenant = getattr(self.credentials, "tenant_id", None) or token.claims.get("tenantId")
            if not tenant:
                return ""
            root = self.api_host or _CXONE
            url = f"{root}/.well-known/cxone-configuration?tenantId={quote(str(tenant), '')}"
        return str(self.caller.look_up(url).get("api_endpoint") or "")

    def _guessed(self, token: Token) -> str:
        if self.api_host:
            return self.api_host
        area = token.claims.get("area") or getattr(self.credentials, "region", None)
        if area:
            return f"https://api-{str(area).lower()}.niceincontact.com"
        cluster = token.claims.get("icClusterId")
        return f"https://api-{str(cluster).lower()}.nice-incontact.com" if cluster else ""


def _both(one: str, other: str) -> str:
    return f"{form_field(f'credentials.{one}')} and {form_field(f'credentials.{other}')}"


def _mask_spellings(credentials: Credentials) -> None:
    """Register how a server that echoes a request would spell its secrets."""
    for _, field in credentials:
        if not isinstance(field, SecretStr):
            continue
        secret = field.get_secret_value()
        spellings = {
            quote(secret, safe=""),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
            html.escape(secret),
            base64.b64encode(secret.encode()).decode(),
            secret.encode().decode("latin-1"),  # how a header's UTF-8 arrives
            " ".join(secret.split()),  # how prose is printed
        }
        for spelling in sorted(spellings - {secret, ""}):
            add_to_secrets(spelling)


def _hint_of_blanks(credentials: Credentials) -> str:
    """Which secrets begin or end with white space, which may come from copying them."""
    fields = [
        form_field(f"credentials.{name}")
        for name, field in credentials
        if isinstance(field, SecretStr)
        and field.get_secret_value() != field.get_secret_value().strip()
    ]
    if not fields:
        return ""
    return (
        f"Note that {' and '.join(fields)} begins or ends with white space; if that is not part of "
        "it, enter it again without."
    )


def _basic(pair: str) -> str:
    encoded = base64.b64encode(pair.encode()).decode()
    add_to_secrets(encoded)
    return f"Basic {encoded}"
