"""The deadline below an answer, on every way that an answer can come."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from source_incontact.http import session
from source_incontact.http.clock import ClockCheck
from source_incontact.http.hosts import HostGuard
from source_incontact.http.rate_limiter import RateLimiter
from source_incontact.http.session import ApiSession
from source_incontact.http.stall_timeout import StallTimeout
from unit_tests.dripping import Dripper, certificate

if TYPE_CHECKING:
    from pytest_mock import MockerFixture

DEADLINE_SECONDS = 0.5
"""The server needs four seconds to its end."""


@dataclass(frozen=True)
class Way:
    """How an answer comes: over TLS or not, through a proxy or not."""

    scheme: str
    proxied: bool

    def get(self, server: Dripper, pem: Path, **options: Any) -> requests.Response:
        """Ask a server, or another address with the server as the proxy to it."""
        url = f"{self.scheme}://127.0.0.1:{server.port + self.proxied}/"
        proxies = {self.scheme: f"http://127.0.0.1:{server.port}"} if self.proxied else {}
        limiter = RateLimiter(HostGuard(url), 1000, StallTimeout(job_timeout_minutes=30))
        with ApiSession(limiter, ClockCheck()) as session:
            return session.get(url, verify=str(pem), proxies=proxies, **options)


WAYS = [
    pytest.param(Way("http", proxied=False), id="plain"),
    pytest.param(Way("https", proxied=False), id="TLS"),
    pytest.param(Way("http", proxied=True), id="plain, by a proxy"),
    pytest.param(Way("https", proxied=True), id="TLS, by a proxy"),
]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


def serving(way: Way, pem: Path, *, drips: bool = True, in_head: bool = False) -> Dripper:
    secure = way.scheme == "https"
    return Dripper(
        pem if secure else None, tunnel=secure and way.proxied, drips=drips, in_head=in_head
    )


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_in_time_comes_whole(way: Way, pem: Path) -> None:
    with serving(way, pem, drips=False) as server:
        assert way.get(server, pem).content.isspace()


@pytest.mark.parametrize("in_head", [False, True], ids=["body", "head"])
@pytest.mark.parametrize("way", WAYS)
def test_an_answer_that_drips_past_the_deadline_is_given_up(
    mocker: MockerFixture,
    pem: Path,
    way: Way,
    in_head: bool,  # noqa: FBT001 - a parameter
) -> None:
    mocker.patch.object(session, "MAX_RESPONSE_SECONDS", DEADLINE_SECONDS)
    with ExitStack() as stack:
        server = stack.enter_context(serving(way, pem, in_head=in_head))
        began = time.monotonic()
        with pytest.raises(requests.exceptions.ReadTimeout):
            way.get(server, pem)
        assert time.monotonic() - began >= DEADLINE_SECONDS


@pytest.mark.parametrize("way", WAYS)
def test_a_streamed_file_has_a_deadline_of_its_own(
    mocker: MockerFixture, pem: Path, way: Way
) -> None:
    mocker.patch.object(session, "MAX_FILE_SECONDS", DEADLINE_SECONDS)
    with serving(way, pem) as server, pytest.raises(requests.exceptions.ConnectionError):
        _ = way.get(server, pem, stream=True).content


@pytest.mark.parametrize("proxied", [False, True])
def test_an_unknown_certificate_is_refused(pem: Path, proxied: bool) -> None:  # noqa: FBT001 - a parameter
    way = Way("https", proxied=proxied)
    with serving(way, pem) as server, pytest.raises(requests.exceptions.SSLError):
        way.get(server, pem=Path(DEFAULT_CA_BUNDLE_PATH))
