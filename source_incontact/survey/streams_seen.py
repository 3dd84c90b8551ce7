"""Which streams answer, and which of their fields the connector does not know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader

from source_incontact.api.extraction import SERVICE
from source_incontact.families.json_report import JsonReport
from source_incontact.families.lists import PAGE_SIZE as LIST_PAGE
from source_incontact.families.segment_report import SegmentReport
from source_incontact.streams import DATED_REPORTS
from source_incontact.survey.histories import segments_since_noon
from source_incontact.survey.tenant import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from source_incontact.families.report import MenuReport
    from source_incontact.source import SourceIncontact
    from source_incontact.survey.tenant import Tenant

_JOBS_PATH = f"/{SERVICE}jobs"
_STAMPED = {"businessUnitId", "occurrence"}
"""Fields that the connector adds."""


@dataclass(frozen=True)
class Known:
    """What the connector knows of a stream.

    Attributes:
        name: Name of the stream.
        path: Below the API version, or below the host if it begins with a slash.
        keys: The envelope's keys for its rows.
        fields: The fields of its schema that the API gives; none if only a job gives rows.
        renames: Other names of fields, mapped to the schema's.
        explode: A field whose objects become rows.
        params: The query for a few rows.
    """

    name: str
    path: str
    keys: str | Sequence[str] = ()
    fields: frozenset[str] = frozenset()
    renames: Mapping[str, str] = field(default_factory=dict)
    explode: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def known_streams(source: SourceIncontact, tenant: Tenant) -> Iterator[Known]:
    """Every stream of the Report menu."""
    for entry in source.resolved_manifest["streams"]:
        facts = entry["$parameters"]
        yield Known(
            facts["name"],
            facts["path"],
            facts["records_key"],
            _fields_of(facts["name"]),
            {**facts.get("renames", {}), **dict.fromkeys(facts.get("credentials", ()), "")},
            facts.get("explode", ""),
            {"skip": "0", "top": str(LIST_PAGE)} if facts.get("paged", True) else {},
        )
    for report in DATED_REPORTS:
        yield _known_report(report, tenant)


def _fields_of(stream_name: str) -> frozenset[str]:
    """The fields of a packaged schema, but for those that the connector adds."""
    schema = ResourceSchemaLoader("source_incontact").get_schema(stream_name)
    return frozenset(schema["properties"]) - _STAMPED


def _known_report(report: type[MenuReport], tenant: Tenant) -> Known:
    name = report.stream_name()
    if not issubclass(report, JsonReport):
        return Known(name, _JOBS_PATH)
    is_segments = issubclass(report, SegmentReport)
    page = {"skip": "0", "top": "1000"} if report.paged else {}
    return Known(
        name,
        f"/{report.endpoint}" if is_segments else report.endpoint,
        report.records_key,
        _fields_of(name) - set(report.stamps),
        report.renames,
        "",
        segments_since_noon(tenant) if is_segments else {**tenant.days_ago(1.25), **page},
    )


def look_at_streams(streams: Iterable[Known], tenant: Tenant) -> dict[str, dict[str, Any]]:
    """What each stream answers: ``answers``, and of its rows ``unknown`` and ``missing`` fields."""
    return {stream.name: _look(stream, tenant) for stream in streams}


def _look(stream: Known, tenant: Tenant) -> dict[str, Any]:
    try:
        if not stream.fields:
            tenant.ask(stream.path).require_success()
            return {"answers": "jobs; the rows take one of their own"}
        rows = tenant.rows(stream.path, stream.keys, stream.params)
    except UnreadableError as error:
        return {"answers": str(error)}
    if not rows:
        return {"answers": "no rows"}
    names = {name for row in rows for name in row if name != stream.explode}
    names |= {name for row in rows for one in row.get(stream.explode) or () for name in one}
    known = {name.lower(): name for name in stream.fields | _STAMPED}
    known.update((old.lower(), new) for old, new in stream.renames.items())
    seen = {known.get(name.lower(), name) for name in names} - {""}
    return {
        "answers": "rows",
        "unknown": sorted(seen - stream.fields - _STAMPED),
        "missing": sorted(stream.fields - seen),
    }
