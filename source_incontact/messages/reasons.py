"""Reasons: what went wrong last, at the end of a message that gives up, and in the log."""

from __future__ import annotations

from source_incontact.messages.message import note

_BUSY = "the vendor is busy or down"
_NOT_WHOLE = "what came is no whole report file"

ONE_TOO_MANY = note(
    "the API refused the request as one too many (429{words})", "lower `requests_per_second`"
)
API_TIMED_OUT = note("the API timed out (408{words})", _BUSY)
API_FAILED = note("the API failed ({status}{words})", _BUSY)
NOT_YET = note("the API has accepted the request but not answered it yet (202)", _BUSY)
PART_ONLY = note("the API sent a part of its response only (206)", _BUSY)
OTHER_BODY = note(
    "the API answered with {what}", "the network or a proxy on the way, if it is not the vendor"
)
NO_LIST = note(
    "the API's response lacks its list '{name}'{words}", "NICE's words follow if there are any"
)
NO_ROWS_BUT_WORDS = note("the API's response has no rows and says: {words}", "NICE's words follow")
TOKEN_ENDED = note(
    "the token is no longer valid (401)", "tokens end as soon as they are made: ask NICE"
)
SOMEBODY_ELSE = note(
    "somebody else is running this report (409{words})", "wait until they have done"
)
JOB_REFUSED = note("the service refused the job (403{words})", "one job in 30 seconds is taken")
NO_FILE_YET = note(
    "the report's file does not exist yet (404{words})",
    "the job has ended, and NICE has not saved its file",
)
FILE_UNUSABLE = note(
    "the response could not be used: {reason}", "what is said of a file above, or one of the next"
)
BODY_CUT_OFF = note("it is cut off or is not JSON", _NOT_WHOLE)
BODY_EMPTY = note("it is empty", _NOT_WHOLE)
BODY_BROKE_OFF = note("it broke off, or did not end in time", _NOT_WHOLE)
NO_OBJECT = note("it is not a JSON object", _NOT_WHOLE)
TOO_MUCH_AROUND = note("it is too large around its file", _NOT_WHOLE)
NO_FILE = note("it holds no file{words}", _NOT_WHOLE)
TWO_FILES = note("it holds two files", _NOT_WHOLE)
LONG_TEXT = note("it holds a long text that is not its file", _NOT_WHOLE)
FILE_NOT_TEXT = note("its file is not text", _NOT_WHOLE)
NOT_BASE64 = note("its file is not valid base64", _NOT_WHOLE)
BASE64_ENDS_EARLY = note("its file's base64 ends early", _NOT_WHOLE)
BASE64_GOES_ON = note("its file goes on after the base64 padding", _NOT_WHOLE)
NO_HEADER = note("its file is empty, without even the header that was asked for", _NOT_WHOLE)
SHORTER_THAN_BEFORE = note("its file is shorter than the part that came before", _NOT_WHOLE)
NO_LINE_END = note("its file does not end with a line end, so it has to come twice", _NOT_WHOLE)
UNFINISHED_BEFORE = note("its file was unfinished before, so it has to come twice", _NOT_WHOLE)
ADDRESS_CLOSED = note("its address answers {status}", "the address opens for 30 seconds only")
EXTRACTED_NOTHING = note("it is empty, without even a header", _NOT_WHOLE)
