"""Reports that Data Extraction jobs make: a file for each day, its columns the service's own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from source_incontact.api.extraction import Extraction
from source_incontact.api.report_label import ReportLabel
from source_incontact.families.file_rows import REPORT_START, ROW_NUMBER, FileReader
from source_incontact.families.report import MenuReport
from source_incontact.families.rows import BUSINESS_UNIT
from source_incontact.messages.files import NO_COLUMN
from source_incontact.windows.days import from_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_incontact.api.client import InContactApi


class ExtractionReport(MenuReport):
    """A subclass declares the class attributes; ``schemas/<name>.json`` has the known columns."""

    entity: ClassVar[str]
    """The service's name for it."""
    version: ClassVar[str]
    """Of the entity's columns."""
    cursor_field = REPORT_START
    utc_days = True

    def __init__(self, api: InContactApi) -> None:
        super().__init__(api)
        self._label = ReportLabel(self.name, self.permission)
        self._reader = FileReader(self.name)
        self._known = [name for name in self.get_json_schema()["properties"] if name[:1] != "_"]

    def expect(self, properties: Iterable[str]) -> None:
        """Take note of the properties that the connection's catalog lists."""
        self._reader.expect(properties)

    def probe(self, window: Mapping[str, Any]) -> object:  # noqa: ARG002 - a job is not cheap
        """List the tenant's jobs."""
        self.api.extraction_jobs.require_access(self._label)
        return None

    def read_pages(self, window: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """The rows of the day's file, after all of it has arrived."""
        day = from_wire(window["start"])
        what = Extraction(
            self.entity, self.version, f"{day:%Y-%m-%d}", f"{day + timedelta(days=1):%Y-%m-%d}"
        )
        spool = self.api.extraction_jobs.run(what, self._label, self._reader.inspect)
        stamp = {BUSINESS_UNIT: self.api.business_unit_id, REPORT_START: window["start"]}
        names: dict[str, str] | None = None
        for page in self._reader.pages(spool, stamp):
            if names is None:
                names = self._names_of(page[0])
            yield [
                {names.get(name, name): value for name, value in row.items() if name != ROW_NUMBER}
                for row in page
            ]

    def _names_of(self, record: Mapping[str, Any]) -> dict[str, str]:
        """What the file's columns are called here, where they are called otherwise.

        Raises:
            AirbyteTracedException: A column of the key is not there (``transient_error``).
        """
        columns = [name for name in record if name[:1] != "_" and name != BUSINESS_UNIT]
        names = {}
        for known in self._known:
            column = _same(known, columns)
            if column is not None:
                names[column] = known
        missing = [name for name in self.key if name not in names.values()]
        if missing:
            raise NO_COLUMN.error(column=missing[0], columns=", ".join(columns[:20]))
        return names


def _same(known: str, columns: list[str]) -> str | None:
    """The column of a name, case, blanks and signs apart, and a suffix in brackets too [A 56]."""
    for shown in (lambda text: text, lambda text: re.sub(r"\s*[(\[].*", "", text)):
        found = [column for column in columns if _plain(shown(column)) == _plain(known)]
        if len(found) == 1:
            return found[0]
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
