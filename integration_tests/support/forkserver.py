"""The connector's command in a process of its own, forked from one that has it imported already.

Starting Python and importing the CDK costs about two seconds; a fork of a prepared server costs
milliseconds and is still a process with its own exit code, output and death. The wall clock can be
set, and most of each sleep is skipped: both are done to the process, not to the connector.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import time_machine

from integration_tests.support.heartbeat import note_beats
from source_incontact import run

if TYPE_CHECKING:
    from datetime import datetime

PEAK_SUFFIX = ".peak"
"""Of the file beside the output that says how much memory the command took."""
_LOOPBACK = "127.0.0.1"
_SHORTEST_TIMEOUT_SECONDS = 1.0
_SLEEP_SPEED = 200.0


@dataclass(frozen=True)
class Order:
    """One run of the command.

    Attributes:
        args: What follows ``source-incontact`` on the command line.
        output: The file that takes standard output and error.
        beats: The file that takes the instants of records and states.
        now: Where the wall clock starts; it ticks on. ``None`` leaves it alone.
        speed: How many times faster the steady clock goes, for servers that are slow; ``None``
            lets it go as it does, but skip most of each sleep.
        environment: Further environment variables.
        elsewhere: The local port that every host name leads to; ``None`` leaves names alone.
    """

    args: list[str]
    output: str
    beats: str
    now: datetime | None = None
    speed: float | None = None
    environment: dict[str, str] = field(default_factory=dict)
    elsewhere: int | None = None


def obey(order: Order) -> None:
    """Become the command: called in the forked child, ends with its exit code."""
    target = os.open(order.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.environ.update(order.environment)
    sys.argv = ["source-incontact", *order.args]
    with ExitStack() as stack:
        if order.speed is None:
            _skip_sleep()
        elif order.speed != 1:
            _speed_up(order.speed)
        beats = note_beats(order.beats)
        if order.elsewhere is not None:
            _lead_names_to(order.elsewhere)
        if order.now is not None:
            stack.enter_context(time_machine.travel(order.now, tick=True))
        try:
            run.run()
        finally:
            beats.note()
            sys.stdout.flush()
            _note_peak(order)


def _note_peak(order: Order) -> None:
    """Write down the largest resident memory, in MiB; a fork's peak begins with what it shares."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Path(f"{order.output}{PEAK_SUFFIX}").write_text(str(kilobytes / 1024), "utf-8")


def _skip_sleep() -> None:
    """Let ``time.sleep`` take a fraction of its time, and ``time.monotonic`` skip the rest.

    What the command does takes as long as it takes: a slow machine changes no time-out.
    """
    real_sleep, real_monotonic = time.sleep, time.monotonic
    lock = threading.Lock()
    skipped = 0.0

    def monotonic() -> float:
        return real_monotonic() + skipped

    def sleep(seconds: float, /) -> None:
        nonlocal skipped
        until = monotonic() + seconds
        real_sleep(seconds / _SLEEP_SPEED)
        with lock:  # other threads may have slept meanwhile
            skipped = max(skipped, until - real_monotonic())

    time.sleep, time.monotonic = sleep, monotonic  # type: ignore[assignment]


def _speed_up(speed: float) -> None:
    """Let ``time.sleep``, ``time.monotonic`` and time-outs of sockets go faster, all alike."""
    real_sleep, real_monotonic = time.sleep, time.monotonic
    real_timeout = socket.socket.settimeout
    started = real_monotonic()

    def sleep(seconds: float, /) -> None:
        real_sleep(seconds / speed)

    def monotonic() -> float:
        return started + (real_monotonic() - started) * speed

    def settimeout(self: socket.socket, seconds: float | None) -> None:
        # Our own server needs some time to answer, however fast the clock goes.
        real_timeout(self, seconds and max(seconds / speed, _SHORTEST_TIMEOUT_SECONDS))

    time.sleep, time.monotonic = sleep, monotonic  # type: ignore[assignment]
    socket.socket.settimeout = settimeout  # type: ignore[assignment, method-assign]


def _lead_names_to(port: int) -> None:
    """Let every host name, whatever its port, lead to a server of ours; addresses stay."""
    real = socket.getaddrinfo

    def getaddrinfo(host: str, service: int, *args: Any, **kwargs: Any) -> Any:
        if host == _LOOPBACK:
            return real(host, service, *args, **kwargs)
        return real(_LOOPBACK, port, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
