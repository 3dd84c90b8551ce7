"""Every line arrives whole, though the process is stopped in the middle of a write.

A container that is paused, or a machine that sleeps, interrupts a write like a stop does.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox.client import Sandbox
from integration_tests.streams import TITLES
from integration_tests.support import cli
from integration_tests.support.constants import FAST, NOW, plain, specific, true_rows

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

MOST_STOPS = 8
_GLANCE_SECONDS = 0.005
_PIECE = 1 << 16
DAY = ("2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z")


def wait_until_full(child: subprocess.Popen[bytes], pipe: int) -> bool:
    """Wait until nothing more can be written to a pipe; false if the command ends before."""
    ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while select.select([], [pipe], [], 0)[1]:
        if os.waitid(os.P_PID, child.pid, ended) is not None:
            return False
        time.sleep(_GLANCE_SECONDS)
    return True


def output_of(words: list[str], environment: dict[str, str]) -> str:
    """What a command writes that is stopped whenever it waits for its reader, and goes on."""
    words = [sys.executable, "-m", "source_incontact", *words]
    stops = 0
    found = b""
    reading, writing = os.pipe()
    with subprocess.Popen(words, stdout=writing, env={**os.environ, **environment}) as child:
        while stops < MOST_STOPS and wait_until_full(child, writing):
            stops += 1
            child.send_signal(signal.SIGSTOP)
            os.waitpid(child.pid, os.WUNTRACED)
            child.send_signal(signal.SIGCONT)
            os.waitpid(child.pid, os.WCONTINUED)
            found += os.read(reading, _PIECE)
        os.close(writing)
        with os.fdopen(reading, "rb") as rest:
            found += rest.read()
    assert child.returncode == 0
    assert stops
    return found.decode()


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_read_that_is_stopped_again_and_again_writes_every_line(
    tmp_path: Path, unbuffered: str
) -> None:
    with Sandbox.start(now=NOW, ticking=False, contacts_per_quarter=60) as sandbox:
        config = sandbox.config(date=specific("2026-11-12", "2026-11-12"), **FAST)
        words = ["read", *cli.options(tmp_path, config=config, catalog=cli.catalog(["contacts"]))]
        text = output_of(words, {"PYTHONUNBUFFERED": unbuffered})
        wanted = true_rows(sandbox.truth, "contacts", [DAY])
    assert plain(cli.Outcome(0, text).records("contacts")) == wanted


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_catalog_arrives_whole_as_well(sandbox: Sandbox, tmp_path: Path, unbuffered: str) -> None:
    words = ["discover", *cli.options(tmp_path, config=sandbox.config(reports=TITLES))]
    text = output_of(words, {"PYTHONUNBUFFERED": unbuffered})
    [catalog] = cli.Outcome(0, text).of_type("CATALOG")
    assert len(catalog["streams"]) == len(TITLES)
