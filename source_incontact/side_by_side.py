"""Probes asked all at once, with a bound on how long the results are waited for."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.error_context import error_context

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_GLANCE_SECONDS = 0.2


@dataclass(frozen=True)
class Probe:
    """Something to be asked of the API.

    Attributes:
        stream: Name of the stream that it is about.
        ask: Asks; returns something or raises.
        context: What is put before the message of an error.
    """

    stream: str
    ask: Callable[[], object]
    context: str = ""


@dataclass(frozen=True)
class ProbeResult:
    """What came of a probe.

    Attributes:
        value: What was returned.
        error: What was raised instead.
    """

    value: object = None
    error: AirbyteTracedException | None = None


def ask_all(probes: Sequence[Probe], deadline: float) -> dict[str, ProbeResult]:
    """The results by stream; a probe that is not answered in time has none.

    Args:
        probes: What to ask, each on a thread of its own.
        deadline: `time.monotonic` seconds until which the results are waited for.
    """
    results: dict[str, ProbeResult] = {}
    threads = [
        # Daemons: a server that never results may not keep the process alive.
        threading.Thread(target=_ask, args=(probe, results), daemon=True)
        for probe in probes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive() and time.monotonic() < deadline:
            thread.join(_GLANCE_SECONDS)
    return dict(results)


def _ask(probe: Probe, results: dict[str, ProbeResult]) -> None:
    try:
        with error_context(probe.context):
            results[probe.stream] = ProbeResult(probe.ask())
    except AirbyteTracedException as error:
        results[probe.stream] = ProbeResult(error=error)
