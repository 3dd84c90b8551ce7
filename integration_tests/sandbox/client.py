"""How a test uses the sandbox: start it, ask it, trouble it, and compare with the truth.

Example:
    >>> with Sandbox.start(seed=7, now="2026-11-16T12:00:00Z") as sandbox:  # doctest: +SKIP
    ...     sandbox.fault("contacts", {"status": 503}, times=2)
    ...     config = sandbox.config("access_key", date={"date_type": "offset", "date_offset": 1})
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox import configs
from integration_tests.sandbox.clock import Moment, format_ms, to_ms
from integration_tests.sandbox.faults import is_path
from integration_tests.sandbox.state import Settings
from integration_tests.sandbox.truth import Truth

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from integration_tests.sandbox.configs import Login

_ROOT = Path(__file__).resolve().parents[2]
_CONTROL_TIMEOUT_SECONDS = 30
_STOP_TIMEOUT_SECONDS = 10
_PROXY_VARIABLES = frozenset({"http_proxy", "https_proxy", "all_proxy"})
_TOKENS = ("access_token", "refresh_token", "id_token")
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Sandbox:
    """A running sandbox in a process of its own; also a context manager that stops it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        """Use ``start`` instead."""
        self._process = process
        self.url = url
        """Root address, without a slash at the end."""

    @classmethod
    def start(cls, **settings: Any) -> Sandbox:
        """Start a server and wait until it listens.

        Args:
            settings: Any field of ``Settings``, and ``host`` or ``port``; ``now`` may also be an
                aware datetime.
        """
        options = [
            part
            for name, value in _plain(settings).items()
            for part in (f"--{name.replace('_', '-')}", str(value))
        ]
        environment = {
            name: value
            for name, value in os.environ.items()
            if name.lower() not in _PROXY_VARIABLES
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "integration_tests.sandbox", "--until-stdin-closes", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env=environment,
        )
        line = process.stdout.readline() if process.stdout else ""
        sandbox = cls(process, json.loads(line)["url"] if line else "")
        if not line:
            code = process.wait()
            sandbox.stop()
            message = f"the sandbox did not start; exit code {code}"
            raise RuntimeError(message)
        return sandbox

    def __enter__(self) -> Self:
        """Nothing to do: it already runs."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def stop(self) -> None:
        """End the server process; harmless if it has ended."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def reset(self, **settings: Any) -> None:
        """Begin anew with the settings of the start, these changed; nothing else is kept."""
        self._control("POST", "reset", _plain(settings))

    def requests(self, path: str | None = None) -> list[dict[str, Any]]:
        """The requests so far, in order of arrival; only those of one relative path if given.

        A segment ``*`` of the path stands for any one segment: ``report-jobs/*``.
        """
        entries: list[dict[str, Any]] = self._control("GET", "requests")
        wanted = "*" if path is None else path.lower()
        return [entry for entry in entries if is_path(wanted, entry["path"])]

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._control("DELETE", "requests")

    def fault(self, path: str, do: dict[str, Any], **rule: Any) -> None:
        """Add a fault rule.

        Args:
            path: Path below the version such as ``contacts`` or ``report-jobs/*`` (a segment ``*``
                is any one segment), a full path for sign-in, or ``*`` for every path.
            do: What happens; see ``faults.ACTIONS``.
            rule: ``method``, ``query`` and ``further`` narrow the match; ``after``,
                ``times`` and ``chance`` say when it acts.
        """
        match: dict[str, Any] = {"path": path}
        match.update(
            (name, rule.pop(name)) for name in ("method", "query", "further") if name in rule
        )
        self._control("POST", "faults", {"match": match, "do": do, **rule})

    def faults(self) -> list[dict[str, Any]]:
        """The rules with how often each matched, fired and changed the answer by that."""
        rules: list[dict[str, Any]] = self._control("GET", "faults")
        return rules

    def clear_faults(self) -> None:
        """Remove all rules, and let jobs that they hold up go on."""
        self._control("DELETE", "faults")

    def hide(self, start: Moment, end: Moment) -> None:
        """Take the facts of a span of time from view, as if they were late."""
        self._control("POST", "hide", {"start": _iso(start), "end": _iso(end)})

    def unhide(self) -> None:
        """Show all facts again."""
        self._control("DELETE", "hide")

    def set_clock(self, now: Moment, *, ticking: bool | None = None) -> None:
        """Put the sandbox's clock to an instant; ``ticking`` as in the settings unless given."""
        body: dict[str, Any] = {"now": _iso(now)}
        if ticking is not None:
            body["ticking"] = ticking
        self._control("POST", "clock", body)

    def expire_tokens(self) -> None:
        """Let every token be refused from now on."""
        self._control("POST", "tokens/expire")

    def tokens(self) -> list[str]:
        """Every token given out so far."""
        given: list[str] = self._control("GET", "tokens")
        return given

    def injected_tokens(self) -> list[str]:
        """Every token that a fault lets a sign-in answer with."""
        said = [rule["do"].get("field_envelope", {}) for rule in self.faults()]
        found = [texts.get(name) for texts in said for name in _TOKENS]
        return [token for token in found if isinstance(token, str) and token]

    def config(self, login: Login = "access_key", **details: Any) -> dict[str, Any]:
        """A complete configuration; keys of ``details`` go there, other keys to the top."""
        return configs.config(self.url, login, **details)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return Settings(**self._control("GET", "state")["settings"])

    @property
    def now(self) -> str:
        """The sandbox's clock, an ISO instant with milliseconds."""
        return str(self._control("GET", "state")["now"])

    @property
    def truth(self) -> Truth:
        """The truth as this sandbox shows it now: its world, its clock, what it hides."""
        state = self._control("GET", "state")
        hidden = tuple((span["start"], span["end"]) for span in state["hidden"])
        settings = Settings(**state["settings"])
        return Truth(settings.world(), state["now"], hidden, settings.lists_downloads)

    def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - always http, to our own server
            f"{self.url}/_sandbox/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json"},
        )
        try:
            with _OPENER.open(request, timeout=_CONTROL_TIMEOUT_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                message = f"{method} {path}: {error.read().decode()}"
            raise ValueError(message) from error


def _iso(moment: Moment) -> str:
    return format_ms(to_ms(moment))


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that say something, instants as text."""
    given = {name: value for name, value in settings.items() if value is not None}
    if "now" in given:
        given["now"] = _iso(given["now"])
    return given
