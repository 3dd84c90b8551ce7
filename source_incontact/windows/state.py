"""What a stream remembers between syncs, and which windows that leaves to be read. Pure functions.

The saved form, chosen so that people and Airbyte's acceptance tests can read it::

    {"state_type": "date-range",
     "slices": [{"start": "2026-11-01T00:00:00Z", "end": "2026-11-16T00:00:00Z"}],
     "grid": "day, America/Denver",
     "account": {"business_unit": "4599999", "api_host": "", "region": "na1"},
     "days_back": 7,
     "since": "2026-11-14T00:00:00Z",
     "completed_at": "2026-11-16T06:02:11Z",
     "startDate": "2026-11-16T00:00:00Z"}

``slices`` are whole, settled windows whose records were all emitted; they are merged where they
touch, except for ranges, where only the very same window counts as read. ``grid`` says how the
windows were cut, and of which report they are if the user named it: a row that sums up a day in one
zone says nothing of a day in another. ``account`` is whose data was read. ``since`` (only for
choices that move with today) is the first instant that a later sync still owes, and ``days_back``
how many days before today the choice began. ``completed_at`` is when the last sync that read
everything began; until there is one, ``began_at`` is when the first attempt did. The cursor field
repeats the low-water mark: a person may set it back to have what follows read again.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from source_incontact.windows.days import EARLIEST_DAY, from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from source_incontact.windows.grid import Window

_MOMENTS = ("since", "began_at", "completed_at")


@dataclass(frozen=True)
class Coverage:
    """What was read, as sorted half-open spans of time.

    Attributes:
        spans: The windows; unless ``exact``, merged where they touch or overlap.
        exact: Whether a window counts as read only if that very window was.
    """

    spans: tuple[tuple[datetime, datetime], ...] = ()
    exact: bool = False

    @classmethod
    def of(cls, spans: Iterable[tuple[datetime, datetime]], *, exact: bool = False) -> Coverage:
        """The coverage of some spans; empty ones vanish."""
        wanted = sorted({span for span in spans if span[0] < span[1]})
        return cls(tuple(wanted) if exact else _merged(wanted), exact)

    def add(self, window: Window) -> Coverage:
        """This and ``window``."""
        return Coverage.of((*self.spans, (window.start, window.end)), exact=self.exact)

    def keep(self, windows: Iterable[Window]) -> Coverage:
        """Without the windows of a grid that is no longer in use; merged spans have none."""
        if not self.exact:
            return self
        known = {(window.start, window.end) for window in windows}
        return Coverage.of(known.intersection(self.spans), exact=True)

    def before(self, instant: datetime) -> Coverage:
        """Without what lies behind ``instant``."""
        return Coverage.of(
            ((start, min(end, instant)) for start, end in self.spans), exact=self.exact
        )

    def final(self, until: datetime, refreshed: Iterable[Window]) -> Coverage:
        """Without what lies behind ``until``, unless it is in ``refreshed``.

        What a sync did not look at stays as young as it was when it was read.
        """
        if self.exact:
            return self
        refreshed_spans = _merged((window.start, window.end) for window in refreshed)
        kept = [(start, min(end, until)) for start, end in self.spans]
        kept += [
            (max(start, first), min(end, last))
            for start, end in self.spans
            for first, last in refreshed_spans
            if end > until
        ]
        return Coverage.of(kept)

    def covers(self, window: Window) -> bool:
        """Whether ``window`` was read."""
        if self.exact:
            return (window.start, window.end) in self.spans
        return self.first_gap(window.start) >= window.end

    def first_gap(self, instant: datetime) -> datetime:
        """The first instant, from ``instant`` on, that lies outside."""
        merged = _merged(self.spans) if self.exact else self.spans
        index = bisect_right(merged, instant, key=lambda span: span[0]) - 1
        return instant if index < 0 else max(instant, merged[index][1])

    def contains(self, instant: datetime) -> bool:
        """Whether ``instant`` lies inside."""
        return self.first_gap(instant) > instant


def _merged(
    spans: Iterable[tuple[datetime, datetime]],
) -> tuple[tuple[datetime, datetime], ...]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


@dataclass(frozen=True)
class StreamState:
    """The memory of one stream. See the module's text for the fields.

    ``set_back_to`` is the cursor's value if a person has set it back; it is not saved.
    """

    coverage: Coverage = Coverage()
    grid: str | None = None
    since: datetime | None = None
    began_at: datetime | None = None
    completed_at: datetime | None = None
    days_back: int | None = None
    account: Mapping[str, str] | None = None
    set_back_to: datetime | None = None

    @classmethod
    def parse(cls, saved: Mapping[str, Any], cursor_field: str = "") -> StreamState:
        """Read a saved state; an empty one is a stream that was never read.

        Args:
            saved: The saved form.
            cursor_field: What the low-water mark is filed under.

        Raises:
            ValueError: The state was not written by this connector.
        """
        if not saved:
            return cls()
        try:
            spans = [
                (_instant(entry["start"]), _instant(entry["end"])) for entry in saved["slices"]
            ]
            moments = {key: _instant(saved[key]) if saved.get(key) else None for key in _MOMENTS}
            mark = _instant(saved[cursor_field]) if saved.get(cursor_field) else None
            account = saved.get("account")
            state = cls(
                Coverage.of(spans, exact=True),
                grid=str(saved["grid"]) if saved.get("grid") else None,
                days_back=int(saved["days_back"]) if saved.get("days_back") is not None else None,
                account={key: str(value) for key, value in account.items()} if account else None,
                **moments,
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError("its slices or instants are not readable") from error
        return state._set_back(mark) if mark else state

    def _set_back(self, mark: datetime) -> StreamState:
        """This, without what follows a low-water mark that lies where everything was read."""
        if not self.coverage.contains(mark):
            return self
        since = min(self.since, mark) if self.since else None
        return replace(self, coverage=self.coverage.before(mark), since=since, set_back_to=mark)

    def dump(self, cursor_field: str, origin: datetime) -> dict[str, Any]:
        """The saved form; the low-water mark counts from ``origin``, the start of the choice."""
        saved: dict[str, Any] = {
            "state_type": "date-range",
            "slices": [
                {"start": to_wire(start), "end": to_wire(end)} for start, end in self.coverage.spans
            ],
        }
        for key in ("grid", "account", "days_back"):
            if getattr(self, key) is not None:
                saved[key] = getattr(self, key)
        for key in _MOMENTS:
            instant = getattr(self, key)
            if instant is not None:
                saved[key] = to_wire(instant)
        saved[cursor_field] = to_wire(self.coverage.first_gap(origin))
        return saved


def _instant(text: str) -> datetime:
    """An instant of a saved state; one before 2000, in any zone, was not saved by us."""
    instant = from_wire(text)
    if instant.date() < EARLIEST_DAY - timedelta(days=1):
        raise ValueError("an instant before 2000")
    return instant
