"""Where a report file lies until it is whole."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import assume, given
from hypothesis import strategies as st

from source_incontact.api.spool import Spool

if TYPE_CHECKING:
    from pytest_mock import MockerFixture


def test_bytes_come_back_whether_in_memory_or_on_disk() -> None:
    for count in (1, 5):
        spool = Spool()
        for _ in range(count):
            spool.write(b"x" * (1 << 20))
        spool.file.seek(0)
        assert spool.file.read() == b"x" * (count << 20)
        spool.close()
        assert spool.file.closed


def test_a_file_that_is_too_large_is_given_up(mocker: MockerFixture) -> None:
    mocker.patch("source_incontact.api.spool.MAX_FILE_BYTES", 1 << 20)
    spool = Spool()
    spool.write(b"x" * (1 << 20))
    with pytest.raises(AirbyteTracedException, match="larger than"):
        spool.write(b"x")


def test_a_full_disk_is_told_as_one(mocker: MockerFixture) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    mocker.patch.object(tempfile, "TemporaryFile", side_effect=full)
    spool = Spool()
    spool.write(b"x" * (4 << 20))
    with pytest.raises(AirbyteTracedException, match="No space left on device"):
        spool.write(b"x")


LAST_PART = """
import resource
from source_incontact.api.spool import Spool

resource.setrlimit(resource.RLIMIT_FSIZE, (5 << 20, 5 << 20))
spool = Spool()
spool.write(b"x" * (5 << 20))
try:
    spool.write(b"so small that it stays in Python's buffer")
except Exception as error:
    print(error)
"""


def test_a_disk_that_is_full_at_the_last_part_is_told_as_one() -> None:
    words = [sys.executable, "-c", LAST_PART]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "The file could not be kept in the temporary folder: File too large." in done.stdout


@given(st.lists(st.binary(min_size=1, max_size=3 << 20), min_size=1, max_size=3))
def test_a_spool_gives_back_what_was_written_in_memory_or_on_disk(pieces: list[bytes]) -> None:
    assume(sum(map(len, pieces)) < sys.maxsize)
    spool = Spool()
    for piece in pieces:
        spool.write(piece)
    spool.file.seek(0)
    assert spool.file.read() == b"".join(pieces)
    assert spool.size == sum(map(len, pieces))
    spool.close()


def test_a_large_spool_lies_on_disk_and_vanishes() -> None:
    spool = Spool()
    for _ in range(9):
        spool.write(b"x" * (1 << 20))
    assert not isinstance(spool.file, io.BytesIO)
    spool.file.seek(0)
    assert len(spool.file.read()) == 9 << 20
    spool.close()
    assert spool.file.closed
