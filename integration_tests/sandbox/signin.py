"""The three logins and discovery, all on the sandbox's one host."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox import configs
from integration_tests.sandbox.answers import Answer, Request, oauth_error
from integration_tests.sandbox.world import BUSINESS_UNIT_NAME

if TYPE_CHECKING:
    from integration_tests.sandbox.state import State

LEGACY_PATH = "/incontactauthorizationserver/token"
ACCESS_KEY_PATH = "/authentication/v1/token/access-key"
OPENID_PATH = "/auth/token"
OPENID_CONFIGURATION_PATH = "/.well-known/openid-configuration"
CXONE_CONFIGURATION_PATH = "/.well-known/cxone-configuration"

_SCOPES = "RealTimeApi AdminApi AuthenticationApi PatronApi AgentApi CustomApi ReportingApi"
_AREA, _CLUSTER = "na1", "C42"
_USER_AGENT_ID, _USER_TEAM_ID = "1204001", "2472302"
_REFRESH_SECONDS = 7200


def _basic(request: Request) -> str:
    """What a Basic header says, the scheme in any case (L); empty if there is none."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except ValueError:
        return ""


def _fields(request: Request) -> dict[str, Any]:
    try:
        return request.fields()
    except ValueError:
        return {}


def sign_in_legacy(request: Request, state: State, url: str) -> Answer:
    """App, vendor, business unit, user and password (L).

    A wrong user or password is 400 (L), a wrong app, vendor or business unit 401 (S).
    """
    client = _basic(request)
    known = f"{configs.APPLICATION_NAME}@{configs.VENDOR_NAME}:{state.world.business_unit}"
    if client != known:
        name = client.rpartition(":")[0]
        reason = f"Client application '{name}' not authorized for user"
        return oauth_error(401, "invalid_client", reason)
    fields = _fields(request)
    if fields.get("grant_type") != "password":
        return oauth_error(400, "unsupported_grant_type", "grant_type must be password")
    if (fields.get("username"), fields.get("password")) != (configs.USERNAME, configs.PASSWORD):
        return oauth_error(400, "invalid_grant", "The user name or password is incorrect")
    token = secrets.token_urlsafe(96)
    state.tokens.add(token, state.settings.token_life)
    return Answer(
        payload={
            "access_token": token,
            "token_type": "bearer",
            "expires_in": int(state.settings.token_life),
            "refresh_token": secrets.token_urlsafe(24),
            "scope": fields.get("scope") or _SCOPES,
            "resource_server_base_uri": f"{url}/inContactAPI/",
            "refresh_token_server_uri": f"{url}/InContactAuthorizationServer/Token",
            "agent_id": _USER_AGENT_ID,
            "team_id": _USER_TEAM_ID,
            "bus_no": str(state.world.business_unit),
        }
    )


def sign_in_access_key(request: Request, state: State, url: str) -> Answer:
    """Access key id and secret (L); the answer names no API host (L). A wrong key is 401 (A)."""
    fields = _fields(request)
    if (fields.get("accessKeyId"), fields.get("accessKeySecret")) != _ACCESS_KEY:
        return oauth_error(401, "invalid_grant", "The access key id or secret is not valid")
    return Answer(payload={**_jwt_answer(state, url), "refresh_token_expires_in": _REFRESH_SECONDS})


def sign_in_openid(request: Request, state: State, url: str) -> Answer:
    """Client and access key (L); the client stands in a Basic header or in the body (L)."""
    fields = _fields(request)
    client_id, _, client_secret = _basic(request).partition(":")
    client = (client_id or fields.get("client_id"), client_secret or fields.get("client_secret"))
    if client != (configs.CLIENT_ID, configs.CLIENT_SECRET):
        return oauth_error(401, "invalid_client", "Client authentication failed")
    if fields.get("grant_type") != "password":
        return oauth_error(400, "unsupported_grant_type", "grant_type must be password")
    if (fields.get("username"), fields.get("password")) != _ACCESS_KEY:
        return oauth_error(401, "invalid_grant", "The access key id or secret is not valid")
    issued = "urn:ietf:params:oauth:token-type:access_token"
    return Answer(payload={**_jwt_answer(state, url), "issued_token_type": issued})


_ACCESS_KEY = (configs.ACCESS_KEY_ID, configs.ACCESS_KEY_SECRET)


def _jwt_answer(state: State, url: str) -> dict[str, Any]:
    token = _jwt(state, url)
    state.tokens.add(token, state.settings.token_life)
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(state.settings.token_life),
        "refresh_token": secrets.token_urlsafe(24),
        "id_token": _jwt(state, url),
    }


def _jwt(state: State, url: str) -> str:
    """A three-part token with the claims of a CXone token (L); its signature is noise."""
    issued = state.clock.now() // 1000
    claims = {
        "icSPId": "1",
        "icAgentId": _USER_AGENT_ID,
        "sub": f"user:{configs.TENANT_ID}",
        "iss": url,
        "given_name": "Zoë",
        "family_name": "Núñez",
        "name": configs.USERNAME,
        "aud": "warehouse@sandbox",
        "icBUId": state.world.business_unit,
        "tenantId": configs.TENANT_ID,
        "tenant": BUSINESS_UNIT_NAME,
        "icClusterId": _CLUSTER,
        "area": _AREA,
        "iat": issued,
        "exp": issued + int(state.settings.token_life),
    }
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT"}, claims)]
    parts.append(secrets.token_bytes(64))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def openid_configuration(request: Request, state: State, url: str) -> Answer:
    """Discovery 1: where to sign in (L)."""
    del request, state
    return Answer(
        payload={
            "issuer": url,
            "authorization_endpoint": f"{url}/auth/authorize",
            "token_endpoint": f"{url}/auth/token",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "grant_types_supported": ["authorization_code", "password", "refresh_token"],
        }
    )


def cxone_configuration(request: Request, state: State, url: str) -> Answer:
    """Discovery 2: where the API is (L).

    Without a tenant it is the region's own answer (L); an unknown tenant is 404 (A).
    """
    del state
    tenant = request.query.get("tenantId", configs.TENANT_ID)
    if tenant != configs.TENANT_ID:
        return Answer(404, {"message": f"Tenant {tenant} was not found"})
    return Answer(
        payload={
            "private": False,
            "ui_endpoint": url,
            "auth_endpoint": url,
            "api_endpoint": url,
            "area": _AREA,
            "cluster": _CLUSTER,
            "domain": "nice-incontact.com",
            "acdDomain": "nice-incontact.com",
            "uhDomain": "nice-incontact.com",
            "tenantId": tenant,
            "globaldomain": "niceincontact.com",
        }
    )
