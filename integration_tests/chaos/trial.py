"""What a trial reads, drawn from its seed, and the rows that must come out of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.configs import LOGINS
from integration_tests.streams import BY_NAME, FURTHER, STREAMS
from integration_tests.support.cli import DATED, LISTS
from integration_tests.support.constants import NOW
from source_incontact.families.file_rows import OURS
from source_incontact.families.tables import columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.sandbox.client import Sandbox
    from integration_tests.sandbox.configs import Login
    from integration_tests.sandbox.truth import Truth
    from integration_tests.support.cli import Record

CUSTOM, CUSTOM_NUMBER = "custom_report_weekly_queue_overview", 700_101
DOWNLOAD, DOWNLOAD_NUMBER = "data_download_540", 540
NAMED = (CUSTOM, DOWNLOAD)
SLOW = ("recording_metadata", "qm_workflows", "qm_questions")
"""Their jobs start half a minute apart, which a trial that is killed cannot wait for."""
BY_CHANGE = "contacts_completed"
"""Once its days are read it brings contacts of other days too, so a trial over days leaves it."""
_FURTHER_STREAMS = 4

KEY_FIELDS: dict[str, tuple[str, ...]] = {
    **{stream.name: stream.key for stream in STREAMS},
    CUSTOM: ("_row_number",),
    DOWNLOAD: ("_report_start", "_row_number"),
}
_SETTLE_TIME = timedelta(minutes=30)
"""For so long the vendor's numbers may change; today's last window, cut off by now, is younger."""
_FORM = "%Y-%m-%dT%H:%M:%SZ"

Key = tuple[Any, ...]
Span = tuple[str, str]


def key_of(stream: str, record: Record) -> Key:
    """The primary key of a record."""
    return tuple(record.get(field) for field in KEY_FIELDS[stream])


@dataclass(frozen=True)
class Trial:
    """One seed's choice of settings, dates and sync mode.

    Attributes:
        seed: Whole number that all of it is drawn from.
        now: When its syncs begin.
        lasts: Whether it is incremental from a fixed day on, as a connection is that runs for days.
    """

    seed: int
    now: datetime = NOW
    lasts: bool = False

    def draw(self, topic: str) -> random.Random:
        """Chance for one topic, the same at each call."""
        return random.Random(f"{topic} {self.seed}")

    @cached_property
    def days(self) -> int:
        """How many whole days before today; today comes on top."""
        return self.draw("days").randint(2, 5)

    @cached_property
    def interval(self) -> str:
        """What a summary row spans."""
        return self.draw("interval").choice(["day", "day", "hour"])

    @cached_property
    def streams(self) -> tuple[str, ...]:
        """The standard streams, further ones by turns, and two reports of the user's."""
        left_out = {*SLOW, *([BY_CHANGE] if self.lasts else [])}
        further = [name for name in FURTHER if name not in left_out]
        first = self.seed * _FURTHER_STREAMS
        chosen = [further[(first + turn) % len(further)] for turn in range(_FURTHER_STREAMS)]
        return (*LISTS, *DATED, *chosen, *NAMED)

    @cached_property
    def windowed(self) -> tuple[str, ...]:
        """Those that are read by windows."""
        menu = [name for name in self.streams if name not in NAMED]
        return (*(name for name in menu if BY_NAME[name].cursor), DOWNLOAD)

    @cached_property
    def sync_mode(self) -> str:
        """Of the streams that have a choice."""
        if self.lasts:
            return "incremental"
        return self.draw("mode").choice(["incremental", "incremental", "full_refresh"])

    @cached_property
    def login(self) -> Login:
        """How it signs in."""
        return LOGINS[self.seed % len(LOGINS)]

    @cached_property
    def world(self) -> dict[str, Any]:
        """Sizes, so small that a page is soon full."""
        dice = self.draw("world")
        return {
            "seed": self.seed,
            "agents": dice.randint(5, 40),
            "skills": dice.randint(3, 25),
            "top_cap": dice.choice([5, 15, 40, 10_000]),
            "contacts_per_quarter": dice.choice([0.3, 1.0]),
        }

    def config(self, sandbox: Sandbox) -> dict[str, Any]:
        """The form."""
        from_day = {"date_type": "range_specific", "start_date": f"{self._first:%Y-%m-%d}"}
        date = self.draw("date").choice(
            [
                {"date_type": "offset", "date_offset": self.days},
                from_day,
                {
                    "date_type": "range_relative",
                    "start_days_back": str(self.days),
                    "end_days_back": "today",
                },
            ]
        )
        return sandbox.config(
            self.login,
            date=from_day if self.lasts else date,
            reports=[BY_NAME[name].title for name in self.streams if name not in NAMED],
            report_interval=self.interval,
            custom_reports=["Weekly Queue Overview"],
            data_downloads=[str(DOWNLOAD_NUMBER)],
            requests_per_second=1000,
            num_workers=self.draw("workers").choice([2, 4, 8]),
        )

    @property
    def _first(self) -> datetime:
        return (NOW - timedelta(self.days)).replace(hour=0, minute=0, second=0)

    def windows(self, stream: str) -> Iterator[Span]:
        """The windows of a dated stream in UTC, the last cut off by now."""
        by_hour = self.interval == "hour" and stream in BY_NAME and BY_NAME[stream].by_interval
        step = timedelta(hours=1) if by_hour else timedelta(days=1)
        limit = self.now.replace(minute=self.now.minute // 15 * 15, second=0)
        start = self._first
        while start < limit:
            yield start.strftime(_FORM), min(start + step, limit).strftime(_FORM)
            start += step

    def settled(self, stream: str) -> Iterator[Span]:
        """The windows that a state may claim: all but those that ended too short a time ago."""
        limit = (self.now - _SETTLE_TIME).strftime(_FORM)
        return (window for window in self.windows(stream) if window[1] <= limit)

    def comes_by_change(self, stream: str, row: Record) -> bool:
        """Whether a row may come although its contact began before the chosen days."""
        began = str(row.get("contactStartDate", ""))
        return stream == BY_CHANGE and began < self._first.strftime(_FORM)

    def rows_of_window(self, truth: Truth, stream: str, window: Span) -> dict[Key, Record]:
        """What one window of a dated stream must deliver, by key."""
        if stream == DOWNLOAD:
            rows = file_rows(*truth.data_download(DOWNLOAD_NUMBER, *window))
            return {(window[0], *key): row for key, row in rows.items()}
        return by_key(stream, truth.of(stream, *window))

    def expected(self, truth: Truth) -> dict[str, dict[Key, Record]]:
        """What each stream must deliver, by key."""
        lists = [name for name in self.streams if name not in self.windowed and name != CUSTOM]
        wanted = {name: by_key(name, truth.of(name)) for name in lists}
        wanted[CUSTOM] = file_rows(*truth.custom_report(CUSTOM_NUMBER))
        for stream in self.windowed:
            wanted[stream] = {
                key: row
                for window in self.windows(stream)
                for key, row in self.rows_of_window(truth, stream, window).items()
            }
        return wanted


def by_key(stream: str, rows: list[Record]) -> dict[Key, Record]:
    """Rows as a destination keeps them."""
    return {key_of(stream, row): bare(stream, row) for row in rows}


def file_rows(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> dict[Key, Record]:
    """The rows of a file by their number, without the fields of our own."""
    names = columns(header, OURS)
    return {(number,): dict(zip(names, row, strict=True)) for number, row in enumerate(rows, 1)}


def bare(stream: str, record: Record) -> Record:
    """A record as `expected` has it."""
    if stream not in {CUSTOM, DOWNLOAD}:
        return {name: value for name, value in record.items() if value is not None}
    return {name: value for name, value in record.items() if name not in OURS}
