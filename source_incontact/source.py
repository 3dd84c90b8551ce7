"""The source: which streams there are, whether they can be read, and what a sync must not hide."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteStateMessageSerializer,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    FailureType,
    Status,
    StreamDescriptor,
    Type,
)
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.sources.streams.concurrent.cursor import FinalStateCursor
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact import documents
from source_incontact.blocks import block_of
from source_incontact.change_cursor import ChangeCursor
from source_incontact.checks import unreadable_reports
from source_incontact.configured import ConfiguredStreams
from source_incontact.context import SyncContext
from source_incontact.discovery import MOST_DAYS, discover_columns, newest_header
from source_incontact.engine import Failures, as_stream
from source_incontact.errors import error_of, numbered
from source_incontact.families.change_report import ChangeReport
from source_incontact.families.dynamic_streams import custom_reports, data_downloads
from source_incontact.form.date_selection import chosen_days, warn_beyond_retention
from source_incontact.menu import Entry, chosen_streams, title_of
from source_incontact.messages.form import GONE, NOT_CHOSEN
from source_incontact.messages.log import LISTED_TWICE
from source_incontact.messages.reports import WINDOWS_LEFT_OUT
from source_incontact.side_by_side import Probe
from source_incontact.slicer import WindowCursor, WindowSource
from source_incontact.streams import DATED_REPORTS
from source_incontact.windows.days import UTC
from source_incontact.windows.grid import Interval, cut
from source_incontact.windows.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessage
    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

    from source_incontact.families.file_report import DataDownload
    from source_incontact.families.job_report import CustomReport
    from source_incontact.families.report import MenuReport, Report
    from source_incontact.windows.plan import Plan
    from source_incontact.windows.state import StreamState

LOGGER = logging.getLogger("airbyte.source_incontact")

_SIGNS_OF_LIFE = {Type.RECORD, Type.STATE}
"""What the platform counts, too: logs are none."""
_MANIFEST = Path(__file__).with_name("manifest.yaml")


class SourceIncontact(YamlDeclarativeSource):
    """Reports of a NICE inContact (CXone) contact centre.

    The lists come from the packaged manifest, the reports that take dates from Python; both are
    streams of the CDK's one concurrent engine and share one sign-in.

    Args:
        catalog: The configured streams; names each stream's sync mode.
        config: The raw config. Airbyte's test suite gives none and calls `configure` later.
        state: The saved state.
    """

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
    ) -> None:
        self._configured = ConfiguredStreams(catalog)
        self._failures: defaultdict[str, Failures] = defaultdict(Failures)
        # An absolute path: a bare name would first be looked for in the working directory.
        super().__init__(
            path_to_yaml=str(_MANIFEST),
            catalog=catalog,
            config=SyncContext(config or {}),
            state=state,
        )

    def hand_on_blocks(self) -> Mapping[str, int]:
        """Let `read` hand on blocks of records; for callers that write lines.

        Returns:
            How many records of each stream were written so far; it grows.
        """
        backlog = self._bound.backlog
        self._bound.pack = backlog.as_blocks
        self._bound.api.types_rows = True
        return backlog.counts

    @staticmethod
    def read_config(config_path: str) -> dict[str, Any]:
        """The raw config.

        Raises:
            ValueError: It is no JSON object.
        """
        config = documents.load(config_path)
        if not isinstance(config, dict):
            raise ValueError("not an object")  # noqa: TRY004 - said of the file
        return config

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        """The configured catalog."""
        return ConfiguredAirbyteCatalogSerializer.load(documents.load(catalog_path))

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        """The saved state; an empty file of Airbyte's is none."""
        if not state_path:
            return []
        return [AirbyteStateMessageSerializer.load(one) for one in documents.load(state_path) or ()]

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> SyncContext:  # noqa: ARG002
        """Bind the config, unlike the CDK without writing it to disk."""
        if not self._config:
            self._config = SyncContext(config)
        return self._bound

    @property
    def _bound(self) -> SyncContext:
        config = self._config
        return config if isinstance(config, SyncContext) else SyncContext(config)

    def streams(self, config: Mapping[str, Any]) -> list[AbstractStream]:  # noqa: ARG002 - the CDK ignores it too
        """Every stream, built without a network call.

        Raises:
            AirbyteTracedException: The config or a saved state cannot be used (``config_error``).
        """
        bound = self._bound
        return self._as_streams(data_downloads(bound), custom_reports(bound))

    def _as_streams(
        self, downloads: Sequence[DataDownload], custom: Sequence[CustomReport]
    ) -> list[AbstractStream]:
        bound = self._bound
        chosen_days(bound.settings.details, bound.began)  # its error concerns every stream
        for named in (*downloads, *custom):
            named.expect(self._configured.properties_of(named.name))
        dated = [*self._chosen_reports(), *downloads]
        return [
            *self._chosen_lists(),
            *(self._dated_stream(report) for report in dated),
            *(
                as_stream(
                    report,
                    FinalStateCursor(report.name, None, self._message_repository),
                    self._failures[report.name],
                    bound.pack,
                )
                for report in custom
            ),
        ]

    @cached_property
    def menu(self) -> list[Entry]:
        """Every stream that the Report menu offers, in the order of the catalog."""
        lists = [stream["$parameters"] for stream in self.resolved_manifest["streams"]]
        return [
            *(Entry(one["title"], one["name"], bool(one.get("standard"))) for one in lists),
            *(Entry(one.menu_title(), one.stream_name(), one.is_standard) for one in DATED_REPORTS),
        ]

    def _names(self) -> set[str]:
        """The names of all streams; those of the menu are not built for it."""
        bound = self._bound
        named = (*data_downloads(bound), *custom_reports(bound))
        return chosen_streams(bound.settings.details, self.menu) | {one.name for one in named}

    def _chosen_lists(self) -> list[AbstractStream]:
        chosen = chosen_streams(self._bound.settings.details, self.menu)
        return [stream for stream in super().streams(self._bound) if stream.name in chosen]

    def _chosen_reports(self) -> list[MenuReport]:
        chosen = chosen_streams(self._bound.settings.details, self.menu)
        return [one(self._bound.api) for one in DATED_REPORTS if one.stream_name() in chosen]

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:  # noqa: ARG002 - the CDK's signature
        """The catalog; the network is asked only for the columns of the reports the user named."""
        bound = self._bound
        downloads = data_downloads(bound)
        custom = custom_reports(bound)
        details = bound.settings.details
        days = chosen_days(details, bound.began)
        first = max(days.first, days.last - timedelta(days=MOST_DAYS))
        recent = list(cut(first, days.last, Interval.DAY, details.time_zone, bound.began))
        discover_columns(
            [
                *(Probe(one.name, partial(newest_header, one, recent)) for one in downloads),
                *(Probe(one.name, one.discover_columns) for one in custom),
            ],
            lambda: {one.name for one in custom if one.is_waiting},
        )
        streams = self._as_streams(downloads, custom)
        return AirbyteCatalog(streams=[stream.as_airbyte_stream() for stream in streams])

    def _dated_stream(self, report: Report) -> AbstractStream:
        bound = self._bound
        settings = bound.settings
        zone = UTC if report.utc_days else settings.details.time_zone
        is_incremental = self._configured.is_incremental(report.name)

        def plan_after(saved: StreamState) -> Plan:
            return make_plan(
                days=chosen_days(settings.details, bound.began, zone),
                interval=report.interval or Interval(settings.details.report_interval),
                zone=zone,
                began=bound.began,
                saved=saved,
                lookback_days=max(settings.lookback_days, report.least_lookback_days),
                incremental=is_incremental,
                keyed_by_window=report.keyed_by_window,
                report=report.subject,
            )

        kind = ChangeCursor if isinstance(report, ChangeReport) else WindowCursor
        cursor = kind(
            WindowSource(report, plan_after, bound.account, is_incremental),
            self._message_repository,
            self._connector_state_manager,
        )
        failures = self._failures[report.name]
        return as_stream(report, cursor, failures, bound.pack, str(report.cursor_field))

    def check(
        self,
        logger: logging.Logger,  # noqa: ARG002 - the CDK's signature
        config: Mapping[str, Any],  # noqa: ARG002 - bound already
    ) -> AirbyteConnectionStatus:
        """Sign in, validate dates and names, and make one cheap request for each report."""
        try:
            bound = self._bound
            bound.api.is_probing = True
            chosen_days(bound.settings.details, bound.began)
            problems = unreadable_reports(bound, self._chosen_lists(), self._chosen_reports())
        except AirbyteTracedException as error:
            if error.failure_type is FailureType.system_error:
                raise
            problems = [str(error)]
        if problems:
            return AirbyteConnectionStatus(status=Status.FAILED, message=numbered(problems))
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Read the configured streams, and fail at the end if one of them does not exist.

        The CDK lets a vanished stream pass as success and ignores ``catalog`` and ``state`` in
        favour of what the constructor was given; neither may happen here.
        """
        self._configured = ConfiguredStreams(catalog)
        began = self._bound.began
        warn_beyond_retention(chosen_days(self._bound.settings.details, began), began)
        if state:
            self._connector_state_manager = ConnectorStateManager(state)
        known = self._names()
        configured = list({entry.stream.name: entry for entry in catalog.streams}.values())
        if len(configured) < len(catalog.streams):
            LOGGER.warning(LISTED_TWICE.says())
        missing = [entry for entry in configured if entry.stream.name not in known]
        present = [entry for entry in configured if entry.stream.name in known]
        failed: AirbyteTracedException | None = None
        stall_timeout = self._bound.api.stall_timeout
        try:
            for message in super().read(logger, config, ConfiguredAirbyteCatalog(present), state):
                with stall_timeout.paused(renew=message.type in _SIGNS_OF_LIFE):
                    yield message
                block = block_of(message)
                if block is not None:
                    self._bound.backlog.written(block)
        except AirbyteTracedException as error:
            failed = self._with_count_of_untold(error)
        for entry in missing:
            gone = self._gone(entry.stream.name)
            yield as_airbyte_message(entry.stream, AirbyteStreamStatus.INCOMPLETE)
            yield gone.as_airbyte_message(StreamDescriptor(name=entry.stream.name))
            failed = failed or gone
        if failed is not None:
            raise failed

    def _with_count_of_untold(self, error: AirbyteTracedException) -> AirbyteTracedException:
        """The error that ends a sync, with the number of the windows it does not name."""
        untold = [
            WINDOWS_LEFT_OUT.says(windows=failures.untold, stream=name)
            for name, failures in self._failures.items()
            if failures.untold
        ]
        if not untold:
            return error
        return error_of(
            AirbyteTracedException, "; ".join([str(error), *untold]), error.failure_type
        )

    def _gone(self, stream_name: str) -> AirbyteTracedException:
        title = title_of(stream_name, self.menu)
        if title is not None:
            return NOT_CHOSEN.error(stream=stream_name, title=title)
        return GONE.error(stream=stream_name)
