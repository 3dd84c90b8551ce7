"""Report jobs, data downloads and files of the sandbox: contents, shapes, refusals and faults."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from integration_tests.sandbox import configs, reports
from integration_tests.sandbox.tables import BIG_HEADER, Table, big_rows
from integration_tests.sandbox.tests.sandbox_api import DAY, LATER, NOW, WINDOW, Api
from integration_tests.sandbox.truth import Truth

if TYPE_CHECKING:
    from integration_tests.sandbox.client import Sandbox

ASKED = {"fileType": "CSV", "includeHeaders": "true", "appendDate": "false", "overwrite": "true"}
PLAIN, CJR = reports.PLAIN, reports.CJR
URI_REPORT = reports.CALL_DETAIL


class ReportApi(Api):
    """Calls that make reports and fetch their files, too."""

    def start(self, report_id: int, **query: Any) -> str:
        answer = self.post(f"report-jobs/{report_id}", **{**ASKED, **query})
        assert answer.status_code == 200, answer.headers
        return str(answer.json()["jobId"])

    def poll(self, job_id: str) -> dict[str, Any]:
        result: dict[str, Any] = self.get(f"report-jobs/{job_id}").json()["jobResult"]
        return result

    def run(self, report_id: int, **query: Any) -> requests.Response:
        return self.http.get(self.poll(self.start(report_id, **query))["resultFileURL"])

    def download(self, report_id: int, **query: Any) -> requests.Response:
        said = {**DAY, "saveAsFile": "false", "includeHeaders": "true", **query}
        return self.post(f"report-jobs/datadownload/{report_id}", **said)

    def downloaded(self, report_id: int, **query: Any) -> bytes:
        """The file of a download, wherever it is."""
        answer = self.download(report_id, **query).json()
        if answer["URI"]:
            answer = self.http.get(answer["URI"]).json()["files"]
        return base64.b64decode(answer["file"])


@pytest.fixture
def api(sandbox: Sandbox, http: requests.Session) -> ReportApi:
    return ReportApi(sandbox, http)


def _read(data: bytes) -> Table:
    """A correct reader: byte order mark, separator, quotes twice, blank rows."""
    marks = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    encoding = next((name for mark, name in marks if data.startswith(mark)), "utf-8-sig")
    text = io.StringIO(data.decode(encoding), newline="")
    delimiter = "\t" if "\t" in text.readline() else ","
    text.seek(0)
    rows = [
        tuple(re.sub(r'\A"(.*)"\Z', r"\1", cell, flags=re.DOTALL) for cell in row)
        for row in csv.reader(text, delimiter=delimiter)
        if row
    ]
    return Table(rows[0] if rows else (), tuple(rows[1:]))


def _file(answer: requests.Response) -> bytes:
    return base64.b64decode(answer.json()["files"]["file"])


# --- lists, jobs, files -----------------------------------------------------------------------


def test_reports_are_listed(api: ReportApi, sandbox: Sandbox) -> None:
    listed = api.get("reports").json()["reports"]
    assert listed == sandbox.truth.reports()
    names = {row["reportId"]: row["reportName"] for row in listed}
    assert names == {**configs.CUSTOM_REPORT_NAMES, **configs.DATA_DOWNLOADS}
    assert len(set(configs.CUSTOM_REPORT_NAMES.values())) == len(configs.CUSTOM_REPORT_NAMES) - 1
    assert {"businessUnitId", "reportType", "reportSubType", "reportDescription", "url"} <= set(
        listed[0]
    )
    sandbox.reset(lists_downloads=False)
    api.sign_in()
    listed = api.get("reports").json()["reports"]
    assert [row["reportId"] for row in listed] == list(configs.CUSTOM_REPORT_NAMES)
    assert listed == sandbox.truth.reports()


@pytest.mark.parametrize("report_id", configs.CUSTOM_REPORT_NAMES)
def test_a_custom_report_equals_the_truth(report_id: int, api: ReportApi, sandbox: Sandbox) -> None:
    answer = api.run(report_id)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    data = _file(answer)
    assert _read(data) == sandbox.truth.custom_report(report_id)
    assert data.startswith(b"\xfe\xff") == (report_id == reports.UTF_16)
    assert (data == b"") == (report_id == reports.EMPTY)
    assert (r"\r\n" in answer.text and r"\u002B" in answer.text) == (report_id == reports.NASTY)
    assert "/" not in answer.text.split('"file": "')[1].split('"')[0].replace(r"\/", "")
    without = _read(_file(api.run(report_id, includeHeaders="false")))
    truth = sandbox.truth.custom_report(report_id)
    assert without == (truth.rows[0] if truth.rows else (), truth.rows[1:])


def test_the_nasty_report_is_nasty() -> None:
    header, rows = Truth().custom_report(reports.NASTY)
    assert {"", "_row_number", "_report_id"} <= set(header)
    assert len(set(header)) < len(header)
    cells = {cell for row in rows for cell in row}
    assert {"", "   ", "007", "=1+1", 'she said "no", twice', "line 1\nline 2"} <= cells
    assert all(len(row) == len(header) for row in rows)


def test_a_job_goes_its_way(api: ReportApi, sandbox: Sandbox) -> None:
    sandbox.reset(job_seconds=0.4)
    api.sign_in()
    begun = time.monotonic()
    job_id = api.start(PLAIN)
    seen: list[str] = []
    while True:
        result = api.poll(job_id)
        if seen[-1:] != [result["state"]]:
            seen.append(result["state"])
        if result["state"] == "Finished":
            break
        assert result["resultFileURL"] == result["jobEnd"] == ""
        time.sleep(0.02)
    assert seen == ["Queued", "Running", "Finished"]
    assert time.monotonic() - begun > 0.38
    assert job_id.isdigit()
    assert (result["jobId"], result["reportId"]) == (job_id, str(PLAIN))
    assert result["fileName"].startswith("Reports\\")
    assert result["resultFileURL"].startswith(
        f"{sandbox.url}/inContactAPI/services/V35.0/files?fileName=Reports%5C"
    )
    assert set(result) == {
        *("jobId", "reportId", "reportName", "jobStart", "jobEnd", "fileName"),
        *("resultFileURL", "state", "deleteTime"),
    }


def test_a_job_is_wrapped_or_flat_by_version(api: ReportApi) -> None:
    job_id = api.start(PLAIN)
    wrapped = api.get(f"report-jobs/{job_id}", 30).json()
    assert list(wrapped) == ["jobResult"]
    assert api.get(f"report-jobs/{job_id}", 33).json() == wrapped["jobResult"]


def test_jobs_that_are_refused(api: ReportApi, sandbox: Sandbox) -> None:
    for report_id in (1, CJR):
        answer = api.post(f"report-jobs/{report_id}", **ASKED)
        assert (answer.status_code, str(report_id) in answer.headers["icStatusDescription"]) == (
            404,
            True,
        )
    answer = api.post(f"report-jobs/{PLAIN}", **{**ASKED, "fileType": "PDF"})
    assert (answer.status_code, answer.headers["icStatusDescription"]) == (
        400,
        "fileType must be CSV",
    )
    assert api.get("report-jobs/1").status_code == 404
    assert api.get("files", fileName="Reports\\x.csv").status_code == 404
    sandbox.expire_tokens()
    for path in ("reports", "report-jobs/1", "files"):
        assert api.get(path).status_code == 401


def test_one_job_of_a_report_at_a_time(api: ReportApi, sandbox: Sandbox) -> None:
    sandbox.reset(job_seconds=0.3)
    api.sign_in()
    api.start(PLAIN)
    refused = api.post(f"report-jobs/{PLAIN}", **ASKED)
    assert (refused.status_code, "another user" in refused.headers["icStatusDescription"]) == (
        409,
        True,
    )
    api.start(reports.NASTY)
    time.sleep(0.35)
    api.start(PLAIN)


def test_a_file_appears_late(api: ReportApi, sandbox: Sandbox) -> None:
    sandbox.reset(file_delay=0.3)
    api.sign_in()
    url = api.poll(api.start(PLAIN))["resultFileURL"]
    assert api.http.get(url).status_code == 404
    time.sleep(0.35)
    assert api.http.get(url).status_code == 200


def test_names_of_files(api: ReportApi) -> None:
    first = api.poll(api.start(PLAIN))["fileName"]
    assert api.poll(api.start(PLAIN))["fileName"] == first
    assert api.poll(api.start(PLAIN, overwrite="false"))["fileName"] != first
    assert "_20261116" in api.poll(api.start(PLAIN, appendDate="true"))["fileName"]


# --- data downloads ---------------------------------------------------------------------------


@pytest.mark.parametrize("report_id", configs.DATA_DOWNLOADS)
def test_a_download_equals_the_truth(report_id: int, api: ReportApi, sandbox: Sandbox) -> None:
    data = api.downloaded(report_id)
    truth = sandbox.truth.data_download(report_id, *WINDOW)
    assert _read(data) == truth
    assert len(truth.rows) > 50
    assert data.startswith(b"\xef\xbb\xbf") == (report_id == reports.STATE_LOG)
    assert data.startswith(b"\xff\xfe") == (report_id == reports.CALL_DETAIL)
    assert (b'"""' in data and data.endswith(b"\r\n\r\n")) == (report_id == CJR)
    without = _read(api.downloaded(report_id, includeHeaders="false"))
    assert without == (truth.rows[0], truth.rows[1:])


@pytest.mark.parametrize("report_id", configs.DATA_DOWNLOADS)
def test_downloads_add_up_and_miss_what_is_hidden(report_id: int) -> None:
    truth = Truth(now=NOW)
    days = [f"2026-11-{day:02d}T00:00:00Z" for day in range(1, 16)]
    parts = [
        row
        for start, end in pairwise(days)
        for row in truth.data_download(report_id, start, end).rows
    ]
    assert truth.data_download(report_id, days[0], days[-1]).rows == tuple(parts)
    noon, evening = "2026-11-12T12:00:00Z", "2026-11-12T17:15:00Z"
    hidden = truth.data_download(report_id, *WINDOW, hidden=((noon, evening),)).rows
    before = truth.data_download(report_id, WINDOW[0], noon).rows
    after = truth.data_download(report_id, evening, WINDOW[1]).rows
    assert hidden == before + after
    assert len(hidden) < len(truth.data_download(report_id, *WINDOW).rows)


@pytest.mark.parametrize("report_id", configs.DATA_DOWNLOADS)
def test_windows_without_rows(report_id: int, api: ReportApi, sandbox: Sandbox) -> None:
    assert api.download(report_id, **LATER).status_code == 204
    sandbox.hide(*WINDOW)
    if report_id != reports.SUMMARY_MINUTES:
        assert api.download(report_id).status_code == 204
    else:
        assert _read(api.downloaded(report_id)) == sandbox.truth.data_download(report_id, *WINDOW)
    sunday = {"startDate": "2026-11-15T00:00:00Z", "endDate": "2026-11-16T00:00:00Z"}
    rows = _read(api.downloaded(report_id, **sunday)).rows
    assert (rows == ()) == (report_id == reports.SUMMARY_MINUTES)


def test_downloads_that_are_refused(api: ReportApi) -> None:
    far = {"startDate": "2026-10-01T00:00:00Z", "endDate": "2026-11-01T00:00:00Z"}
    assert "30 days" in api.download(CJR, **far).headers["icStatusDescription"]
    assert api.download(CJR, startDate="2026-11-12").status_code == 400
    for report_id in (1, PLAIN):
        assert api.download(report_id).status_code == 404


def test_keys_of_a_download_by_version_and_report(api: ReportApi) -> None:
    whole = ["errorMessage", "fileName", "file", "fileType", "URI"]
    for report_id in configs.DATA_DOWNLOADS:
        new, old = (
            api.post(f"report-jobs/datadownload/{report_id}", version, **DAY).json()
            for version in (35, 30)
        )
        assert set(old) == {*new, "fileType"} == set(whole)
        keys = list(new)
        late = report_id in {reports.STATE_LOG, reports.SUMMARY_MINUTES}
        assert (keys.index("errorMessage") > keys.index("file")) == late


def test_downloads_that_are_saved(api: ReportApi, sandbox: Sandbox) -> None:
    answer = api.download(CJR, saveAsFile="true", fileName="ü 1").json()
    assert (answer["file"], answer["fileName"]) == ("", "Reports\\ü 1.csv")
    assert answer["URI"] == (
        f"{sandbox.url}/inContactAPI/services/V35.0/files?fileName=Reports%5C%C3%BC%201.csv"
    )
    assert _read(_file(api.http.get(answer["URI"]))).rows
    again = api.download(CJR, saveAsFile="true", fileName="ü 1")
    assert again.status_code == 200
    assert "already exists" in again.json()["errorMessage"]
    assert again.json()["URI"] == ""
    for _ in range(2):
        always = api.download(URI_REPORT, fileName="same").json()
        assert always["file"] == always["errorMessage"] == ""
        assert "/files?fileName=Reports%5C" in always["URI"]


# --- faults -----------------------------------------------------------------------------------


def test_fates_of_jobs(api: ReportApi, sandbox: Sandbox) -> None:
    def states(fate: str, report_id: int, polls: int) -> list[dict[str, Any]]:
        sandbox.fault("report-jobs/*", {"job": fate}, method="POST")
        job_id = api.start(report_id)
        return [api.poll(job_id) for _ in range(polls)]

    failed = states("fail", PLAIN, 1)[0]
    assert (failed["state"], failed["resultFileURL"]) == ("Failed", "")
    assert "timed out" in failed["message"]
    (empty,) = states("no_file", PLAIN, 1)
    assert (empty["state"], empty["resultFileURL"]) == ("Finished", "")
    odd = states("odd_state", PLAIN, 5)
    assert [poll["state"] for poll in odd] == ["Archiving"] * 3 + ["Finished"] * 2
    assert api.http.get(odd[-1]["resultFileURL"]).status_code == 200
    assert [poll["state"] for poll in states("never", PLAIN, 3)] == ["Running"] * 3
    assert api.post(f"report-jobs/{PLAIN}", **ASKED).status_code == 409
    with pytest.raises(ValueError, match="job 'sometimes'"):
        sandbox.fault("report-jobs/*", {"job": "sometimes"})


@pytest.mark.parametrize("at", ["order", "fetch"])
def test_faults_of_files_are_set_at_the_order_or_at_the_fetch(
    at: str, api: ReportApi, sandbox: Sandbox
) -> None:
    def spoilt(do: dict[str, Any]) -> requests.Response:
        if at == "order":
            sandbox.fault(f"report-jobs/{PLAIN}", do, method="POST")
        url = api.poll(api.start(PLAIN))["resultFileURL"]
        if at == "fetch":
            sandbox.fault("files", do)
        return api.http.get(url)

    truth = sandbox.truth.custom_report(PLAIN)
    text = spoilt({"break_base64": True}).json()["files"]["file"]
    assert text[len(text) // 2] == "*"
    padded = spoilt({"bad_padding": True}).json()["files"]["file"]
    assert len(padded) % 4 == 1
    with pytest.raises(binascii.Error):
        base64.b64decode(padded)
    rows = _read(_file(spoilt({"extra_cells": 2}))).rows
    assert [len(row) - len(truth.header) for row in rows[:4]] == [0, 0, 2, 0]
    rows = _read(_file(spoilt({"short_row": True}))).rows
    assert [len(row) - len(truth.header) for row in rows[:4]] == [0, 0, -1, 0]
    assert _read(_file(spoilt({"big_rows": 700}))) == (BIG_HEADER, tuple(big_rows(700)))
    missing = spoilt({"file_404": 2})
    again = [api.http.get(missing.url).status_code for _ in range(2)]
    assert [missing.status_code, *again] == [404, 404, 200]
    assert _read(_file(api.run(PLAIN))) == truth


def test_faults_of_files_inside_a_download(api: ReportApi, sandbox: Sandbox) -> None:
    path = "report-jobs/datadownload/*"
    sandbox.fault(path, {"break_base64": True})
    assert "*" in api.download(CJR).json()["file"]
    sandbox.fault(path, {"big_rows": 10})
    assert _read(api.downloaded(CJR, **LATER)).rows == tuple(big_rows(10))
    sandbox.fault(path, {"field_envelope": {"errorMessage": "no"}})
    late = api.download(reports.STATE_LOG).json()
    assert (list(late)[-1], late["errorMessage"]) == ("errorMessage", "no")
    assert late["file"]
    assert len(sandbox.requests(path)) == 3


def test_addresses_that_lead_astray(api: ReportApi, sandbox: Sandbox) -> None:
    evil = "https://evil.example/x"
    sandbox.fault("report-jobs/*", {"result_url": evil}, method="POST")
    assert api.poll(api.start(PLAIN))["resultFileURL"] == evil
    sandbox.fault("report-jobs/*", {"result_url": evil}, method="GET")
    assert api.poll(api.start(PLAIN))["resultFileURL"] == evil
    sandbox.fault("report-jobs/datadownload/*", {"result_url": evil})
    assert api.download(URI_REPORT).json()["URI"] == evil


@pytest.mark.parametrize(
    "do", [{"reset": "before"}, {"reset": "body"}, {"truncate": 100}, {"truncate": 0}]
)
def test_a_streamed_body_breaks(do: dict[str, Any], api: ReportApi, sandbox: Sandbox) -> None:
    path = f"report-jobs/datadownload/{CJR}"
    whole = api.download(CJR, fileName="x").content
    sandbox.fault(path, do)
    seen = b""
    with pytest.raises(requests.exceptions.RequestException) as caught:  # noqa: PT012
        said = {**DAY, "saveAsFile": "false", "includeHeaders": "true", "fileName": "x"}
        with api.http.post(f"{api.root}/v30.0/{path}", params=said, stream=True) as answer:
            for piece in answer.iter_content(1):
                seen += piece
    assert ("reset by peer" in str(caught.value)) == ("reset" in do)
    wanted = len(whole) // 2 if do.get("reset") == "body" else do.get("truncate", 0)
    # What of the last chunk is handed on, is up to the client.
    assert seen == whole[: len(seen)]
    assert len(seen) <= wanted
    assert len(seen) > wanted / 4 or not wanted
    assert api.download(CJR, fileName="x").content == whole


def test_a_streamed_body_is_cut_slow_or_replaced(api: ReportApi, sandbox: Sandbox) -> None:
    path = f"report-jobs/datadownload/{CJR}"
    whole = api.download(CJR, fileName="x").content
    sandbox.fault(path, {"cut_json": 9})
    assert api.download(CJR, fileName="x").content == whole[:-9]
    with pytest.raises(json.JSONDecodeError):
        json.loads(whole[:-9])
    for do in ({"drip": 0.01}, {"delay": 0.3}):
        sandbox.fault(path, do)
        begun = time.monotonic()
        assert api.download(CJR, fileName="x").content == whole
        assert time.monotonic() - begun > 0.25
    sandbox.fault(path, {"html": 502})
    assert api.download(CJR).headers["Content-Type"].startswith("text/html")
    sandbox.fault(path, {"empty": True})
    assert api.download(CJR).content == b""
    sandbox.fault(path, {"no_envelope": True})
    assert list(api.download(CJR).json()) == ["message"]
    sandbox.fault("files", {"status": 503}, times=2)
    assert api.run(PLAIN).status_code == 503


def test_a_big_file_takes_little_memory(api: ReportApi, sandbox: Sandbox) -> None:
    def peak_kb() -> int:
        status = Path(f"/proc/{sandbox._process.pid}/status").read_text(encoding="utf-8")
        return int(status.split("VmHWM:")[1].split()[0])

    api.run(PLAIN)
    sandbox.fault("files", {"big_rows": 320_000})
    url = api.poll(api.start(PLAIN))["resultFileURL"]
    before, size = peak_kb(), 0
    with api.http.get(url, stream=True) as answer:
        for piece in answer.iter_content(1 << 20):
            size += len(piece)
    assert size > 50_000_000
    assert peak_kb() - before < 8_000


def test_rules_and_requests_know_any_segment(api: ReportApi, sandbox: Sandbox) -> None:
    sandbox.fault("report-jobs/*", {"status": 500}, times=None)
    assert api.post(f"report-jobs/{PLAIN}", **ASKED).status_code == 500
    assert api.get("report-jobs/5").status_code == 500
    assert api.download(CJR).status_code == 200
    assert [entry["path"] for entry in sandbox.requests("report-jobs/*")] == [
        f"report-jobs/{PLAIN}",
        "report-jobs/5",
    ]
