"""Messages about the form, the connection's catalog and the files of the command line."""

from __future__ import annotations

from source_incontact.messages.message import wrong_input

MISSING = wrong_input("Field {where} is missing; {enter}.", "fill the field in, or choose the kind")
EMPTY = wrong_input("Field {where} is empty; {enter}.", "fill it in")
NO_CHOICE = wrong_input(
    "Field {where} holds {entered}; {enter}.", "choose one of the values that the message lists"
)
OUT_OF_BOUNDS = wrong_input(
    "Field {where} holds {entered}; enter a whole number of at {word} {bound}.",
    "keep within the bound that is named",
)
WRONG_KIND = wrong_input(
    "Field {where} holds {entered}, where {wanted} belongs.",
    "the config holds another kind of value than the form makes: enter a list, text or a group of "
    "fields, as the message says",
)
WRONG_VALUE = wrong_input(
    "Field {where} holds {entered}, which {reason}.",
    "the message goes on with what is wrong and what to enter: a date, days back, a time zone, a "
    "region, digits, a version, an address",
)
WRONG_DAY = wrong_input(
    "Field {where} holds '{entered}', which {reason}. Enter a day from {earliest} through today "
    "(time zone {zone}), and no start after the end.",
    "choose a start through today in the time zone of the form, and exchange start and end if the "
    "start is the later one",
)
NO_REPORT = wrong_input(
    "Field {where} holds '{entered}', which is no report of this connector. Choose from the menu, "
    "such as: {near}.",
    "choose an entry of the menu, or a stream's name",
)
NO_NAMES = wrong_input(
    "Field {where} is empty, but {field:details.reports} holds '{entered}'. Enter the reports in "
    "the former, or take '{entered}' out of the latter.",
    "name the reports, or take the entry out of Report",
)
FILE_UNREADABLE = wrong_input(
    "The file given with --{option} cannot be read: {reason}.", "give a file that can be read"
)
FILE_NOT_TEXT = wrong_input(
    "The file given with --{option} is not UTF-8 text. Save it as UTF-8.", "save it as UTF-8"
)
FILE_UNUSABLE = wrong_input(
    "The file given with --{option} cannot be used: it must hold {wanted}.",
    "give a file of the named kind",
)
SMALL_BUDGET = wrong_input(
    "--budget is {budget}; a survey needs {least} at least.", "give a larger budget"
)
NOT_CHOSEN = wrong_input(
    "The stream {stream} of this connection is not chosen in the field {field:details.reports} any "
    "more, so it was not read. Choose '{title}' there again, or refresh the connection's schema "
    "and leave the stream out.",
    "choose it in Report again, or refresh the schema and leave the stream out",
)
GONE = wrong_input(
    "The stream {stream} of this connection no longer exists, so it was not read. If it came from "
    "a custom report or a data download, enter that name or number in {field:details} again; "
    "otherwise refresh the connection's schema and leave the stream out.",
    "enter the report in the form again, or refresh the schema and leave the stream out",
)
STATE_UNUSABLE = wrong_input(
    "The saved state of stream {stream} cannot be used: {reason}. Clear the stream's data (reset "
    "it) in Airbyte; the next sync then reads the chosen days.",
    "clear the stream's data in Airbyte; the next sync reads the chosen days",
)
