"""The services beside the reporting API: Data Extraction, its file host, Interaction Analytics."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from integration_tests.sandbox.answers import Answer, message, oauth_error
from integration_tests.sandbox.clock import parse_instant
from integration_tests.sandbox.histories import EXTRACTS, segments
from integration_tests.sandbox.truth import quarter_span

if TYPE_CHECKING:
    from integration_tests.sandbox.answers import Request
    from integration_tests.sandbox.fields import Row
    from integration_tests.sandbox.state import State

JOBS = "/data-extraction/v1/jobs"
SIGNED = "/signed"
SEGMENTS = "/interaction-analytics-gateway/v2/segments/analyzed"
_LEAST_CAP = 10
"""Of segments: more than share a minute in a small world."""
_POLLS = 2
"""How often a job says RUNNING."""


def answer(request: Request, state: State, url: str) -> Answer | None:
    """Serve a request to one of the services; ``None`` for any other."""
    path = request.path.lower().rstrip("/")
    if path.startswith(f"{SIGNED}/"):
        return _file(path.rpartition("/")[2], state)
    if not path.startswith((JOBS, SEGMENTS)):
        return None
    if not state.tokens.is_alive(request.bearer):
        return oauth_error(401, "invalid_token", "The token is missing or has expired")
    if path == SEGMENTS:
        return _segments(request, state)
    if path == JOBS:
        return _jobs(request, state)
    return _poll(path.rpartition("/")[2], state, url)


def _jobs(request: Request, state: State) -> Answer:
    if request.method == "POST":
        return _start(request.fields(), state)
    listed = [{"id": job, "status": "RUNNING"} for job in state.extractions]
    return Answer(payload={"jobs": listed})


def _start(asked: dict[str, Any], state: State) -> Answer:
    """202 and the number as a JSON text (L)."""
    if asked.get("entityName") not in EXTRACTS:
        return message(400, f"Unknown entity {asked.get('entityName')}")
    job = f"job-{len(state.extractions) + 1}"
    state.extractions[job] = {**asked, "polls": 0}
    return Answer(202, raw=f'"{job}"'.encode())


def _poll(job: str, state: State, url: str) -> Answer:
    known = state.extractions.get(job)
    if known is None:
        return message(404, f"No job {job}")
    known["polls"] += 1
    if known["polls"] < _POLLS:
        status: dict[str, Any] = {"id": job, "status": "RUNNING", "result": {}}
    else:
        port = urlsplit(url).port
        address = f"http://localhost:{port}{SIGNED}/{job}?signature=s1gn4ture-of-{job}"
        status = {"id": job, "status": "SUCCEEDED", "result": {"url": address}}
    return Answer(payload={"jobStatus": status})


def _file(job: str, state: State) -> Answer:
    """A CSV file: byte order mark, CRLF, quoted line breaks (L)."""
    known = state.extractions[job]
    header, rows = EXTRACTS[known["entityName"]]
    days = tuple(parse_instant(f"{known[name]}T00:00:00Z") for name in ("startDate", "endDate"))
    hidden = [quarter_span(low, high) for low, high in state.hidden]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows(state.world, (days[0], days[1]), state.clock.now(), hidden):
        writer.writerow(row[name.strip().rstrip(" *")] for name in header)
    return Answer(raw=b"\xef\xbb\xbf" + buffer.getvalue().encode(), content_type="text/csv")


def _segments(request: Request, state: State) -> Answer:
    """From the cursor on, oldest first; the dates of the query do nothing (A)."""
    cursor = int(request.query.get("cursor", "0"))
    size = min(int(request.query["pageSize"]), max(state.settings.top_cap, _LEAST_CAP))
    hidden = [quarter_span(low, high) for low, high in state.hidden]
    rows: list[Row] = segments(state.world, None, state.clock.now(), hidden, cursor)[:size]
    links = {"self": request.target, "next": None, "previous": None}
    return Answer(payload={"totalRecords": len(rows), "interactions": rows, "links": links})
