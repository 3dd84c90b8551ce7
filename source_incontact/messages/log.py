"""Lines of the log that a person may ask about."""

from __future__ import annotations

from source_incontact.messages.message import note

OLD_DAYS = note(
    "The chosen days begin on {first}. NICE is said to keep contact summaries for 25 months and "
    "contact details for 90 days; older days may come back empty.",
    "NICE may no longer hold them",
)
NOTHING_TO_READ = note(
    "nothing to read. The chosen days have been read already and are older than the lookback, or "
    "have no full quarter hour yet.",
    "all chosen days were read and are older than the lookback, or today has no quarter hour yet; "
    "no error",
)
ANOTHER_HOST = note(
    "'api_host' or 'credentials.region' is another one than in the saved state, so the chosen days "
    "are read anew.",
    "no error: what was saved was read from elsewhere",
)
OTHER_WINDOWS = note(
    "the report interval, the time zone or the report of this name has changed since the last "
    "sync, so the chosen days are read anew. Rows of the earlier windows stay in the destination.",
    "no error; clear the stream's data if the earlier rows are not wanted",
)
FUTURE_STATE = note(
    "the saved state claims windows or instants after now ({now}): the clock of an earlier sync, "
    "or of this one, is wrong. What that sync may have read too early is read again.",
    "set the clock of the machine that runs Airbyte",
)
SET_BACK = note(
    "the saved '{field_name}' was set back to {instant}, so what follows is read again.",
    "no error: somebody edited the state",
)
STILL_OPEN = note(
    "{count} contacts are still open, {days} days and more after the window of their start. Their "
    "windows count as read now; a later change of these contacts is not read.",
    "look at these contacts in inContact; read their days again if they matter",
)
OWN_DATES = note(
    "the dates of this report are those of its own template in inContact; the dates of the form do "
    "not reach it.",
    "no error: the form's date does not reach a [custom report](streams.md#custom-reports)",
)
COLUMNS_UNKNOWN = note(
    "the columns are not known yet: {reason}. The stream can be read all the same; refresh the "
    "schema once the report has rows.",
    "see [columns of files](streams.md#columns-of-files)",
)
PASS = note(
    "{reason} (pass {number} of {most}).",
    "a list, a day of contacts or a file did not add up and is read again; the last pass fails the "
    "stream",
)
HIDDEN_ROWS = note(
    "the API hides {rows} rows from this account's role.", "the role does not see all rows"
)
EMPTY_LIST = note(
    "the API says {times} times that there are no rows, although the API user is one of them. "
    "Check which teams and skills the account's role may view.",
    "check what the role may view",
)
SMALLER_PAGES = note(
    "a page is larger than is taken at once; asking for {rows} rows at once.", "no error"
)
PAGES_REJECTED = note(
    "{rows} rows are asked for at once, because the API does not take more: {reason}",
    "no error: the report takes more requests",
)
ORDER_REJECTED = note(
    "the rows are asked for in no order, because the API takes none: {reason}",
    "no error: today may need more passes",
)
HOURS_REJECTED = note(
    "the window is read as a whole, because the API does not take its hours: {reason}",
    "no error: the day is read once more",
)
HOURS_DISAGREE = note(
    "its hours hold {rows} rows, but the API counts {stated} of the window, which is read as a "
    "whole.",
    "no error: the day is read once more",
)
BY_HALVES = note("{reason} It is read by halves.", "no error: a window was too large for NICE")
KEYLESS_ROWS = note(
    "some rows lack a field of their key ({key}). They are emitted all the same; a destination "
    "that removes duplicates cannot tell them apart.",
    "look at these rows in inContact",
)
OTHER_TYPE = note(
    "field '{name}' holds a value that is not of type {kind}; such values are passed on unchanged.",
    "look at the column in the destination",
)
ANOTHER_ENCODING = note(
    "bytes that are not UTF-8; they are read as Windows-1252",
    "look at the accents in the destination",
)
TITLES_PASSED_OVER = note(
    "lines of titles above the header, which are passed over",
    "the columns are those of the first line of the table",
)
QUOTES_INSIDE = note(
    "quotes inside of quoted cells; the cells are kept as they are meant",
    "a cell is kept with its quotes; the row has as many cells as the header",
)
MORE_CELLS = note(
    "rows with more cells than the header; the surplus is kept in '_extra'",
    "the surplus is in `_extra`",
)
FEWER_CELLS = note(
    "rows with fewer cells than the header; the missing ones are null", "the missing ones are null"
)
NEW_COLUMNS = note(
    "columns that the connection's catalog lacks ({names}). Destinations leave them out; refresh "
    "the schema in Airbyte to get them",
    "refresh the schema",
)
NO_FILE_SENT = note(
    "the API sent no file for {start} to {end}, asked again and again, and gave no reason. The "
    "period counts as one without rows; look at it in inContact if it had any.",
    "asked again and again, the API gave neither a file nor a reason: the day counts as one "
    "without rows; look at it in inContact",
)
NEXT_TRY = note(
    "{reason}; next try in {seconds:.0f} s.", "a request is repeated; the line says why"
)
ALL_WAIT = note(
    "The API refused a request (429): all workers wait {seconds:.0f} s.",
    "the vendor refused a request as one too many",
)
DISCOVERY_SILENT = note(
    "Discovery gave nothing: {address} could not be used.",
    "the tenant's address is put together from the area or the cluster instead",
)
LISTED_TWICE = note(
    "The catalog names a stream more than once; each is read once.", "each is read once"
)
COUNTS_AS_READABLE = note(
    "it did not answer within {seconds:.0f} seconds; it counts as readable.",
    "no error of the check: the report was slow",
)
