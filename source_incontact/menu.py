"""The Report menu: which streams a form chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_incontact.labels import form_field
from source_incontact.messages.form import NO_NAMES, NO_REPORT
from source_incontact.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_incontact.form.config import Details

NAMED = {
    "Custom inContact Report": "details.custom_reports",
    "Data Download": "details.data_downloads",
}
"""Entries that are no stream by themselves: the field that names their reports, by title."""


@dataclass(frozen=True)
class Entry:
    """A stream's place in the menu.

    Attributes:
        title: How the menu calls it. A release never renames one: stored forms hold it.
        stream: Name of the stream.
        is_standard: Whether it is read if nothing is chosen.
    """

    title: str
    stream: str
    is_standard: bool


def chosen_streams(details: Details, menu: Iterable[Entry]) -> set[str]:
    """The names of the streams that a form chooses, reports that the user names left out.

    An entry is a title or a stream's name, in any case. Nothing chosen is the standard ones.

    Raises:
        AirbyteTracedException: An entry is not in the menu, or names reports and there is none
            (``config_error``).
    """
    entries = list(menu)
    if not details.reports:
        return {entry.stream for entry in entries if entry.is_standard}
    streams = {text.casefold(): e.stream for e in entries for text in (e.title, e.stream)}
    named = {title.casefold(): field for title, field in NAMED.items()}
    chosen = set()
    for number, text in enumerate(details.reports):
        wanted = text.casefold()
        if wanted in named:
            _require_names(text, named[wanted], details)
        elif wanted in streams:
            chosen.add(streams[wanted])
        else:
            raise _unknown(number, text, [*(entry.title for entry in entries), *NAMED])
    return chosen


def title_of(stream: str, menu: Iterable[Entry]) -> str | None:
    """How the menu calls a stream; ``None`` if it is not in the menu."""
    return next((entry.title for entry in menu if entry.stream == stream), None)


def _require_names(text: str, field: str, details: Details) -> None:
    if not getattr(details, field.rpartition(".")[2]):
        raise NO_NAMES.error(where=form_field(field), entered=text)


def _unknown(number: int, text: str, titles: list[str]) -> Exception:
    near = ", ".join(f"'{title}'" for title in nearest(text, titles))
    return NO_REPORT.error(where=form_field(f"details.reports.{number}"), entered=text, near=near)
