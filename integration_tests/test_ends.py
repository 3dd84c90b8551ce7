"""However a sync ends, its process ends too: no worker keeps it waiting."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox.client import Sandbox
from integration_tests.support import cli
from integration_tests.support.constants import FAST
from source_incontact.families.json_report import PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

LIMIT_SECONDS = 120
"""Only against a test that would hang."""
STILL_SECONDS = 1.5
LONGER_THAN_THE_QUEUE = 12_000
"""Records of more text than may wait to be written."""


@contextmanager
def a_long_read(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A read of far more contacts than the queue takes, once its first records came."""
    with Sandbox.start(ticking=False, contacts_per_quarter=120) as sandbox:
        days = {"date_type": "range_relative", "start_days_back": "6", "end_days_back": "1"}
        files = {"config": sandbox.config(date=days, **FAST), "catalog": cli.catalog(["contacts"])}
        words = [sys.executable, "-m", "source_incontact", "read", *cli.options(folder, **files)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            try:
                assert child.stdout is not None
                while not child.stdout.readline().startswith(b'{"type":"RECORD"'):
                    assert child.poll() is None
                wait_until_all_wait(sandbox)
                yield child
            finally:
                child.kill()


def wait_until_all_wait(sandbox: Sandbox) -> None:
    """Nobody reads on, so the main thread stands still, the queue fills up, and workers wait."""
    asked = -1
    while (now := len(sandbox.requests("contacts"))) != asked:
        asked = now
        time.sleep(STILL_SECONDS)
    assert asked * PAGE_SIZE > LONGER_THAN_THE_QUEUE


def test_when_nobody_reads_any_more(tmp_path: Path) -> None:
    with a_long_read(tmp_path) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.wait(LIMIT_SECONDS) == 1


@pytest.mark.parametrize("command", ["check", "discover"])
@pytest.mark.parametrize(
    ("output", "reason"),
    [(">/dev/full", "No space left on device"), (">&-", "it is closed")],
)
def test_when_nothing_can_be_written(
    sandbox: Sandbox, tmp_path: Path, command: str, output: str, reason: str
) -> None:
    words = [sys.executable, "-m", "source_incontact", command]
    words += cli.options(tmp_path, config=sandbox.config())
    shell = ["sh", "-c", f"{shlex.join(words)} {output}"]
    done = subprocess.run(shell, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Standard output cannot be written: {reason}.\n"


def test_when_interrupted(tmp_path: Path) -> None:
    with a_long_read(tmp_path) as child:
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=LIMIT_SECONDS)
        assert child.returncode == 130


STUCK = """
import sys, threading
from source_incontact import run

def fail(*_):
    raise MemoryError

def main(args):
    threading.Thread(target=threading.Event().wait).start()
    sys.excepthook = fail
    if "no thread" in args:
        threading.Timer.start = lambda _: (_ for _ in ()).throw(RuntimeError)
    raise MemoryError

run.main = main
run.run()
"""


@pytest.mark.parametrize("room", ["a thread", "no thread"])
def test_when_memory_is_too_short_even_for_an_error(room: str) -> None:
    done = subprocess.run([sys.executable, "-c", STUCK, room], timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 1
