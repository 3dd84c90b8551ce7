"""What docs/limits.md says of the connector's bounds, from the constants that set them."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import yaml

from source_incontact import discovery
from source_incontact.api import files, jobs, paging, spool, tokens
from source_incontact.api import response_handler as rh
from source_incontact.api.report_label import ReportLabel
from source_incontact.api.signin import SignInResponseHandler
from source_incontact.families import change_report, segment_report, table_lines
from source_incontact.http import rate_limiter, session, stall_timeout
from source_incontact.messages import files as about_files
from source_incontact.messages import reports as about_reports
from source_incontact.messages import signing_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_incontact.messages.message import Message

_WIDTH = 108
ROOT = Path(__file__).resolve().parents[1]
PLATFORM_SECONDS = yaml.safe_load((ROOT / "metadata.yaml").read_text("utf-8"))["data"][
    "maxSecondsBetweenMessages"
]


def said(seconds: float) -> str:
    """A length of time as the page writes it."""
    if seconds < 120:
        return f"{round(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes or (hours and rest) else []
    return " ".join([*parts, f"{rest} s"] if rest else parts)


def total(tries: int) -> tuple[float, float]:
    """The shortest and the longest sum of the pauses between so many tries."""
    shortest, longest = (sum(_pauses(tries, share)) for share in (0.0, 1.0))
    return shortest, longest


def _pauses(tries: int, share: float) -> list[float]:
    """The pauses between tries, each a share of what it is at most; the CDK adds a second."""
    handler = rh.ResponseHandler(ReportLabel("it", "none"), rh.NoToken())
    handler.max_tries = 1_000
    chance = mock.patch.object(random, "uniform", lambda low, high: low + share * (high - low))
    with chance, mock.patch.object(rh, "LOGGER"):
        return [handler.backoff_time(None, attempt) + 1 for attempt in range(1, tries)]


def _busy_pauses() -> list[float]:
    """What a request waits that is refused with 429 and no word of how long."""
    doubled = [rate_limiter._FIRST_PAUSE_SECONDS * 2**burst for burst in range(10)]
    capped = [min(pause, rate_limiter.MAX_PAUSE_SECONDS) for pause in doubled]
    return (capped + [rate_limiter.MAX_PAUSE_SECONDS] * 99)[: rh.MAX_TRIES_WHEN_BUSY - 1]


def _in_all(tries: int) -> str:
    """Two sums of pauses; a unit that both have is written once."""
    shortest, longest = map(said, total(tries))
    if shortest.endswith(" s") and " " not in shortest[:-2] and "min" not in longest:
        shortest = shortest[:-2]
    return f"{shortest} to {longest} in all"


def _ends(message: Message) -> str:
    return f"`{message.beginning}`"


def every_bound() -> Iterator[tuple[str, str, str]]:
    """The rows of the first table: what is bounded, by how much, and what happens then."""
    yield from _of_responses()
    yield from _of_tries()
    yield from _of_lists_and_files()
    yield from _of_jobs_and_commands()


def _of_responses() -> Iterator[tuple[str, str, str]]:
    yield (
        "making a connection",
        f"{said(session.CONNECT_TIMEOUT_SECONDS)} for each address",
        "next try",
    )
    yield "silence in a response", f"{session.READ_TIMEOUT_SECONDS:.0f} s", "next try"
    yield (
        "one response that is read at once",
        (
            f"{said(session.MAX_RESPONSE_SECONDS)}, headers included; looked at before each read "
            "of the socket"
        ),
        "next try",
    )
    small = session.SMALL_RESPONSE_BYTES >> 20
    yield (
        "size of such a response, unpacked",
        f"{session.MAX_RESPONSE_BYTES >> 20} MiB",
        _ends(about_reports.TOO_LARGE),
    )
    yield (
        "objects and lists, and values of such a response",
        f"{session.MAX_RESPONSE_OBJECTS:,} and, above {small} MiB, {session.MAX_RESPONSE_VALUES:,}",
        _ends(about_reports.TOO_FULL),
    )


def _of_tries() -> Iterator[tuple[str, str, str]]:
    gave_up = _ends(about_reports.GAVE_UP)
    doubled = ", ".join(str(2**n) for n in range(rh.MAX_TRIES - 1))
    yield (
        "tries of a request",
        (
            f"{rh.MAX_TRIES}; the pauses are {doubled} s, each shortened by chance to no less than "
            f"half, plus 1 s: {_in_all(rh.MAX_TRIES)}"
        ),
        gave_up,
    )
    longest = rate_limiter.MAX_PAUSE_SECONDS
    yield (
        "tries of a request refused with 429",
        (
            f"{rh.MAX_TRIES_WHEN_BUSY}; pauses of 1, 2, 4 ... "
            f"{max(pause for pause in _busy_pauses() if pause < longest):.0f}, then "
            f"{longest:.0f} s, unless `Retry-After` says otherwise"
        ),
        gave_up,
    )
    for what, tries in (
        ("a sign-in", SignInResponseHandler.max_tries),
        ("a report that somebody else is running (409)", rh.MAX_TRIES_WHILE_RUNNING),
        ("a saved file that is not there yet", files.SavedFileResponseHandler.tries_by_status[404]),
    ):
        yield f"tries of {what}", f"{tries}; pauses of {_in_all(tries)}", gave_up
    yield (
        "longest pause that one response can impose (`Retry-After`)",
        f"{longest:.0f} s",
        "waits no longer",
    )
    # Held by test_response_handler.py: no constant says it.
    yield (
        "sign-ins after a 401",
        "1 in a row; a request whose new token served may renew again",
        _ends(signing_in.STILL_REFUSED),
    )
    before = tokens._RENEW_BEFORE_SECONDS
    yield (
        "a token",
        (
            f"renewed {said(before)} before its end (at half its life if it lives less than "
            f"{said(2 * before)})"
        ),
        "-",
    )


def _of_lists_and_files() -> Iterator[tuple[str, str, str]]:
    for what, most, end in (
        ("passes over a list or a day of contacts", paging.MAX_PASSES, about_reports.NOT_PROVED),
        (
            "empty pages of segments in a row, where there were some",
            segment_report.EMPTY_TRIES,
            about_reports.SEGMENTS_GONE,
        ),
    ):
        yield what, f"{most}", _ends(end)
    counts = "counts of changed contacts while further ones join"
    yield counts, f"{change_report.MAX_COUNTS}", "the last count holds"
    first, second, third = files.PAUSES_SECONDS
    yield (
        "fetches of a file",
        f"{files.MAX_PASSES}, with pauses of {first:.0f}, {second:.0f} and {third:.0f} s",
        _ends(about_files.NOT_WHOLE),
    )
    yield (
        "one fetch of a file",
        f"{said(session.MAX_FILE_SECONDS)}, looked at in the same way",
        "next fetch",
    )
    yield (
        "size of a file, decoded",
        f"{spool.MAX_FILE_BYTES >> 30} GiB",
        _ends(about_files.TOO_LARGE),
    )
    yield (
        "one row of a file",
        f"{table_lines.MAX_ROW_CHARACTERS:,} characters",
        _ends(about_files.ENDLESS_ROW),
    )


def _of_jobs_and_commands() -> Iterator[tuple[str, str, str]]:
    yield (
        "a report job",
        (
            f"`job_timeout_minutes` ({stall_timeout.USUAL_JOB_MINUTES}), looked at after each "
            f"poll; polls after {jobs._FIRST_WAIT_SECONDS:.1f} s, doubling to "
            f"{jobs._LONGEST_WAIT_SECONDS:.0f} s"
        ),
        _ends(about_files.JOB_TOO_LONG),
    )
    yield (
        "a finished job without a file",
        f"{jobs._FILE_NAME_GRACE_SECONDS:.0f} s",
        _ends(about_files.JOB_WITHOUT_FILE),
    )
    yield (
        "discover, all reports together",
        f"{discovery.DISCOVER_SECONDS:.0f} s; a data download's newest {discovery.MOST_DAYS} days",
        _ends(about_files.COLUMNS_TOO_LATE),
    )
    yield (
        "a silent connector, by the platform",
        f"{PLATFORM_SECONDS:,} s where the platform reads the connector's metadata",
        "the platform ends the sync",
    )


def silence() -> str:
    """How long a sync may stand still, as a sum."""
    most, file = stall_timeout.MAX_SILENCE_SECONDS, session.MAX_FILE_SECONDS
    connect, quiet = session.CONNECT_TIMEOUT_SECONDS, session.READ_TIMEOUT_SECONDS
    longest = most + connect + file + quiet
    usual = stall_timeout.USUAL_JOB_MINUTES
    spare = usual + (PLATFORM_SECONDS - longest) // 60
    reached = (
        f"**{most / 60:.0f} minutes after its last record or finished window a sync makes no "
        "further request.** The request that was let through last can take "
        f"{connect:.0f} s to connect and, for a file, {said(file)} and a silence of "
        f"{quiet:.0f} s. The longest time a sync stands still is therefore"
    )
    added = (
        f"    {most / 60:.0f} min + {connect:.0f} s + {said(file)} + {quiet:.0f} s = "
        f"{said(longest)}"
    )
    beside = (
        "The platform counts records and states only. One that reads the connector's metadata "
        f"takes it for dead after {PLATFORM_SECONDS // 3600} hours, which is longer. If you raise "
        f"`job_timeout_minutes` above {usual}, each minute more adds one to the {most / 60:.0f}; "
        f"above {spare:.0f}, raise the platform's bound in any case."
    )
    return "\n\n".join((textwrap.fill(reached, _WIDTH), added, textwrap.fill(beside, _WIDTH)))


def sums() -> Iterator[tuple[str, str]]:
    """The rows of the second table: what the single bounds come to."""
    tries, connect = rh.MAX_TRIES, session.CONNECT_TIMEOUT_SECONDS
    quiet, whole = session.READ_TIMEOUT_SECONDS, session.MAX_RESPONSE_SECONDS
    pause, busy = rate_limiter.MAX_PAUSE_SECONDS, rh.MAX_TRIES_WHEN_BUSY - 1
    longest = total(tries)[1]
    asked = (tries - 1) * (pause + 1)
    fetches, file = files.MAX_PASSES, session.MAX_FILE_SECONDS
    between = round(sum(files.PAUSES_SECONDS))
    cut = "cut off by the bound above"
    yield "a request, the server fails at once each time", said(longest)
    yield (
        (
            f"a request, the server says nothing: {tries} x ({connect:.0f} + {quiet:.0f}) s and "
            "the pauses"
        ),
        said(tries * (connect + quiet) + longest),
    )
    yield "a request, always 429 without `Retry-After`", said(sum(_busy_pauses()))
    minutes = said(pause).removesuffix(" min")
    yield (
        (
            f"a request, always 5xx with a `Retry-After` of {minutes} min or more: {tries - 1} x "
            f"{pause + 1:.0f} s"
        ),
        said(asked),
    )
    yield (
        (
            f"a request, always 429 with a `Retry-After` of {minutes} min or more: {busy} x "
            f"{pause:.0f} s"
        ),
        said(busy * pause),
    )
    yield (
        (
            f"a request, everything at its worst: {tries} x ({connect:.0f} + {quiet:.0f} + "
            f"{whole:.0f}) s and {tries - 1} x {pause + 1:.0f} s"
        ),
        f"{said(tries * (connect + quiet + whole) + asked)}, {cut}",
    )
    yield (
        "a report job",
        f"`job_timeout_minutes`, {jobs._LONGEST_WAIT_SECONDS:.0f} s, and the poll under way",
    )
    yield (
        f"the transfers of a file: {fetches} x {said(file)} and {between} s",
        f"{said(fetches * file + between)}, {cut}",
    )
