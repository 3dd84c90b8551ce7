"""What ``check`` asks of the API: one cheap request for each report, all side by side."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from source_incontact.api.refusals import BusyError
from source_incontact.families.dynamic_streams import custom_reports, data_downloads
from source_incontact.messages.log import COUNTS_AS_READABLE
from source_incontact.messages.signing_in import TOO_LATE
from source_incontact.side_by_side import Probe, ask_all
from source_incontact.windows.days import QUARTER_HOUR, floor_quarter, to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

    from source_incontact.context import SyncContext
    from source_incontact.families.report import Report

LOGGER = logging.getLogger("airbyte.source_incontact.check")

CHECK_SECONDS = 40.0
"""How long ``check`` waits for the API. With its start, it results within 45 seconds."""

_SIGN_IN = "sign-in"
_ANY = "\0"


def unreadable_reports(
    context: SyncContext, lists: Sequence[AbstractStream], reports: Sequence[Report]
) -> list[str]:
    """Why reports cannot be read, a sentence each; empty if all can.

    A report that is busy, or does not answer in time, counts as readable.

    Args:
        context: The config; its API is in probing mode.
        lists: The chosen streams of the manifest.
        reports: The chosen reports that take dates.

    Raises:
        AirbyteTracedException: Sign-in failed, so that nothing can be read.
    """
    deadline = sign_in(context, CHECK_SECONDS)
    probes = _probes(context, lists, reports)
    results = ask_all(probes, deadline)
    errors = {}
    for probe in probes:
        result = results.get(probe.stream)
        if result is None:
            note = COUNTS_AS_READABLE.says(seconds=CHECK_SECONDS)
            LOGGER.warning("%s: %s", probe.stream, note)
        elif isinstance(result.error, BusyError):
            LOGGER.warning("%s; it counts as readable.", result.error)
        elif result.error is not None:
            errors[probe.stream] = str(result.error)
    return _told_once(errors)


def _told_once(errors: Mapping[str, str]) -> list[str]:
    """The errors by stream, ``agents: The API does not know agents ...``, each cause once."""
    alike: dict[str, list[str]] = {}
    for stream, error in errors.items():
        # Before the text and within it; a third time it may be part of a permission's name.
        alike.setdefault(error.replace(stream, _ANY, 2), []).append(stream)
    return [
        errors[streams[0]]
        if len(streams) == 1
        else cause.replace(_ANY, ", ".join(streams), 1).replace(_ANY, "these reports")
        for cause, streams in alike.items()
    ]


def sign_in(context: SyncContext, seconds: float) -> float:
    """Sign in; an error of it is about everything, not about a report.

    Args:
        context: The config.
        seconds: How long all of the command may wait for the API.

    Returns:
        When they are over, by `time.monotonic`.

    Raises:
        AirbyteTracedException: It failed, or took longer.
    """
    deadline = time.monotonic() + seconds
    results = ask_all([Probe(_SIGN_IN, lambda: context.api.root)], deadline)
    result = results.get(_SIGN_IN)
    if result is None:
        raise TOO_LATE.error(seconds=seconds)
    if result.error is not None:
        raise result.error
    return deadline


def _probes(
    context: SyncContext, lists: Sequence[AbstractStream], reports: Sequence[Report]
) -> list[Probe]:
    end = floor_quarter(context.began)
    window = {"start": to_wire(end - QUARTER_HOUR), "end": to_wire(end)}
    named = [*custom_reports(context), *data_downloads(context)]
    return [
        *(Probe(stream.name, partial(_first_record, stream)) for stream in lists),
        *(Probe(report.name, partial(report.probe, window)) for report in [*reports, *named]),
    ]


def _first_record(stream: AbstractStream) -> object:
    return next(iter(next(iter(stream.generate_partitions())).read()), None)
