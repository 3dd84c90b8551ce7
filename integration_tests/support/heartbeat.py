"""When a run wrote the messages that the platform counts as signs of life.

The platform counts records and states only, and ends a connector that writes neither for as long
as metadata.yaml says.
"""

from __future__ import annotations

import os
import re
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from typing import BinaryIO, TextIO

_METADATA = Path(__file__).resolve().parents[2] / "metadata.yaml"
ALLOWED_SILENCE_SECONDS = float(
    yaml.safe_load(_METADATA.read_text("utf-8"))["data"]["maxSecondsBetweenMessages"]
)
"""After so long without a record or a state the platform ends a sync."""

_SIGN_OF_LIFE = re.compile(r'^\{"type":"(?:RECORD|STATE)"', re.MULTILINE)


class Beats:
    """Notes when signs of life are written, by the steady clock of the process, sped up or not.

    Args:
        output: The real standard output, into which the CDK empties its buffer of messages.
        path: Where the instants go, a line each; they outlive a process that is killed.
    """

    def __init__(self, output: TextIO, path: str) -> None:
        self._output = output
        self._notes = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def note(self) -> None:
        """Say that this is a sign of life, or the begin or the end of the run."""
        os.write(self._notes, b"%.3f\n" % time.monotonic())

    def write(self, text: str) -> int:
        """Pass on what the connector writes."""
        count = self._output.write(text)
        if _SIGN_OF_LIFE.search(text):
            self.note()
        return count

    def flush(self) -> None:
        """Pass it on for good."""
        self._output.flush()

    @property
    def buffer(self) -> _Bytes:
        """The same for what the connector writes as bytes."""
        return _Bytes(self, self._output.buffer)


class _Bytes:
    def __init__(self, beats: Beats, output: BinaryIO) -> None:
        self._beats = beats
        self._output = output

    def write(self, lines: bytes) -> int:
        count = self._output.write(lines)
        self._beats.note()  # blocks of records are signs of life
        return count

    def flush(self) -> None:
        self._output.flush()


def note_beats(path: str) -> Beats:
    """Begin to note the signs of life of this process."""
    beats = Beats(sys.stdout, path)
    sys.__stdout__ = beats  # type: ignore[assignment, misc]
    beats.note()
    return beats


def longest_gap(path: Path) -> float:
    """The longest time without a sign of life, in seconds of the clock that they were noted by."""
    noted = [float(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    return max((later - earlier for earlier, later in pairwise(noted)), default=0.0)
