"""Messages about reports that are read from the API."""

from __future__ import annotations

from source_incontact.errors import RefusalError
from source_incontact.messages.message import Message, fault, note, refused, transient, wrong_input

_AGAIN = "run the sync again; if it stays, ask NICE"

NO_PERMISSION = wrong_input(
    "The account may not read {report} (403{words}). Give its role in inContact this permission: "
    "{permission}; or take it out of {chosen_in}.",
    "give the role the permission that is named, or take the report out of Report",
)
UNKNOWN = wrong_input(
    "The API does not know {report} (404{words}). Check {field:api_version}; 30.0 is the default.",
    "set the API version back to 30.0",
)
UNKNOWN_IN_VERSION = refused(
    "The API does not know {stream} in the version of this connection (404). It offers it from "
    "version {lowest} on: enter {lowest} or higher in {field:api_version}, or take the stream out "
    "of {field:details.reports}.",
    "enter the version that the message names in API version",
)
NO_LICENCE = wrong_input(
    "Interaction Analytics does not answer for {report} (404{words}). The tenant needs its "
    "licence; or take the stream out of {field:details.reports}.",
    "the tenant needs the licence; or take the stream out of Report",
)
REDIRECTED = wrong_input(
    "The API redirects {report} elsewhere ({status}). Redirects are not followed, so that the "
    "token stays where it belongs. Check {field:api_host} and {field:api_version}.",
    "check API host and API version",
)
REJECTED = fault(
    "The API refuses the request for {report} ({status}{words}).",
    "read NICE's words in the message; report it if the request looks right",
)
FAILURE_REPORTED = transient(
    "The API reports a failure of {report}: {words}",
    "NICE's own words follow; run the sync again, then ask NICE",
)
GAVE_UP = transient(
    "Gave up on {report} after {tries} tries; at last {reason}.{advice}",
    "the vendor was out of reach or busy; run the sync again later, lower `requests_per_second` if "
    "it says 429",
)
STALLED = Message(
    "Nothing could be read for {minutes:.0f} minutes, so no further request is made. Run the sync "
    "again later; it goes on where this one stopped.",
    "the vendor was out of reach for long; run the sync again later, it goes on where it stopped",
    kind=RefusalError,  # nothing further is to be asked for
)
TOO_FULL = transient(
    "The response for {report} holds more than {objects:,} objects or {values:,} values, more than "
    "is taken at once. Choose a shorter {field:details.report_interval}, or fewer days where it is "
    "'range'.",
    "choose a shorter report interval, or fewer days where it is `range`",
)
TOO_LARGE = transient(
    "The response for {report} is larger than {mib} MiB, more than is taken at once. Choose a "
    "shorter {field:details.report_interval}, or fewer days where it is 'range'.",
    "the same",
)
NOT_SENT = fault(
    "The request for {report} could not be sent: {error}.",
    "a fault of the network settings or of the connector; report it",
)
NOT_PROVED = transient(
    "Completeness could not be proved in {passes} passes: {reason}. Nothing is counted as read. "
    "Run the sync again; if it keeps failing, ask NICE why the count and the rows of this report "
    "disagree.",
    "run the sync again; if it stays, ask NICE why count and rows disagree",
)
CAPPED = transient(
    "The response holds {rows:,} rows, as many as the API gives at most, and the API gives no rows "
    "behind them, so more may exist. Choose a shorter {field:details.report_interval}.",
    "choose a shorter report interval; the API may hold rows behind these and does not give them",
)
UNUSABLE = transient(
    "The response cannot be used: {reason}, which a warehouse could not tell apart or would miss. "
    "Run the sync again; if it keeps failing, ask NICE.",
    "two different rows have the same key, or the count disagrees with the rows; run the sync "
    "again, then ask NICE",
)
NO_COUNT = transient(
    "The API's count of rows is no number, which proves nothing.",
    _AGAIN,
)
OTHER_ROWS = transient(
    "None of the {rows:,} rows of the response has a {key}, so they are not rows of this report. "
    "Check {field:api_version}; 30.0 is the default.",
    "the rows are those of another report or API version: check the API version",
)
SEGMENTS_UNORDERED = transient("The segments do not come in the order of their time.", _AGAIN)
SEGMENT_WITHOUT_TIME = transient("A segment has no readable '{name}'.", _AGAIN)
SEGMENTS_GONE = transient(
    "NICE gave no segments any more, {times} times in a row, where it had given some just before.",
    _AGAIN,
)
SEGMENTS_OF_ONE_TIME = transient(
    "All {rows} segments of a page share one millisecond, so that more of them may exist. Nothing "
    "is counted as read; please report it.",
    "report it",
)
WINDOWS_LEFT_OUT = note("and {windows} more windows of {stream}", "they failed as well, unnamed")
UNEXPECTED = fault(
    "unexpected {error} in {file}, line {line}. This is a fault of the connector; please report "
    "it.",
    "a fault of the connector; report it with the file and line of the message",
)
