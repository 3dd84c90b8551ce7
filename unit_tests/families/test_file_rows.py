"""Records of report files: stamped, numbered, and warned about once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_incontact.api.spool import Spool
from source_incontact.families.file_rows import FileReader

if TYPE_CHECKING:
    import pytest


def spool_of(content: bytes) -> Spool:
    spool = Spool()
    spool.write(content)
    return spool


def test_records_carry_the_stamp_their_number_and_every_cell() -> None:
    reader = FileReader("data_download_540")
    content = b"Agent,Agent,_row_number\nAda,Bo,9\nCy\nDi,Eve,7,more,still\n"
    [records] = reader.pages(spool_of(content), {"_report_id": "540"})
    assert records == [
        {
            "_report_id": "540",
            "_row_number": 1,
            "Agent": "Ada",
            "Agent_2": "Bo",
            "_row_number_2": "9",
        },
        {
            "_report_id": "540",
            "_row_number": 2,
            "Agent": "Cy",
            "Agent_2": None,
            "_row_number_2": None,
        },
        {
            "_report_id": "540",
            "_row_number": 3,
            "Agent": "Di",
            "Agent_2": "Eve",
            "_row_number_2": "7",
            "_extra": ["more", "still"],
        },
    ]


def test_ragged_rows_are_warned_about_once(caplog: pytest.LogCaptureFixture) -> None:
    reader = FileReader("data_download_540")
    list(reader.pages(spool_of(b"a,b\n1\n2\n1,2,3\n4,5,6\n"), {}))
    shorter, longer = (record.message for record in caplog.records)
    assert shorter.endswith("fewer cells than the header; the missing ones are null.")
    assert longer.endswith("more cells than the header; the surplus is kept in '_extra'.")


def test_another_code_page_is_warned_about_once(caplog: pytest.LogCaptureFixture) -> None:
    reader = FileReader("data_download_540")
    content = "a\nå\né\n".encode("cp1252")
    [records] = reader.pages(spool_of(content), {})
    assert [one["a"] for one in records] == ["å", "é"]
    [warning] = caplog.records
    assert "not UTF-8; they are read as Windows-1252" in warning.message
