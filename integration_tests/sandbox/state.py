"""All that one running sandbox remembers: settings, clock, tokens, requests, faults, jobs."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.clock import Clock, parse_instant
from integration_tests.sandbox.faults import Faults
from integration_tests.sandbox.jobs import Jobs
from integration_tests.sandbox.limiter import LIMITS, Limiter
from integration_tests.sandbox.truth import Truth
from integration_tests.sandbox.world import World

if TYPE_CHECKING:
    from integration_tests.sandbox.answers import Request


@dataclass(frozen=True)
class Settings:
    """What a sandbox can be told; the names are those of the command line, with underscores.

    Attributes:
        seed: Whole number that all data come from.
        agents, teams, skills, campaigns: Sizes of the four lists.
        contacts_per_quarter: Mean number of contacts per quarter hour.
        now: ISO instant at which the clock starts; ``None`` for the machine's time.
        ticking: Whether the clock goes on from there.
        latency: Seconds added to every answer.
        top_cap: Largest page, whatever ``top`` says.
        token_life: Seconds until a token expires.
        rate: Requests per second, over which the answer is 429; ``None`` for no limit.
        limit: How the rate is counted, a key of ``LIMITS``.
        limit_seconds: The span it is counted over, or that the bucket can save up.
        job_seconds: Seconds of the machine's steady clock that a report job takes.
        file_delay: Seconds after that until its file can be fetched.
        lists_downloads: Whether the list of reports names the data downloads too.
        open_share, open_days: How many contacts stay open for longer than an hour, and how long.
        business_unit: Number of the business unit.
        sends_date: Whether each response has a ``Date`` header, by the sandbox's clock.
    """

    seed: int = World.seed
    agents: int = World.agents
    teams: int = World.teams
    skills: int = World.skills
    campaigns: int = World.campaigns
    contacts_per_quarter: float = World.contacts_per_quarter
    open_share: float = World.open_share
    open_days: float = World.open_days
    business_unit: int = World.business_unit
    now: str | None = None
    ticking: bool = True
    latency: float = 0.0
    top_cap: int = 10_000
    token_life: float = 3600.0
    rate: float | None = None
    limit: str = "moving"
    limit_seconds: float = 1.0
    job_seconds: float = 0.2
    file_delay: float = 0.0
    lists_downloads: bool = True
    sends_date: bool = False

    def with_changes(self, changes: dict[str, Any]) -> Settings:
        """These settings with some changed.

        Raises:
            ValueError: A name is unknown or a size is impossible.
        """
        unknown = set(changes) - {known.name for known in fields(self)}
        if unknown:
            message = f"unknown settings: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        changed = replace(self, **changes)
        changed.world()
        if min(changed.job_seconds, changed.file_delay) < 0:
            message = "job_seconds and file_delay cannot be negative"
            raise ValueError(message)
        changed.limiter()
        if changed.now is not None:
            parse_instant(changed.now)
        return changed

    def world(self) -> World:
        """The business unit of these sizes."""
        return World(**{size.name: getattr(self, size.name) for size in fields(World)})

    def limiter(self) -> Limiter:
        """What keeps the rate, nothing counted yet.

        Raises:
            ValueError: There is no such limit.
        """
        if self.limit not in LIMITS:
            message = f"limit is one of {', '.join(LIMITS)}"
            raise ValueError(message)
        if self.rate is None:
            return Limiter(None)
        return Limiter(LIMITS[self.limit](self.rate, self.limit_seconds))


class Tokens:
    """Tokens given out and when each dies, in seconds of the machine's steady clock."""

    def __init__(self) -> None:
        """Start with none."""
        self.given: list[str] = []
        self._deaths: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, token: str, life: float) -> None:
        """Let a token live for some seconds."""
        with self._lock:
            self.given.append(token)
            self._deaths[token] = time.monotonic() + life

    def is_alive(self, token: str | None) -> bool:
        """Whether a token was given out and has not expired."""
        with self._lock:
            return token is not None and self._deaths.get(token, 0.0) > time.monotonic()

    def expire(self, token: str | None = None) -> None:
        """Kill one token, or all."""
        with self._lock:
            if token is None:
                self._deaths.clear()
            else:
                self._deaths.pop(token, None)


class RequestLog:
    """What clients asked, in order of arrival."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: list[dict[str, Any]] = []
        self._started = time.monotonic()
        self._count = 0
        self._lock = threading.Lock()

    def add(self, request: Request, path: str, version: int | None) -> dict[str, Any]:
        """Note a request; its ``status`` is set by the caller once known."""
        token = request.bearer
        entry: dict[str, Any] = {
            "method": request.method,
            "path": path,
            "version": version,
            "query": request.query,
            "status": None,
            "token": hashlib.sha256(token.encode()).hexdigest()[:8] if token else None,
            "at": round(time.monotonic() - self._started, 6),
        }
        with self._lock:
            self._count += 1
            entry["n"] = self._count
            self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """A copy of what was noted."""
        with self._lock:
            return [dict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget all; numbering goes on."""
        with self._lock:
            self._entries.clear()


class State:
    """One life of a sandbox, from start or reset to the next reset."""

    def __init__(self, settings: Settings) -> None:
        """Begin with fresh data, tokens, faults, jobs and log."""
        self.settings = settings
        self.world = settings.world()
        now = None if settings.now is None else parse_instant(settings.now)
        self.clock = Clock(now, ticking=settings.ticking)
        self.hidden: tuple[tuple[int, int], ...] = ()
        self.tokens = Tokens()
        self.limiter = settings.limiter()
        self.log = RequestLog()
        self.faults = Faults(settings.seed)
        self.extractions: dict[str, dict[str, Any]] = {}
        self.jobs = Jobs(settings.job_seconds, settings.file_delay)

    def truth(self) -> Truth:
        """The truth as it is in view at this moment."""
        return Truth(self.world, self.clock.now(), self.hidden, self.settings.lists_downloads)
