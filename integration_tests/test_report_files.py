"""Report files that are unfinished, empty or no plain table; jobs that end in other words."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.support import cli
from integration_tests.support.constants import NOW, specific
from integration_tests.support.scripted import NO_CONTENT, Asked, Reply, ScriptedApi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAY = specific("2026-11-12", "2026-11-12")
WHOLE = b"id,agent\r\n1,Ada\r\n2,Bo\r\n3,Cy\r\n"
UTF_16 = WHOLE.decode().encode("utf-16")
STREAMS = {"data_downloads": "data_download_540", "custom_reports": "custom_report_weekly"}
FIELDS = [pytest.param(field, id=field) for field in STREAMS]
JOB = "report-jobs/99"


def inline(content: bytes | None) -> dict[str, Any]:
    """A file as a data download brings it."""
    file = None if content is None else base64.b64encode(content).decode()
    return {"errorMessage": "", "fileName": "x.csv", "file": file, "URI": ""}


class Files:
    """An API with one report of each kind, whose file comes differently each time it is fetched.

    Args:
        responses: What a fetch brings; the last one from then on. ``"URI"`` stands for
            the address of a saved file.
        name: Of the file.
        job: What a poll of the job says.
    """

    def __init__(self, responses: Sequence[Any], name: str = "x.csv", **job: Any) -> None:
        self._left = list(responses)
        self._name = name
        self._job = {"state": "Finished", **job}
        self.fetches = 0
        self.api = ScriptedApi(self.route)

    def route(self, asked: Asked) -> Reply | dict[str, Any]:
        """The response to one request."""
        if asked.path == "reports":
            return {"reports": [{"reportId": 7, "reportName": "WEEKLY"}]}
        if asked.path == "report-jobs/7":
            return {"jobId": 99}
        if asked.path == JOB:
            return {"jobResult": {"resultFileURL": self.address, **self._job}}
        self.fetches += 1
        response = self._left.pop(0) if len(self._left) > 1 else self._left[0]
        if response == "URI":
            return {"file": "", "URI": self.address}
        return inline(response) if isinstance(response, bytes) else response

    @property
    def address(self) -> str:
        """Where the file is saved, as it is."""
        return f"{self.api.url}/inContactAPI/services/v30.0/files?fileName={self._name}"

    def read(self, field: str) -> cli.Outcome:
        """Read the report of one field of the form."""
        with self.api:
            entry = "540" if field == "data_downloads" else "Weekly"
            config = self.api.config(DAY, **{field: [entry]})
            return cli.read(config, [STREAMS[field]], "incremental", now=NOW)


def cells(outcome: cli.Outcome, field: str) -> list[dict[str, Any]]:
    """The records without our own fields."""
    return [
        {key: cell for key, cell in one.items() if key[0] != "_" and key != "businessUnitId"}
        for one in outcome.records(STREAMS[field])
    ]


def all_rows() -> Iterator[dict[str, str]]:
    for number, name in enumerate(("Ada", "Bo", "Cy"), 1):
        yield {"id": str(number), "agent": name}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("parts", "fetches"),
    [
        pytest.param([WHOLE], 1, id="whole at once"),
        pytest.param([WHOLE[:-2]], 2, id="no line end"),
        pytest.param([WHOLE[:11], WHOLE], 3, id="cut in a row"),
        pytest.param([WHOLE[:14], WHOLE], 3, id="cut in the last cell"),
        pytest.param([WHOLE[:16], WHOLE], 3, id="cut in a line end"),
        pytest.param([b'id,agent\r\n1,"A', WHOLE], 3, id="cut in a quoted cell"),
        pytest.param([WHOLE[:5], WHOLE], 3, id="cut in the header"),
        pytest.param([WHOLE[:11], WHOLE[:17], WHOLE], 4, id="grows, and once to the end of a row"),
        pytest.param([b"", WHOLE], 3, id="no bytes at first"),
        pytest.param([b"\r\n", WHOLE], 3, id="no header at first"),
        pytest.param([b"<html><p>503</p></html>", WHOLE], 2, id="a web page in the file"),
        pytest.param([b"Report timed out.", WHOLE], 2, id="a message in the file"),
        pytest.param([UTF_16[:-1], UTF_16], 3, id="half a character of UTF-16"),
    ],
)
def test_an_unfinished_file_is_fetched_until_it_is_whole(
    field: str, parts: list[Any], fetches: int
) -> None:
    files = Files(parts)
    outcome = files.read(field)
    assert outcome.exit_code == 0, outcome.errors
    assert cells(outcome, field) == list(all_rows())
    assert files.fetches == fetches


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(WHOLE[:11], "its last row is short and has no line end", id="in a row"),
        pytest.param(b'id,agent\r\n1,"A', "ends inside a quoted cell", id="in a quoted cell"),
        pytest.param(
            b'id,agent\r\n1,"A" b", c"\r\n', "quotes in the file do not match", id="quotes"
        ),
    ],
)
def test_a_file_that_stays_unfinished_fails_and_not_one_row_goes_out(
    field: str, content: bytes, said: str
) -> None:
    outcome = Files([content]).read(field)
    assert outcome.exit_code == 1
    assert cells(outcome, field) == []
    assert said in outcome.errors[0]["message"]
    assert "in 4 passes" in outcome.errors[0]["message"]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([NO_CONTENT], id="204"),
        pytest.param([b""], id="an empty file"),
        pytest.param([Reply(200)], id="an empty body"),
        pytest.param([WHOLE[:10]], id="a shorter file"),
    ],
)
def test_rows_that_were_seen_are_not_overruled_by_none(after: list[Any]) -> None:
    outcome = Files([WHOLE[:20], *after]).read("data_downloads")
    assert outcome.exit_code == 1
    assert "in 4 passes" in outcome.errors[0]["message"]


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(b"", id="an empty text"),
        pytest.param(b"\r\n\r\n", id="empty lines"),
        pytest.param(inline(None), id="null"),
        pytest.param({"errorMessage": None, "file": None, "URI": None}, id="all null"),
        pytest.param({"file": None, "statusCode": 200}, id="a good status code"),
    ],
)
def test_a_day_without_a_file_is_asked_for_again_and_then_warned_about(response: Any) -> None:
    files = Files([response])
    outcome = files.read("data_downloads")
    assert outcome.exit_code == 0, outcome.errors
    assert outcome.records(STREAMS["data_downloads"]) == []
    assert files.fetches == 2
    assert "sent no file for 2026-11-12T00:00:00Z to 2026-11-13T00:00:00Z" in outcome.logs


def test_a_saved_file_of_a_download_stays_empty_through_all_passes_to_mean_no_rows() -> None:
    files = Files(["URI", b""])
    outcome = files.read("data_downloads")
    assert outcome.exit_code == 0, outcome.errors
    assert files.fetches == 5
    assert "sent no file for 2026-11-12T00:00:00Z" in outcome.logs


@pytest.mark.parametrize("response", [b"", b"\r\n", inline(None), NO_CONTENT, Reply(200)])
def test_a_job_never_leaves_an_empty_file(response: Any) -> None:
    outcome = Files([response]).read("custom_reports")
    assert outcome.exit_code == 1
    assert "in 4 passes" in outcome.errors[0]["message"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("empty", ["", None])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param({"error": "busy"}, "busy", id="error"),
        pytest.param({"error_description": "busy"}, "busy", id="error_description"),
        pytest.param({"errorDescription": "busy"}, "busy", id="errorDescription"),
        pytest.param({"errorMessage": "busy"}, "busy", id="errorMessage"),
        pytest.param({"message": "busy"}, "busy", id="message"),
        pytest.param({"statusCode": 500}, "500", id="a failing status code"),
        pytest.param({"statusCode": "503"}, "503", id="the same as text"),
    ],
)
def test_words_beside_an_empty_file_are_a_failure(
    field: str, empty: str | None, words: dict[str, Any], said: str
) -> None:
    outcome = Files([{"file": empty, "URI": "", **words}]).read(field)
    assert outcome.exit_code == 1
    assert said in outcome.errors[0]["message"]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(
            b"North region\r\nWeek 47\r\n\r\nSkill Name,Calls\r\nSales,12\r\n",
            [{"Skill Name": "Sales", "Calls": "12"}],
            id="titles",
        ),
        pytest.param(
            b"Skill Name;Level\r\nVertrieb;91,8\r\n",
            [{"Skill Name": "Vertrieb", "Level": "91,8"}],
            id="semicolons",
        ),
        pytest.param(
            b"sep=,\r\nSkill Name,Calls\r\nSales,12\r\n",
            [{"Skill Name": "Sales", "Calls": "12"}],
            id="a separator line",
        ),
        pytest.param(
            b'Name,Note,Calls\r\nSales,"he said "hi, you" twice",12\r\n',
            [{"Name": "Sales", "Note": 'he said "hi, you" twice', "Calls": "12"}],
            id="quotes",
        ),
        pytest.param(
            b"Calls,CALLS,Skill Name,Skill_Name,_ROW_NUMBER\r\n1,2,3,4,5\r\n",
            [{"Calls": "1", "CALLS_2": "2", "Skill Name": "3", "Skill_Name_2": "4"}],
            id="names that a destination takes for one",
        ),
        pytest.param(b"< 30 s,> 30 s\r\n1,2\r\n", [{"< 30 s": "1", "> 30 s_2": "2"}], id="< 30 s"),
    ],
)
def test_a_table_of_another_kind_is_understood(content: bytes, rows: list[Any]) -> None:
    outcome = Files([content]).read("custom_reports")
    assert outcome.exit_code == 0, outcome.errors
    assert cells(outcome, "custom_reports") == rows


@pytest.mark.parametrize("field", FIELDS)
def test_a_table_that_cannot_be_told_from_titles_is_refused_by_name(field: str) -> None:
    outcome = Files([b"North region\r\nSkill Name,Calls\r\nSales,12\r\n"]).read(field)
    assert outcome.exit_code == 1
    assert cells(outcome, field) == []
    [error] = [one for one in outcome.errors if one["stream"]]
    assert error["failure_type"] == "config_error"
    assert "its first line has fewer cells than the lines below it" in error["message"]
    assert "no header text or titles above" in error["message"]


@pytest.mark.parametrize(
    "state",
    ["Completed", "Complete", "Succeeded", "SUCCESS", "Done", "Archived", "", None, "Running"],
)
def test_a_job_that_gives_its_files_address_is_done(state: str | None) -> None:
    files = Files([WHOLE], state=state)
    outcome = files.read("custom_reports")
    assert outcome.exit_code == 0, outcome.errors
    assert cells(outcome, "custom_reports") == list(all_rows())
    assert files.fetches == (2 if state == "Running" else 1)


@pytest.mark.parametrize("state", ["Failed", "CompletedWithErrors", "Canceled", "Timed Out"])
def test_a_failed_job_is_named_as_it_was_entered(state: str) -> None:
    outcome = Files([WHOLE], state=state, errorMessage="too many rows").read("custom_reports")
    assert outcome.exit_code == 1
    assert (
        f"Job 99 of 'Weekly' ended as '{state}'. NICE says: too many rows."
        in outcome.errors[0]["message"]
    )


@pytest.mark.parametrize("state", ["Finished", "Completed", "Done"])
def test_a_job_that_is_done_without_a_file_is_waited_for_and_then_fails(state: str) -> None:
    outcome = Files([WHOLE], state=state, resultFileURL="").read("custom_reports")
    assert outcome.exit_code == 1
    assert "Job 99 of 'Weekly' finished, but left no file" in outcome.errors[0]["message"]


@pytest.mark.parametrize(
    "name", ["Reports/Weekly SLA.csv", "Reports\\Weekly.csv", "Détail.csv", "100% {a}|b.csv"]
)
def test_an_address_as_a_person_writes_it_is_encoded(name: str) -> None:
    files = Files([WHOLE], name)
    outcome = files.read("custom_reports")
    assert outcome.exit_code == 0, outcome.errors
    assert files.api.asked[-1].query == {"fileName": name}
