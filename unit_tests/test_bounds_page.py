"""The tables of docs/limits.md, against the code that they speak of."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from source_incontact import discovery
from source_incontact.api import files, jobs, paging, tokens
from source_incontact.api import response_handler as rh
from source_incontact.api.response_handler import ReportLabel, ResponseHandler
from source_incontact.api.signin import SignInResponseHandler
from source_incontact.families import tables
from source_incontact.http import rate_limiter, session, stall_timeout

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/limits.md").read_text("utf-8")
SECTION = PAGE.partition("## Every bound\n")[2]
PROSE = " ".join(SECTION.split())
PLATFORM_SECONDS = yaml.safe_load((ROOT / "metadata.yaml").read_text("utf-8"))["data"][
    "maxSecondsBetweenMessages"
]
LABEL = ReportLabel("it", "none")


def rows_after(head: str) -> dict[str, str]:
    """A table's rows: the first cell to the others."""
    table = SECTION.partition(head)[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", table, re.MULTILINE)
    return {first: others for first, others in rows if first.strip("-|")}


def said(seconds: float) -> str:
    """A length of time as the page writes it."""
    if seconds < 120:
        return f"{round(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes or (hours and rest) else []
    return " ".join([*parts, f"{rest} s"] if rest else parts)


def pauses(
    handler: ResponseHandler, tries: int, share: float, monkeypatch: pytest.MonkeyPatch
) -> list[float]:
    """The pauses between so many tries, each a share of what it is at most; the CDK adds one."""
    with monkeypatch.context() as patched:
        patched.setattr(random, "uniform", lambda low, high: low + share * (high - low))
        return [handler.backoff_time(None, attempt) + 1 for attempt in range(1, tries)]


@pytest.fixture
def total(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[float, float]]:
    """The shortest and the longest sum of the pauses between so many tries."""
    handler = ResponseHandler(LABEL, rh.NoToken())
    handler.max_tries = 1_000
    return lambda tries: (
        sum(pauses(handler, tries, 0.0, monkeypatch)),
        sum(pauses(handler, tries, 1.0, monkeypatch)),
    )


def busy_pauses() -> list[float]:
    """What a request waits that is refused with 429 and no word of how long."""
    doubled = [rate_limiter._FIRST_PAUSE_SECONDS * 2**burst for burst in range(10)]
    capped = [min(pause, rate_limiter.MAX_PAUSE_SECONDS) for pause in doubled]
    return (capped + [rate_limiter.MAX_PAUSE_SECONDS] * 99)[: rh.MAX_TRIES_WHEN_BUSY - 1]


def in_words(pauses: tuple[float, float]) -> str:
    """Two sums of pauses; a unit that both have is written once."""
    shortest, longest = map(said, pauses)
    if shortest.endswith(" s") and " " not in shortest[:-2] and "min" not in longest:
        shortest = shortest[:-2]
    return f"{shortest} to {longest} in all"


def test_every_bound_is_what_the_code_says(total: Callable[[int], tuple[float, float]]) -> None:
    minutes = stall_timeout.USUAL_JOB_MINUTES
    saved_tries = files.SavedFileResponseHandler.tries_by_status[404]
    mib, gib = session.MAX_ANSWER_BYTES >> 20, files.MAX_FILE_BYTES >> 30
    objects, values = f"{session.MAX_ANSWER_OBJECTS:,}", f"{session.MAX_ANSWER_VALUES:,}"
    doubled = ", ".join(str(2**n) for n in range(rh.MAX_TRIES - 1))
    wait, rate = jobs._FIRST_WAIT_SECONDS, jobs._LONGEST_WAIT_SECONDS
    first, second, third = files.PAUSES_SECONDS
    before = said(tokens._RENEW_BEFORE_SECONDS)
    gave_up = "`Gave up on ...`"
    columns = f"`its columns did not come within {discovery.DISCOVER_SECONDS:.0f} seconds`"
    assert rows_after("| what | bound | when it is reached |\n") == {
        "making a connection": f"{session.CONNECT_TIMEOUT_SECONDS:.0f} s for each address "
        "| next try",
        "silence in an answer": f"{session.READ_TIMEOUT_SECONDS:.0f} s | next try",
        "one answer that is read at once": f"{said(session.MAX_ANSWER_SECONDS)}, headers "
        "included; looked at before each read of the socket | next try",
        "size of such an answer, unpacked": f"{mib} MiB | `The answer for ... is larger than "
        f"{mib} MiB`",
        "objects and lists, and values of such an answer": f"{objects} and {values} | `The answer "
        f"for ... holds more than {objects} objects or {values} values`",
        "tries of a request": f"{rh.MAX_TRIES}; the six pauses are {doubled} s, each shortened "
        f"by chance to no less than half, plus 1 s: {in_words(total(rh.MAX_TRIES))} "
        f"| {gave_up}",
        "tries of a request refused with 429": f"{rh.MAX_TRIES_WHEN_BUSY}; pauses of 1, 2, 4 "
        f"... {max(p for p in busy_pauses() if p < rate_limiter.MAX_PAUSE_SECONDS):.0f}, then "
        f"{rate_limiter.MAX_PAUSE_SECONDS:.0f} s, unless `Retry-After` says otherwise | {gave_up}",
        "tries of a sign-in": f"{SignInResponseHandler.max_tries}; pauses of "
        f"{in_words(total(SignInResponseHandler.max_tries))} | {gave_up}",
        "tries of a report that somebody else is running (409)": f"{rh.MAX_TRIES_WHILE_RUNNING}"
        f"; pauses of {in_words(total(rh.MAX_TRIES_WHILE_RUNNING))} | {gave_up}",
        "tries for a saved file that is not there yet": f"{saved_tries}; pauses of "
        f"{in_words(total(saved_tries))} | {gave_up}",
        "longest pause that one answer can impose (`Retry-After`)": (
            f"{rate_limiter.MAX_PAUSE_SECONDS:.0f} s | waits no longer"
        ),
        # Held by test_response_handler.py: no constant says it.
        "sign-ins after a 401": "1 in a row; a request whose new token served may renew again "
        "| `The API still refuses ...`",
        "a token": f"renewed {before} before its end (at half its life if it lives less than "
        f"{said(2 * tokens._RENEW_BEFORE_SECONDS)}) | -",
        "passes over a list or a day of contacts": f"{paging.MAX_PASSES} | `Completeness could not "
        "be proved ...`",
        "fetches of a file": f"{files.MAX_PASSES}, with pauses of {first:.0f}, {second:.0f} and "
        f"{third:.0f} s | `The file did not come whole ...`",
        "one fetch of a file": f"{said(session.MAX_FILE_SECONDS)}, looked at in the same way "
        "| next fetch",
        "size of a file, decoded": f"{gib} GiB | `The file is larger than {gib} GiB`",
        "one row of a file": f"{tables.MAX_ROW_CHARACTERS:,} characters | `a row of the file does "
        "not end`",
        "a report job": f"`job_timeout_minutes` ({minutes}), looked at after each poll; polls "
        f"after {wait:.1f} s, doubling to {rate:.0f} s | `Job ... did not end within ...`",
        "a finished job without a file": f"{jobs._FILE_NAME_GRACE_SECONDS:.0f} s | `Job ... "
        "finished, but left no file.`",
        "discover, all reports together": f"{discovery.DISCOVER_SECONDS:.0f} s; a data download's "
        f"newest {discovery.MOST_DAYS} days | {columns}",
        "a silent connector, by the platform": f"{PLATFORM_SECONDS:,} s where the platform reads "
        "the connector's metadata | the platform ends the sync",
    }


def test_what_the_bounds_come_to_is_their_sum(total: Callable[[int], tuple[float, float]]) -> None:
    tries, connect = rh.MAX_TRIES, session.CONNECT_TIMEOUT_SECONDS
    silence, whole = session.READ_TIMEOUT_SECONDS, session.MAX_ANSWER_SECONDS
    pause, busy = rate_limiter.MAX_PAUSE_SECONDS, rh.MAX_TRIES_WHEN_BUSY - 1
    shortest = total(tries)[1]
    asked = (tries - 1) * (pause + 1)
    fetches, file = files.MAX_PASSES, session.MAX_FILE_SECONDS
    between = round(sum(files.PAUSES_SECONDS))
    cut = "cut off by the bound above"
    assert rows_after("| case | longest |\n") == {
        "a request, the server fails at once each time": said(shortest),
        f"a request, the server says nothing: {tries} x ({connect:.0f} + {silence:.0f}) s and the "
        "pauses": said(tries * (connect + silence) + shortest),
        "a request, always 429 without `Retry-After`": said(sum(busy_pauses())),
        "a request, always 5xx with a `Retry-After` of 5 min or more: "
        f"{tries - 1} x {pause + 1:.0f} s": said(asked),
        "a request, always 429 with a `Retry-After` of 5 min or more: "
        f"{busy} x {pause:.0f} s": said(busy * pause),
        f"a request, everything at its worst: {tries} x ({connect:.0f} + {silence:.0f} + "
        f"{whole:.0f}) s and {tries - 1} x {pause + 1:.0f} s": (
            f"{said(tries * (connect + silence + whole) + asked)}, {cut}"
        ),
        "a report job": f"`job_timeout_minutes`, {jobs._LONGEST_WAIT_SECONDS:.0f} s, and the poll "
        "under way",
        f"the transfers of a file: {fetches} x {said(file)} and {between} s": (
            f"{said(fetches * file + between)}, {cut}"
        ),
    }


def test_the_longest_silence_is_told_as_the_code_allows_it() -> None:
    most, file = stall_timeout.MAX_SILENCE_SECONDS, session.MAX_FILE_SECONDS
    connect, silence = session.CONNECT_TIMEOUT_SECONDS, session.READ_TIMEOUT_SECONDS
    longest = most + connect + file + silence
    spare = stall_timeout.USUAL_JOB_MINUTES + (PLATFORM_SECONDS - longest) // 60
    for text in (
        f"**{most / 60:.0f} minutes after its last record or finished window it makes no further",
        f"`Nothing could be read for {most / 60:.0f} minutes`",
        f"can take {connect:.0f} s to connect and, for a file, {said(file)} and a silence of",
        f"{most / 60:.0f} min + {connect:.0f} s + {said(file)} + {silence:.0f} s = {said(longest)}",
        f"dead after {PLATFORM_SECONDS // 3600} hours",
        f"raise `job_timeout_minutes` above {stall_timeout.USUAL_JOB_MINUTES}, each",
        f"each minute more adds one to the {most / 60:.0f}; above {spare:.0f}, raise",
    ):
        assert text in PROSE
