"""Why the rows of a report are not proved to be all of them."""

from __future__ import annotations

from source_incontact.messages.message import note

_MOVES = "rows change while they are read: choose an hour of less traffic if it stays"
_ASK = "ask NICE which of the two is right"
_SAME_KEY = "send the log to the connector's authors: the report needs another key"

MAY_HAVE_MOVED = note(
    "rows may have moved between pages while they were read",
    "two passes in a row have to bring the same rows; " + _MOVES,
)
CONFIRMATION = note(
    "read again, to prove that no row moved between pages",
    "no error: a report of several pages is read twice at least",
)
NO_ROWS = note(
    "the API says that there are no rows, of which there must be one",
    "check what the role may view",
)
LOST_AGAIN = note("{rows} rows that had arrived before did not come again", _MOVES)
FEWER_THAN_BEFORE = note("{rows} rows arrived, but the API counted {stated} before", _MOVES)
OTHER_COUNT = note("{rows} rows arrived, but the API counts {stated}", _ASK)
COUNT_SHRANK = note("the API's count of rows shrank from one page to the next", _MOVES)
COUNT_UNREADABLE = note("the API's count of rows is no number", _ASK)
NO_FURTHER_PAGE = note("the API linked to a further page and gave none", _MOVES)
NO_ROWS_ANY_MORE = note("the API gave no rows where there had been one", _MOVES)
REPEATED_PAGE = note(
    "a page repeated rows that had been read already", "ask NICE why `skip` is not heeded"
)
ONE_KEY_IN_A_RESPONSE = note("two different rows of one response have the same key", _SAME_KEY)
ONE_KEY = note("two different rows have the same key", _SAME_KEY)
CHANGES_COUNTED = note("the API counts {stated} changed rows, but gave {rows}", _ASK)
