"""The reports that exist in a business unit, by number and name."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_incontact.api.report_label import ReportLabel
from source_incontact.labels import form_field
from source_incontact.messages.files import NO_REPORT, SEVERAL_REPORTS
from source_incontact.names import nearest

if TYPE_CHECKING:
    from source_incontact.api.client import InContactApi

_LABEL = ReportLabel(
    "the list of reports",
    "Reporting API, view of custom reports",
    "reports",
    "details.custom_reports",
)


@dataclass(frozen=True)
class KnownReport:
    """A report as the API lists it."""

    number: str
    name: str


class ReportDirectory:
    """Looks reports up in ``GET /reports``, which is asked once.

    Args:
        api: The tenant's API.
    """

    def __init__(self, api: InContactApi) -> None:
        self._api = api
        self._client = api.client_for(_LABEL)
        self._lock = threading.Lock()
        self._known: list[KnownReport] | None = None

    def find(self, entry: str, field: str) -> KnownReport:
        """The report that a form's entry names, by number or by name.

        Raises:
            AirbyteTracedException: None or several are called so (``config_error``).
        """
        known = self._reports()
        wanted = entry.strip()
        for same in (
            [report for report in known if report.number == wanted],
            [report for report in known if report.name == wanted],
            [report for report in known if _looks(report.name) == _looks(wanted)],
        ):
            if len(same) == 1:
                return same[0]
            if same:
                numbers = ", ".join(report.number for report in same)
                raise SEVERAL_REPORTS.error(
                    where=form_field(field), entry=entry, count=len(same), numbers=numbers
                )
        raise NO_REPORT.error(where=form_field(field), entry=entry, offer=_offer(wanted, known))

    def _reports(self) -> list[KnownReport]:
        with self._lock:
            if self._known is None:
                payload = self._client.ask("GET", f"{self._api.root}reports")
                rows = payload.rows("reports") if payload is not None else []
                self._known = [
                    KnownReport(str(row.get("reportId")), str(row.get("reportName") or "").strip())
                    for row in rows
                    if row.get("reportId") is not None
                ]
            return self._known


def _looks(name: str) -> str:
    """A name as a person sees it: case, kinds and number of blanks, ways to write an accent."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _offer(wanted: str, known: list[KnownReport]) -> str:
    """The names that exist, the nearest if they are many, in order."""
    if not known:
        return "It can see no reports at all; grant its role the view of custom reports."
    names = {report.name for report in known}
    near = nearest(wanted, names)
    more = f" and {len(names) - len(near)} more" if len(names) > len(near) else ""
    return f"These exist: {', '.join(map(repr, near))}{more}."
