"""The sandbox as its own tests know it: one moment, one day and signed-in calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integration_tests.sandbox import configs
from integration_tests.sandbox.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from integration_tests.sandbox.client import Sandbox

NOW = "2026-11-16T18:00:00.000Z"
DAY: dict[str, Any] = {"startDate": "2026-11-12T00:00:00Z", "endDate": "2026-11-13T00:00:00Z"}
WINDOW = (DAY["startDate"], DAY["endDate"])
LATER: dict[str, Any] = {"startDate": "2026-11-17T00:00:00Z", "endDate": "2026-11-18T00:00:00Z"}
"""The day after ``NOW``: nothing has happened yet."""
SUMMARIES = {
    "agents/performance": "agentPerformance",
    "teams/performance-total": "teamPerformanceTotal",
    "skills/summary": "skillSummaries",
}
"""The list's name in each summary's answer, by path."""
TRUTHS: dict[str, Callable[..., list[dict[str, Any]]]] = {
    "agents/performance": Truth.agent_performance,
    "teams/performance-total": Truth.team_performance_totals,
    "skills/summary": Truth.skill_summaries,
    "contacts": Truth.contacts,
}
"""What each dated report should say, by path."""


def access_key_login(sandbox: Sandbox, http: requests.Session, **changes: str) -> requests.Response:
    """Sign in with the access key, some of its fields changed."""
    said = {**configs.CREDENTIALS["access_key"], **changes}
    key = {"accessKeyId": said["access_key_id"], "accessKeySecret": said["access_key_secret"]}
    return http.post(f"{sandbox.url}/authentication/v1/token/access-key", json=key)


class Api:
    """Signed-in calls of any API version."""

    def __init__(self, sandbox: Sandbox, http: requests.Session) -> None:
        self.sandbox = sandbox
        self.http = http
        self.root = f"{sandbox.url}/inContactAPI/services"
        self.sign_in()

    def sign_in(self) -> None:
        """Get a token, as a new life of the sandbox wants it."""
        token = access_key_login(self.sandbox, self.http).json()["access_token"]
        self.http.headers["Authorization"] = f"bearer {token}"

    def get(self, path: str, version: int = 30, /, **query: Any) -> requests.Response:
        """Read from a path below the version."""
        return self.http.get(f"{self.root}/v{version}.0/{path}", params=query, timeout=30)

    def post(self, path: str, version: int = 30, /, **query: Any) -> requests.Response:
        """Order something from a path below the version."""
        return self.http.post(f"{self.root}/v{version}.0/{path}", params=query, timeout=30)
