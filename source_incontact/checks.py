"""What ``check`` asks of the API: one cheap call for each family of reports."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.families.dynamic_streams import custom_reports, data_downloads
from source_incontact.streams import Contacts, TeamPerformanceTotals
from source_incontact.windows.days import QUARTER_HOUR, floor_quarter, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

    from source_incontact.context import SyncContext
    from source_incontact.families.report import Report

_SMALLEST_LIST = "teams"
_SMALLEST_REPORTS = (TeamPerformanceTotals, Contacts)


def unreadable_families(bound: SyncContext, lists: Sequence[AbstractStream]) -> list[str]:
    """Why report families cannot be read, a sentence each; empty if all can.

    The probes are the smallest list and, over the last quarter hour, the smallest report of each
    family; then every report that the user named.

    Raises:
        AirbyteTracedException: Sign-in failed, so that nothing can be read.
    """
    _ = bound.api.root  # signs in: its error is about everything, not about a family
    end = floor_quarter(datetime.now(timezone.utc))
    window = {"start": to_wire(end - QUARTER_HOUR), "end": to_wire(end)}
    probes: list[Callable[[], object]] = [
        partial(_first_record, stream) for stream in lists if stream.name == _SMALLEST_LIST
    ]
    probes += [partial(_first_row, family(bound.api), window) for family in _SMALLEST_REPORTS]
    # A custom report is only looked up: running its job is not cheap.
    probes += [partial(getattr, report, "report") for report in custom_reports(bound)]
    probes += [partial(one.discover_columns, window) for one in data_downloads(bound)]
    return [problem for probe in probes if (problem := _problem(probe)) is not None]


def _problem(probe: Callable[[], object]) -> str | None:
    try:
        probe()
    except AirbyteTracedException as error:
        return str(error)
    return None


def _first_row(report: Report, window: Mapping[str, str]) -> object:
    return next(iter(report.read_window(window)), None)


def _first_record(stream: AbstractStream) -> object:
    return next(iter(next(iter(stream.generate_partitions())).read()), None)
