"""Everything that talks to one tenant, made once and shared by every stream and thread."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING

from source_incontact.api.auth import Authenticator
from source_incontact.api.calls import Caller, ReportClient
from source_incontact.api.extraction import ExtractionJobs
from source_incontact.api.response_handler import ResponseHandler
from source_incontact.api.signin import SignIn
from source_incontact.http.clock import ClockCheck
from source_incontact.http.hosts import HostGuard
from source_incontact.http.rate_limiter import RateLimiter
from source_incontact.http.session import ApiSession, PublicSession
from source_incontact.http.stall_timeout import StallTimeout

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    import requests

    from source_incontact.api.report_label import ReportLabel
    from source_incontact.api.signin import Root
    from source_incontact.form.config import Settings

LOGGER = logging.getLogger("airbyte.source_incontact.api")


class InContactApi:
    """One tenant's API.

    Args:
        settings: The parsed form.
    """

    def __init__(self, settings: Settings) -> None:
        self.is_probing = False
        """Whether it is enough to learn what may be read; set before the first client is made."""
        self.types_rows = False
        """Whether rows are typed while they are decoded; set before the first client is made."""
        self.version = settings.api_version
        """Of the reporting API, such as ``30.0``."""
        self.clock = ClockCheck()
        """Compares the servers' clock with this machine's."""
        self.num_workers = settings.num_workers
        """How many windows, or parts of them, are read at the same time."""
        self._slots = threading.BoundedSemaphore(settings.num_workers)
        self._guard = HostGuard(settings.api_host)
        self.stall_timeout = StallTimeout(settings.job_timeout_minutes)
        """To be renewed whenever the sync gets ahead."""
        self._limiter = RateLimiter(self._guard, settings.requests_per_second, self.stall_timeout)
        self._sign_in = SignIn(
            settings.credentials, settings.api_host, Caller(self._limiter, self.clock)
        )
        self._lock = threading.Lock()
        self._authenticator = Authenticator(self._sign_in)
        self._session = ApiSession(self._limiter, self.clock)
        self._session.auth = self._authenticator
        self._root: Root | None = None
        self._public = PublicSession()
        self._job_timeout_minutes = settings.job_timeout_minutes

    @property
    def root(self) -> str:
        """The URL that report paths are joined to, with a trailing slash. Signs in if need be."""
        with self._lock:
            if self._root is None:
                found = self._sign_in.find_root(self._authenticator.token)
                self._guard.require(found.url, "The API address given at sign-in")
                self._root = found
            return f"{self._root.url}services/v{self.version}/"

    @property
    def root_named_by(self) -> str:
        """Who named the root, as in `Root`; ``""`` before the sign-in."""
        return self._root.named_by if self._root else ""

    @property
    def requests_sent(self) -> int:
        """How many requests were sent, sign-in and repeated tries included."""
        return self._limiter.sent

    @property
    def origin(self) -> str:
        """Where the services beside the reporting API lie, with a trailing slash."""
        return self.root.partition("inContactAPI/")[0]

    @property
    def slot(self) -> AbstractContextManager[object]:
        """To be held while a page is asked for, so that no more are than there are workers."""
        return nullcontext() if self.is_probing else self._slots

    @cached_property
    def workers(self) -> Executor:
        """Threads for parts of windows, beside those of the CDK for whole ones: see `slot`."""
        return ThreadPoolExecutor(self.num_workers, "incontact")

    @cached_property
    def extraction_jobs(self) -> ExtractionJobs:
        """The jobs of Data Extraction, which run one after the other."""
        return ExtractionJobs(self, self._job_timeout_minutes)

    def fetch_public(self, address: str) -> requests.Response:
        """A streamed response from an address that carries its own right, without the token.

        Raises:
            AirbyteTracedException: The address is not an https one (``config_error``).
        """
        return self._public.get(self._guard.require_public(address), stream=True)

    @property
    def business_unit_id(self) -> int | None:
        """The business unit that the token names, if it names one."""
        return self._authenticator.token.business_unit_id

    @property
    def area(self) -> str:
        """The vendor's area that the token names, such as ``na1``, or ``""``."""
        return str(self._authenticator.token.claims.get("area") or "")

    def client_for(
        self, label: ReportLabel, handler: type[ResponseHandler] = ResponseHandler
    ) -> ReportClient:
        """What asks about one report, on the shared session. No network call.

        Args:
            label: The report.
            handler: The kind of response handler.
        """
        return ReportClient(
            self._session, label, self._authenticator, handler, is_probe=self.is_probing
        )
