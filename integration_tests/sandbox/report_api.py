"""Handlers of reports, report jobs, data downloads and files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from integration_tests.sandbox import downloads
from integration_tests.sandbox import reports as catalogue
from integration_tests.sandbox.answers import Answer, Streamed, no_content, refusal
from integration_tests.sandbox.calls import Call, Refused, window
from integration_tests.sandbox.clock import format_ms
from integration_tests.sandbox.configs import CUSTOM_REPORT_NAMES, DATA_DOWNLOADS
from integration_tests.sandbox.jobs import FAILED, FINISHED, FOLDER, Content
from integration_tests.sandbox.tables import FILE_ACTIONS
from integration_tests.sandbox.truth import quarter_span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integration_tests.sandbox.fields import Row

LAST_WRAPPED_JOBS = 30
"""Up to this version a job sits in ``jobResult`` (L for 13 and 22); later it is flat (S)."""
LAST_WITH_FILE_TYPE = 30
"""Up to this version a data download names its ``fileType``; 35 does not (L)."""
_URI_VERSION = 35
"""Version in the address of a file, whatever the version of the call (L)."""

_KEY_ORDER = ("errorMessage", "fileName", "file", "fileType", "URI")
_KEY_ORDERS = {
    catalogue.STATE_LOG: ("fileName", "file", "URI", "fileType", "errorMessage"),
    catalogue.SUMMARY_MINUTES: ("URI", "fileType", "file", "errorMessage", "fileName"),
}
"""Order of the keys where it is another one; nothing says that an order can be relied on (A)."""


def reports(call: Call) -> Answer:
    """All reports (S)."""
    return Answer(payload={"reports": call.state.truth().reports()})


def start_job(call: Call) -> Answer:
    """Run a custom report (L); the reasons of a refusal are made up (A)."""
    report_id = _report_id(call, CUSTOM_REPORT_NAMES)
    if call.query.get("fileType", "").upper() != "CSV":
        raise Refused(refusal("fileType must be CSV"))
    content = Content(
        partial(catalogue.custom, call.state.world, report_id),
        catalogue.STYLES[report_id],
        _says(call, "includeHeaders"),
    )
    stem = f"{CUSTOM_REPORT_NAMES[report_id]}_{report_id}"
    if _says(call, "appendDate"):
        stem += f"_{format_ms(call.state.clock.now())[:10].replace('-', '')}"
    if not _says(call, "overwrite"):
        stem = call.state.jobs.new_name(stem)
    name, now = f"{FOLDER}{stem}.csv", call.state.clock.now()
    job = call.state.jobs.start(report_id, now, name, content, call.fault)
    if job is None:
        reason = f"Report {report_id} is being run by another user; try again later"
        raise Refused(refusal(reason, status=409))
    call.note("job", "result_url", "file_404", *FILE_ACTIONS)
    return Answer(payload={"jobId": job.job_id})


def job(call: Call) -> Answer:
    """How a job stands: wrapped up to version 30 (L), flat later (S); all values are text (L)."""
    found = call.state.jobs.poll(call.item)
    if found is None:
        raise Refused(refusal(f"Job {call.item} was not found", status=404))
    run, state = found
    has_file = state == FINISHED and run.fate != "no_file"
    if has_file:
        call.note("result_url")
    is_over = state in {FINISHED, FAILED}
    result: Row = {
        "jobId": run.job_id,
        "reportId": str(run.report_id),
        "reportName": CUSTOM_REPORT_NAMES[run.report_id],
        "jobStart": format_ms(run.started),
        "jobEnd": format_ms(run.finished_at()) if is_over else "",
        "fileName": run.file_name if has_file else "",
        "resultFileURL": _url(call, run.file_name, run.do) if has_file else "",
        "state": state,
        "deleteTime": "",
    }
    if state == FAILED:
        result["message"] = "Schedule script timed out"
    return Answer(payload={"jobResult": result} if call.version <= LAST_WRAPPED_JOBS else result)


def data_download(call: Call) -> Answer:
    """Rows of a window, in the answer or, if saved, at an address (L)."""
    report_id = _report_id(call, DATA_DOWNLOADS)
    days = window(call, quarter_hours=False)
    state, now = call.state, call.state.clock.now()
    hidden = [quarter_span(low, high) for low, high in state.hidden]
    make = partial(downloads.table, state.world, report_id, days, now, hidden)
    if "big_rows" not in call.fault and (
        days[0] >= now or (report_id != catalogue.SUMMARY_MINUTES and not make().rows)
    ):
        return no_content()
    content = Content(make, catalogue.STYLES[report_id], _says(call, "includeHeaders"))
    asked, saves = call.query.get("fileName", ""), _says(call, "saveAsFile")
    if not asked or (report_id == catalogue.CALL_DETAIL and not saves):
        asked = state.jobs.new_name(asked or f"DataDownload_{report_id}")
    call.note(*FILE_ACTIONS)
    if not (saves or report_id == catalogue.CALL_DETAIL):
        inside = Streamed(partial(content.base64_json, call.fault))
        return _download(call, report_id, {"fileName": asked, "file": inside})
    name = f"{FOLDER}{asked}" if asked.lower().endswith(".csv") else f"{FOLDER}{asked}.csv"
    if not state.jobs.save(name, content, call.fault):
        reason = f"A file with the name {name} already exists"
        return _download(call, report_id, {"fileName": name, "errorMessage": reason})
    call.note("file_404", "result_url")
    uri = _url(call, name, {})
    return _download(call, report_id, {"fileName": name, "URI": uri})


def files(call: Call) -> Answer:
    """A file as base64 (L); 404 for an unknown one, and for one that is not there yet (L)."""
    name = call.query.get("fileName", "")
    stored = call.state.jobs.fetch(name, call.fault)
    call.note(*FILE_ACTIONS if stored is not None else ("file_404",))
    if stored is None:
        raise Refused(refusal("The file was not found", status=404))
    inside = Streamed(partial(stored.content.base64_json, {**stored.do, **call.fault}))
    return Answer(payload={"files": {"file": inside, "fileName": name}})


def _download(call: Call, report_id: int, said: dict[str, Any]) -> Answer:
    """A data download's answer, its keys in the order of the report."""
    values = {"errorMessage": "", "file": "", "URI": "", "fileType": "CSV", **said}
    if call.version > LAST_WITH_FILE_TYPE:
        del values["fileType"]
    order = _KEY_ORDERS.get(report_id, _KEY_ORDER)
    return Answer(payload={name: values[name] for name in order if name in values})


def _report_id(call: Call, known: Mapping[int, str]) -> int:
    for report_id in known:
        if call.item == str(report_id):
            return report_id
    item = call.item.encode("ascii", "replace").decode()
    raise Refused(refusal(f"Report {item} was not found", status=404))


def _says(call: Call, name: str) -> bool:
    """Whether a parameter is there and true."""
    return call.query.get(name, "").lower() == "true"


def _url(call: Call, file_name: str, ordered: dict[str, Any]) -> str:
    """Where a file is to be fetched, or where a fault says it is."""
    real = (
        f"{call.url}/inContactAPI/services/V{_URI_VERSION}.0/files"
        f"?fileName={quote(file_name, safe='')}"
    )
    return str({**ordered, **call.fault}.get("result_url", real))
