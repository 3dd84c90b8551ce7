"""Report jobs and the files in the business unit's store; both live as long as the sandbox."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.tables import (
    BIG_HEADER,
    Style,
    Table,
    base64_json,
    bent,
    big_rows,
    file_bytes,
    without_end,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = "Reports\\"
"""Where files are (L)."""
FINISHED, FAILED = "Finished", "Failed"
_FIRST_JOB = 880_000_001
_ODD_POLLS = 3
_QUEUED_PART = 0.25


@dataclass(frozen=True)
class Content:
    """What a file says, made anew whenever it is fetched.

    Attributes:
        table: Makes the table.
        style: How it is written.
        has_header: Whether the column names were asked for.
    """

    table: Callable[[], Table]
    style: Style
    has_header: bool

    def base64_json(self, do: dict[str, Any]) -> Iterator[bytes]:
        """The inside of a JSON text, as a fault wants it."""
        if "big_rows" in do:
            header, rows = BIG_HEADER, big_rows(int(do["big_rows"]))
        elif "table" in do:
            header, *given = do["table"]
            rows = iter(given)
        else:
            header, kept = self.table()
            rows = iter(kept)
        shaped = bent(wrapped(header, rows, self.style), do)
        pieces = file_bytes(header if self.has_header else (), shaped, self.style)
        if do.get("no_bytes"):
            pieces = iter(())
        if do.get("cut_row"):
            pieces = without_end(pieces, self.style)
        return base64_json(pieces, do, awkward=self.style.awkward)


@dataclass
class StoredFile:
    """A file: there from some moment on, after some fetches that found nothing.

    Attributes:
        content: What it says.
        ready_at: From when it is there, in seconds of the steady clock.
        do: What a fault wanted done when the file was ordered.
        not_found: How many fetches find nothing.
        fetches: How often it was asked for.
    """

    content: Content
    ready_at: float
    do: dict[str, Any]
    not_found: int = 0
    fetches: int = 0

    def is_there(self, do: dict[str, Any]) -> bool:
        """Whether this fetch finds the file."""
        self.fetches += 1
        self.not_found = max(self.not_found, int(do.get("file_404", 0)))
        return time.monotonic() >= self.ready_at and self.fetches > self.not_found


@dataclass
class Job:
    """One run of a custom report.

    Attributes:
        job_id: Its id, digits.
        report_id: What it runs.
        started: The sandbox's clock at the start, epoch milliseconds.
        due: When it ends, in seconds of the steady clock.
        seconds: How long it takes.
        file_name: Name of its file, with the folder.
        content: What the file will say.
        do: What a fault wanted done when it was started.
        polls: How many polls saw the unknown state.
        stored: Whether its file is in the store.
    """

    job_id: str
    report_id: int
    started: int
    due: float
    seconds: float
    file_name: str
    content: Content
    do: dict[str, Any] = field(default_factory=dict)
    polls: int = 0
    stored: bool = False

    @property
    def fate(self) -> str:
        """How a fault wants it to end; empty for well."""
        return str(self.do.get("job", ""))

    def state(self) -> str:
        """Its state at this moment (L for the last, A for the others)."""
        left = self.due - time.monotonic()
        if left > self.seconds * (1 - _QUEUED_PART):
            return "Queued"
        if left > 0 or self.fate == "never":
            return "Running"
        if self.fate == "fail":
            return FAILED
        return "Archiving" if self.fate == "odd_state" and self.polls < _ODD_POLLS else FINISHED

    def finished_at(self) -> int:
        """The sandbox's clock at the end."""
        return self.started + int(self.seconds * 1000)


class Jobs:
    """All jobs and files of a sandbox; safe to share between threads."""

    def __init__(self, seconds: float, file_delay: float) -> None:
        """Jobs take ``seconds``, and their files appear ``file_delay`` seconds after the end."""
        self._seconds = seconds
        self._file_delay = file_delay
        self._jobs: dict[str, Job] = {}
        self._files: dict[str, StoredFile] = {}
        self._names = 0
        self._lock = threading.Lock()

    def start(
        self, report_id: int, started: int, file_name: str, content: Content, do: dict[str, Any]
    ) -> Job | None:
        """A new job, or ``None`` while one of the same report runs."""
        with self._lock:
            if any(
                job.report_id == report_id and job.state() not in {FINISHED, FAILED}
                for job in self._jobs.values()
            ):
                return None
            job = Job(
                job_id=str(_FIRST_JOB + len(self._jobs)),
                report_id=report_id,
                started=started,
                due=time.monotonic() + self._seconds,
                seconds=self._seconds,
                file_name=file_name,
                content=content,
                do=do,
            )
            self._jobs[job.job_id] = job
            return job

    def forget_faults(self) -> None:
        """Let the jobs that are under way end well."""
        with self._lock:
            for job in self._jobs.values():
                job.do = {}

    def poll(self, job_id: str) -> tuple[Job, str] | None:
        """A job and its state; the file is in the store once this was seen to be finished."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None:
                return None
            state = job.state()
            job.polls += state == "Archiving"
            if state == FINISHED and not job.stored and job.fate != "no_file":
                end = time.monotonic() if job.fate == "odd_state" else job.due
                self._store(job.file_name, job.content, end, job.do)
                job.stored = True
            return job, state

    def save(self, file_name: str, content: Content, do: dict[str, Any]) -> bool:
        """Put a file into the store, unless there is one of that name (L)."""
        with self._lock:
            if file_name in self._files:
                return False
            self._store(file_name, content, time.monotonic(), do)
            return True

    def _store(self, file_name: str, content: Content, end: float, do: dict[str, Any]) -> None:
        not_found = int(do.get("file_404", 0))
        self._files[file_name] = StoredFile(content, end + self._file_delay, do, not_found)

    def new_name(self, stem: str) -> str:
        """A file name nobody has used."""
        with self._lock:
            self._names += 1
            return f"{stem}_{self._names}"

    def fetch(self, file_name: str, do: dict[str, Any]) -> StoredFile | None:
        """A file, if it is there."""
        with self._lock:
            stored = self._files.get(file_name)
            return stored if stored is not None and stored.is_there(do) else None
