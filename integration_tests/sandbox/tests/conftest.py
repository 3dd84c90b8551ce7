"""A sandbox of each module's own, begun anew for each test, and ways to ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from integration_tests.sandbox.client import Sandbox
from integration_tests.sandbox.tests.sandbox_api import NOW, Api

if TYPE_CHECKING:
    from collections.abc import Iterator


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
