"""Servers for every test: a sandbox, one for each worker, begun anew; and somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox.client import Sandbox
from integration_tests.support.constants import NOW
from integration_tests.support.foreign_server import Stranger

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    """The server of this worker."""
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """A fresh small world whose clock stands still at `NOW`."""
    server.reset(now=NOW, ticking=False)
    return server


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    """A server that nothing may be sent to."""
    with Stranger() as server:
        yield server
        assert server.heard == []
