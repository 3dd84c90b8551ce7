"""Messages about report jobs, and about the files of reports and of data downloads."""

from __future__ import annotations

from source_incontact.messages.message import note, refused, transient, wrong_input

_AGAIN = "run the sync again"
_LOOK = "run the sync again; if it stays, run the report in inContact"
_LOOK_AT_FILE = "run the sync again; if it stays, look at the file in inContact"
_TEMPLATE = (
    "take header text and titles out of the report's template, and let it write commas between "
    "cells"
)
_CSV = (
    "let the report's template write CSV, or run the sync again; if it stays, look at the file in "
    "inContact"
)

SEVERAL_REPORTS = refused(
    "Field {where} holds '{entry}', and {count} reports have that name. Enter the number of one of "
    "them instead: {numbers}.",
    "enter one of the numbers in the message",
)
NO_REPORT = refused(
    "Field {where} holds '{entry}', but this account sees no report of that name or number. "
    "{offer}",
    "take a name from the message's list; a data download by its number; or grant the role the "
    "view of custom reports",
)
UNKNOWN_CUSTOM_REPORT = wrong_input(
    "NICE does not know {report} (404{words}). Check its name or number in the field "
    "{field:details.custom_reports}, and {field:api_version}; 30.0 is the default. If it is a data "
    "download, enter its number in {field:details.data_downloads} instead.",
    "check the report's number in the address of its page in inContact, and that it stands in the "
    "right one of the two fields",
)
UNKNOWN_DATA_DOWNLOAD = wrong_input(
    "NICE does not know {report} (404{words}). Check its number in the field "
    "{field:details.data_downloads}, and {field:api_version}; 30.0 is the default. If it is a "
    "custom report, enter it in {field:details.custom_reports} instead.",
    "the same",
)
COLUMNS_TOO_LATE = transient(
    "{stream}: its columns did not come within {seconds:.0f} seconds. {advice}",
    "try again, or take the report out of the form",
)
COLUMNS_REFUSED = transient(
    "{stream}: its columns could not be asked for: {reason}. {advice}",
    "the reason follows; correct it, or take the report out of the form",
)
JOB_WITHOUT_NUMBER = transient("The API started a job but did not give its number.", _AGAIN)
EXTRACTION_WITHOUT_NUMBER = transient(
    "The service started a job but did not give its number.", _AGAIN
)
JOB_SAYS_NOTHING = transient("The API answered a report job with an empty body.", _AGAIN)
JOB_FAILED = transient(
    "Job {job} ended as '{state}'.{words}",
    "run the report in inContact; NICE's words follow if there are any",
)
JOB_REPORTS_FAILURE = transient(
    "Job {job} is '{state}', and reports a failure.{words}",
    "the same",
)
JOB_TOO_LONG = transient(
    "Job {job} did not end within {minutes} minutes (last state '{state}'). Raise "
    "{field:job_timeout_minutes}{or_else}.",
    "raise the report job time-out, or let the template cover fewer days",
)
JOB_WITHOUT_FILE = transient("Job {job} finished, but left no file.", _LOOK)
EXTRACTION_WITHOUT_ADDRESS = transient(
    "Job {job} succeeded, but gave no address of its file.", _AGAIN
)
EXTRACTION_REFUSED = refused(
    "The Data Extraction service refuses {report} (403). Either the account may not extract it: "
    "give its role this permission: {permission}; or somebody else of your tenant keeps "
    "extracting, for the service takes one job in 30 seconds: run the sync again later. Or take "
    "the stream out of {chosen_in}.",
    "grant the permission that is named, or run the sync when nobody else extracts",
)
EXTRACTION_NOT_WHOLE = transient(
    "The file of job {job} did not come whole in {passes} passes; at last: {reason}. Run the sync "
    "again later.",
    "run the sync again later",
)
ANOTHER_ADDRESS = transient(
    "The API answered with another address where the report's file should be.", _LOOK
)
NOT_WHOLE = transient(
    "The file did not come whole in {passes} passes; at last {reason}. Run the sync again later.",
    "run the sync again later; if it stays, look at the file in inContact",
)
TOO_LARGE = transient(
    "The file is larger than {gib} GiB, more than is taken at once. Let the report's template "
    "cover fewer days or columns.",
    "let the report's template cover fewer days or columns",
)
NO_TEMPORARY_FOLDER = wrong_input(
    "No folder for temporary files can be written: {reason}. Mount one at /tmp, or name one in the "
    "environment variable TMPDIR.",
    "with a read-only root file system, mount an `emptyDir` at `/tmp`",
)
NO_ROOM = transient(
    "The file could not be kept in the temporary folder: {reason}. Give the connector's container "
    "more temporary space.",
    "give the connector's container more temporary space",
)
NO_COLUMN = transient(
    "The file has no column '{column}', which identifies its rows. Its columns are: {columns}. "
    "Nothing is counted as read; please report it.",
    "report it: the file of the service has changed",
)
NO_TABLE = wrong_input(
    "The file is no plain table: {reason}. Nothing was read. In inContact, let the report write a "
    "CSV file with the names of the columns in its first line, a comma between cells, and no "
    "header text or titles above.",
    "the reason follows: one of the next four",
)
FEWER_HEADERS = note("its first line has fewer cells than the lines below it", _TEMPLATE)
OTHER_HEADERS = note(
    "its first line has another number of cells than the lines below it", "the same"
)
TITLES = note("there are lines above its header that are no part of the table", "the same")
UNKNOWN_SEPARATOR = note("its first line names a separator that is not known", "the same")
BROKEN_TABLE = transient("{reason}. Run the sync again.", "one of the next reasons")
OTHER_KIND = note("the file is {kind} and no table", _CSV)
MARKUP = note("the file is a web page, XML or JSON, and no table", "the same")
PROSE = note("the file is a message and no table", "the same")
NO_TEXT = note("the file is no text", "the same")
SHORT_LAST_ROW = note(
    "the file is cut off: its last row is short and has no line end", _LOOK_AT_FILE
)
ENDS_INSIDE_CELL = note("the file ends inside a quoted cell", "the same")
QUOTES_DO_NOT_MATCH = note("quotes in the file do not match", "the same")
ENDLESS_ROW = note("a row of the file does not end, or a quoted cell in it", "the same")
UNREADABLE = note("the file cannot be read as a table ({error})", "the same")
