"""The table of what a survey looks at."""

from __future__ import annotations

from source_incontact.survey import histories, jobs, lists, reports, responses
from source_incontact.survey.findings import Probe

PROBES = (
    Probe(
        1,
        "no row falls between two windows",
        reports.window_ends,
        "Rows at the edge of a day may be missing: report it, windows would have to overlap.",
    ),
    Probe(
        2,
        "late changes come within the lookback",
        reports.lateness,
        "Rows keep old values: raise Lookback days.",
    ),
    Probe(
        3,
        "totalRecords counts the rows that the role sees",
        lists.counts,
        "Streams that are counted fail and name both numbers. Check which teams the role may view.",
    ),
    Probe(
        4,
        "a day without rows is a 204 or an empty list",
        reports.no_rows,
        "Days without rows fail, by name. Report it; no row is lost.",
    ),
    Probe(
        5,
        "a list that is null means no rows",
        reports.null_list,
        "A day may look empty that is not: report it before you rely on the data.",
    ),
    Probe(
        6,
        "skip and top page a list",
        lists.paging,
        "Long lists fail, by name, because their pages repeat. Report it; no row is lost.",
    ),
    Probe(
        7,
        "pages of 1,000 and 5,000 rows are accepted",
        reports.page_sizes,
        "The stream fails with a 400. Report it: the page size has to be lowered.",
    ),
    Probe(
        8,
        "summaries come in one response",
        reports.unpaged_summaries,
        "The rest is asked for by pages, or the stream fails by name. Report it.",
    ),
    Probe(
        9,
        "durations are numbers, or ISO 8601",
        reports.seconds,
        "Such values stay text in a number column, with a warning. Report how they are written.",
    ),
    Probe(
        15,
        "contacts are kept for 25 months",
        reports.retention,
        "Older days come without rows: read the history soon. Only the warning is wrong.",
    ),
    Probe(
        17,
        "a report job takes its options in the query",
        jobs.job_starts,
        "Custom reports fail, by name. Report it; other streams are read.",
    ),
    Probe(
        18,
        "the words for a job's state are known",
        jobs.words_of_state,
        "Custom reports run into Report job timeout, by name. Report the word.",
    ),
    Probe(
        21,
        "report files are plain tables in UTF-8 or UTF-16",
        jobs.text_of_file,
        "Letters may be wrong, or the report fails, by name. Report how the file is written.",
    ),
    Probe(
        26,
        "a summary takes windows of 30 days",
        reports.month,
        "Report interval 'range' fails: choose 'day' or 'hour' in Report interval.",
    ),
    Probe(
        28,
        "a job's state is flat or in jobResult",
        jobs.job_state,
        "Custom reports run into Report job timeout, by name. Report it.",
    ),
    Probe(
        32,
        "instants are sent with a Z, and mean UTC",
        reports.spelling_of_instants,
        "Windows may be shifted: compare a day with the screen, and report it.",
    ),
    Probe(
        38,
        "a file ends with a whole line",
        jobs.end_of_file,
        "A file has to come twice before it counts. Compare its last rows with the screen.",
    ),
    Probe(
        39,
        "a row tells whether its contact has ended",
        reports.open_contacts,
        "Open contacts keep the state they had when last read: raise Lookback days.",
    ),
    Probe(
        40,
        "contacts come in the order of their start",
        reports.order_of_contacts,
        "Today costs more passes. If orderBy is rejected, contacts fail: report it.",
    ),
    Probe(
        42,
        "apiversion lists the versions of a path",
        lists.versions,
        "Messages name no version: enter a newer one in API version by hand.",
    ),
    Probe(
        43,
        "dates of completed contacts are those of the start",
        reports.completed_by_start,
        "The first days may lack contacts: begin a day earlier in Date.",
    ),
    Probe(
        44,
        "updatedSince includes its moment",
        reports.changes_are_inclusive,
        "A change at the very moment is read by the lookback: keep Lookback days at 1 or more.",
    ),
    Probe(
        45,
        "changes come in the order of their update",
        reports.order_of_changes,
        "Slower: pages are asked for again by place. No row is lost.",
    ),
    Probe(
        46,
        "state histories give states that start in a window",
        histories.states_by_start,
        "Rows come twice with the same key; a full refresh without a key keeps both.",
    ),
    Probe(
        47,
        "the dates of custom data are those of the contact's start",
        histories.custom_data_by_start,
        "Contacts that last for more than two days come late: raise Lookback days to 15.",
    ),
    Probe(
        48,
        "WFM intervals begin at quarter hours",
        histories.intervals,
        "An interval cut by midnight UTC may be overwritten by its other half: report it.",
    ),
    Probe(
        49,
        "WFM data hold one list",
        histories.only_list,
        "The stream fails, by name. Report the names of the lists.",
    ),
    Probe(
        50,
        "agents/skills needs no filter",
        lists.agent_skills,
        "Four requests are made instead. Compare the number of rows with the screen.",
    ),
    Probe(
        51,
        "lists give inactive rows too",
        lists.inactive_rows,
        "Contacts name codes that the list lacks. Report it: the list has to be asked twice.",
    ),
    Probe(
        52,
        "short lists come in one response",
        lists.one_response,
        "The rest is asked for by pages. Report it if rows are missing.",
    ),
    Probe(
        57,
        "segments come from the cursor on, in its order",
        histories.segments,
        "Rows in another order fail, by name. If the cursor is no time, compare with the screen.",
    ),
)
"""In the order of docs/assumptions.md."""

PROBES_OF_RESPONSES = (
    Probe(
        10,
        "the sign-in or discovery names the root of the API",
        responses.root,
        "Another address is tried, or API host of the form: enter your root there.",
    ),
    Probe(
        13,
        "10 requests a second are accepted",
        responses.rate,
        "Syncs wait, and lose nothing: lower Requests per second if the log says so often.",
    ),
    Probe(
        14,
        "a second's pause after a 429 is enough",
        responses.pause,
        "The pauses grow by themselves: syncs are slower. Report how long the API refuses.",
    ),
    Probe(
        27,
        "Retry-After is written in seconds",
        responses.retry_after,
        "Pauses are cut to five minutes: syncs are slow. Report how it is written.",
    ),
    Probe(
        33,
        "the token is a bearer token",
        responses.token,
        "Every stream fails with 401. Report which kind of sign-in gives such a token.",
    ),
    Probe(
        41,
        "the server's clock is right",
        responses.clock,
        "Every sync fails, and says so. Set the clock of the machine that runs Airbyte (NTP).",
    ),
)
"""Asked last, because they look at what the others met."""
