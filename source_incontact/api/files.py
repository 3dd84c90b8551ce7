"""Fetching a report file: streamed, decoded as it arrives, kept aside until it is whole.

Nothing is handed on before the whole file has been seen: only then is it known that neither the
response nor the table in it breaks off, that its base64 is valid, and that it carries no
``errorMessage``.
"""

from __future__ import annotations

import logging
import time
import uuid
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, ClassVar

from source_incontact.api.bodies import says_empty
from source_incontact.api.file_body import FILE_KEY, BrokenFileError, EmptyFileError, FileBody
from source_incontact.api.response_handler import (
    MAX_TRIES_WHILE_RUNNING,
    TRANSIENT_ERRORS,
    ResponseHandler,
    success,
)
from source_incontact.api.rules import ALREADY_RUNNING, UNKNOWN_DATA_DOWNLOAD, Action, Rule
from source_incontact.api.spool import Spool
from source_incontact.http.hosts import encoded
from source_incontact.messages import files as messages
from source_incontact.messages import log, reasons
from source_incontact.messages.reports import FAILURE_REPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests
    from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution

    from source_incontact.api.client import InContactApi
    from source_incontact.api.envelopes import Envelope
    from source_incontact.api.report_label import ReportLabel

LOGGER = logging.getLogger("airbyte.source_incontact.files")

MAX_PASSES = 4
"""How often a file is fetched from its beginning before its report fails."""

PAUSES_SECONDS = (3.0, 9.0, 27.0)
"""Between the passes: a file that is still being written needs as long as one that is not there
yet, about a minute at most [L]."""

_PIECE = 1 << 16


class _NoRowsError(Exception):
    """Nothing came where a file should be, often enough to say that there are no rows."""


class FileResponseHandler(ResponseHandler):
    """Handles responses whose body is streamed and so not looked at here."""

    rules: ClassVar = {404: UNKNOWN_DATA_DOWNLOAD, 409: ALREADY_RUNNING}
    tries_by_status: ClassVar = {**ResponseHandler.tries_by_status, 409: MAX_TRIES_WHILE_RUNNING}

    def _interpret_body(self, response: requests.Response) -> ErrorResolution:  # noqa: ARG002 - see class
        return success()


class SavedFileResponseHandler(FileResponseHandler):
    """The same for a saved file, which may not exist for about a minute after its job [L]."""

    rules: ClassVar = {404: Rule(Action.RETRY, reasons.NO_FILE_YET)}
    tries_by_status: ClassVar = {**ResponseHandler.tries_by_status, 404: 12}


@dataclass
class _Passes:
    """What the passes over one file have shown so far.

    Attributes:
        empties: How many passes in a row must bring nothing to mean "no rows"; 0 for never.
        doubted: Whether a file counts only if it comes twice in a row with the same size.
        part: Bytes of the longest beginning of a file that came.
        size: Bytes of the file that seemed whole in the last pass.
        empty: How many passes in a row brought nothing.
    """

    empties: int
    doubted: bool = False
    part: int = 0
    size: int | None = None
    empty: int = 0

    def failed(self, error: BrokenFileError, size: int) -> None:
        """Note a pass that brought no whole file.

        Raises:
            _NoRowsError: With the passes before, it shows that there are no rows.
        """
        self.empty = self.empty + 1 if isinstance(error, EmptyFileError) else 0
        if self.empty and self.empty == self.empties and not self.part:
            raise _NoRowsError
        if error.unfinished:
            self.doubted = True
            self.part = max(self.part, 0 if self.empty else size)

    def require(self, size: int, *, ends: bool) -> None:
        """Pass if a file that seems whole is proved to be [A 38].

        Raises:
            BrokenFileError: It is not yet.
        """
        before, self.size = self.size, size
        if size < self.part:
            raise BrokenFileError(reasons.SHORTER_THAN_BEFORE.says())
        if size != before and not ends:
            raise BrokenFileError(reasons.NO_LINE_END.says(), unfinished=True)
        if size != before and self.doubted:
            raise BrokenFileError(reasons.UNFINISHED_BEFORE.says())


class FileFetcher:
    """Fetches the file of one report.

    Args:
        api: The tenant's API.
        label: The report, for messages.
        inspect: Reads a file from its start; whether it surely ends. Raises `BrokenFileError` if it
            is cut off or is no table, `EmptyFileError` if not even a header is there.
    """

    def __init__(
        self, api: InContactApi, label: ReportLabel, inspect: Callable[[IO[bytes]], bool]
    ) -> None:
        self._label = label
        self._inspect = inspect
        self._asked = api.client_for(label, FileResponseHandler)
        self._saved = api.client_for(label, SavedFileResponseHandler)
        self._ends_openly = False  # whether a file without a line end came twice

    def ask(self, url: str, params: Mapping[str, str], enough: int | None = None) -> Spool | None:
        """The file of a period that a POST answers with, itself or as the address of a saved one.

        Args:
            url: What to ask.
            params: The query, with ``startDate`` and ``endDate``.
            enough: Stop after so many decoded bytes; for a look at the header.

        Returns:
            The whole file, to be closed by the caller; ``None`` if there are no rows.

        Raises:
            AirbyteTracedException: The API reports a failure, or the file does not come whole.
        """
        try:
            found = self._fetch(lambda: self._post(url, params), _Passes(empties=2), enough)
            if isinstance(found, str):
                found = self._spool_at(found, _Passes(empties=MAX_PASSES), enough)
        except _NoRowsError:
            note = log.NO_FILE_SENT.says(start=params["startDate"], end=params["endDate"])
            LOGGER.warning("%s: %s", self._label.name, note)
            return None
        return found

    def saved(self, url: str, *, settled: bool = True) -> Spool:
        """The file that a job saved at ``url``; it is waited for if it does not exist yet.

        Args:
            url: Where it lies.
            settled: Whether the job has ended for sure; if not, the file has to come twice.

        Raises:
            AirbyteTracedException: The API reports a failure, or the file does not come whole.
        """
        return self._spool_at(url, _Passes(empties=0, doubted=not settled))

    def beginning(self, url: str, enough: int) -> Spool | None:
        """The first bytes of the same file; ``None`` if it is empty."""
        try:
            return self._spool_at(url, _Passes(empties=2), enough)
        except _NoRowsError:
            return None

    def _spool_at(self, url: str, passes: _Passes, enough: int | None = None) -> Spool:
        found = self._fetch(lambda: self._get(encoded(url)), passes, enough)
        if isinstance(found, Spool):
            return found
        raise messages.ANOTHER_ADDRESS.error()

    def _post(self, url: str, params: Mapping[str, str]) -> requests.Response:
        # Should the tenant save the file after all: a name that is used twice fails [L].
        named = {**params, "fileName": f"airbyte_{uuid.uuid4().hex}"}
        return self._asked.send("POST", url, named, stream=True)

    def _get(self, url: str) -> requests.Response:
        return self._saved.send("GET", url, {}, stream=True)

    def _fetch(
        self, send: Callable[[], requests.Response], passes: _Passes, enough: int | None
    ) -> Spool | str | None:
        """A file, or the address of one; ``None`` for a response that says "no rows".

        Raises:
            _NoRowsError: Nothing came, twice in a row [A 4]; one alone may be the work of something
                on the way.
            AirbyteTracedException: The API reports a failure, or the file does not come whole.
        """
        why = ""
        for attempt in range(1, MAX_PASSES + 1):
            with ExitStack() as undo:
                spool = Spool()
                undo.callback(spool.close)
                try:
                    found = self._pass(send, spool, passes, enough)
                except BrokenFileError as error:
                    broken = error
                except TRANSIENT_ERRORS:
                    broken = BrokenFileError(reasons.BODY_BROKE_OFF.says())
                else:
                    if found is spool:
                        undo.pop_all()
                    return found
                passes.failed(broken, spool.size)
                why = reasons.FILE_UNUSABLE.says(reason=broken)
            note = log.PASS.says(reason=why, number=attempt, most=MAX_PASSES)
            LOGGER.warning("%s: %s", self._label.name, note)
            if attempt < MAX_PASSES:
                time.sleep(PAUSES_SECONDS[attempt - 1])
        raise messages.NOT_WHOLE.error(passes=MAX_PASSES, reason=why)

    def _pass(
        self,
        send: Callable[[], requests.Response],
        spool: Spool,
        passes: _Passes,
        enough: int | None,
    ) -> Spool | str | None:
        with closing(send()) as response:
            if response.status_code == HTTPStatus.NO_CONTENT:
                if passes.part or response.request.method == "GET":
                    # Of a file that was saved, or that had rows before, it proves nothing.
                    raise EmptyFileError(reasons.BODY_EMPTY.says())
                return None
            said = _receive(response, spool, enough)
        if said is None:
            return spool
        if said.error_words:
            raise FAILURE_REPORTED.error(report=self._label.name, words=said.error_words)
        if not spool.size:
            return _address(said)
        ends = self._inspect(spool.file)
        passes.require(spool.size, ends=ends or self._ends_openly)
        self._ends_openly = self._ends_openly or not ends
        return spool


def _address(said: Envelope) -> str:
    """Where the file lies, if the response holds only its address.

    Raises:
        EmptyFileError: Its file is empty, and that is all it says.
        BrokenFileError: It is a response of another kind, which proves nothing; or it gives a
            reason for a file without a byte [A 37].
    """
    address = said.text("uri")
    if address:
        return address
    words = said.failure
    if words or not said.states(FILE_KEY):
        raise BrokenFileError(reasons.NO_FILE.says(words=f"; it says: {words}" if words else ""))
    raise EmptyFileError(reasons.NO_HEADER.says())


def _receive(response: requests.Response, spool: Spool, enough: int | None) -> Envelope | None:
    """Decode the body into the spool; what else it says, or ``None`` once there is enough."""
    body = FileBody(spool.write)
    empty = True
    for piece in response.iter_content(_PIECE):
        empty = False
        body.feed(piece)
        if enough is not None and spool.size >= enough:
            return None
    if empty and says_empty(response):
        raise EmptyFileError(reasons.BODY_EMPTY.says(), unfinished=False)
    return body.finish()
