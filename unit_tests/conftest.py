from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from hypothesis import HealthCheck, settings

from integration_tests.sandbox.client import Sandbox
from unit_tests.sandbox_api import NOW, Api

if TYPE_CHECKING:
    from collections.abc import Iterator

# No test may depend on how fast the machine is.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox.start(now=NOW, ticking=False, job_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Accept"] = "application/json"
        yield session


@pytest.fixture
def api(sandbox: Sandbox, http: requests.Session) -> Api:
    return Api(sandbox, http)
