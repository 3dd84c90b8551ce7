"""Fetching a report file: streamed, decoded as it arrives, kept aside until it is whole.

Nothing is handed on before the whole answer has been seen: only then is it known that it did not
break off, that its base64 is valid, and that it carries no ``errorMessage``.
"""

from __future__ import annotations

import io
import logging
import tempfile
import time
from contextlib import ExitStack, closing
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, ClassVar

from source_incontact.api.base64_json import FILE_KEY, BrokenAnswerError, FileAnswer
from source_incontact.api.bodies import says_empty
from source_incontact.api.envelopes import clean_words, words_of
from source_incontact.api.response_handler import (
    MAX_TRIES_WHILE_RUNNING,
    TRANSIENT_ERRORS,
    ReportLabel,
    ResponseHandler,
    success,
)
from source_incontact.api.rules import ALREADY_RUNNING, UNKNOWN_DATA_DOWNLOAD, Action, Rule
from source_incontact.errors import transient_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests
    from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution

    from source_incontact.api.client import InContactApi

LOGGER = logging.getLogger("airbyte.source_incontact.files")

MAX_PASSES = 4
"""How often a file is fetched from its beginning before its report fails."""

MAX_FILE_BYTES = 4 << 30
"""Largest file that is kept aside; temporary folders of containers are seldom larger."""

_IN_MEMORY = 4 << 20
_PIECE = 1 << 16


class _EmptyBodyError(BrokenAnswerError):
    """There is nothing where a file, or a 204, was to be expected."""


class Spool:
    """Bytes written once and read once; beyond 4 MiB they lie in a file that has no name.

    Python 3.10's SpooledTemporaryFile cannot be wrapped as text, hence this one.
    """

    def __init__(self) -> None:
        self.file: IO[bytes] = io.BytesIO()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Append.

        Raises:
            AirbyteTracedException: There is no room for it.
        """
        if self.size + len(piece) > MAX_FILE_BYTES:
            raise transient_error(
                f"The file is larger than {MAX_FILE_BYTES >> 30} GiB, more than is taken at once. "
                "Let the report's template cover fewer days or columns."
            )
        try:
            self._append(piece)
        except OSError as error:
            raise transient_error(
                f"The file could not be kept in the temporary folder: {error.strerror}. Give the "
                "connector's container more temporary space."
            ) from None

    def _append(self, piece: bytes) -> None:
        if self.size <= _IN_MEMORY < self.size + len(piece):
            on_disk = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
            on_disk.write(self.file.getbuffer() if isinstance(self.file, io.BytesIO) else b"")
            self.file = on_disk
        self.file.write(piece)
        self.size += len(piece)

    def close(self) -> None:
        """Remove it."""
        self.file.close()


class FileResponseHandler(ResponseHandler):
    """Judges answers whose body is streamed and so not looked at here."""

    rules: ClassVar = {404: UNKNOWN_DATA_DOWNLOAD, 409: ALREADY_RUNNING}
    tries_by_status: ClassVar = {**ResponseHandler.tries_by_status, 409: MAX_TRIES_WHILE_RUNNING}

    def _interpret_body(self, response: requests.Response) -> ErrorResolution:  # noqa: ARG002 - see class
        return success()


class SavedFileResponseHandler(FileResponseHandler):
    """The same for a saved file, which may not exist for about a minute after its job [L]."""

    rules: ClassVar = {404: Rule(Action.RETRY, "the report's file does not exist yet (404{words})")}
    tries_by_status: ClassVar = {**ResponseHandler.tries_by_status, 404: 12}


class FileFetcher:
    """Fetches the file of one report.

    Args:
        api: The tenant's API.
        label: The report, for messages.
    """

    def __init__(self, api: InContactApi, label: ReportLabel) -> None:
        self._label = label
        self._asked = api.client_for(label, FileResponseHandler)
        self._saved = api.client_for(label, SavedFileResponseHandler)

    def ask(self, url: str, params: Mapping[str, str], enough: int | None = None) -> Spool | None:
        """The file that a POST answers with, itself or as the address of a saved one.

        Args:
            url: What to ask.
            params: The query.
            enough: Stop after so many decoded bytes; for a look at the header.

        Returns:
            The whole file, to be closed by the caller; ``None`` if there are no rows.

        Raises:
            AirbyteTracedException: The API reports a failure, or the file does not come whole.
        """
        spool, address = self._fetch(lambda: self._send("POST", url, params), enough)
        if spool is None or not address:
            return spool
        spool.close()
        return self.saved(address, enough)

    def saved(self, url: str, enough: int | None = None) -> Spool:
        """The file saved at ``url``; it is waited for if it does not exist yet.

        Raises:
            AirbyteTracedException: The API reports a failure, or the file does not come whole.
        """
        spool, address = self._fetch(lambda: self._send("GET", url, {}), enough)
        if spool is None or address:
            what = "another address" if address else "nothing"
            raise transient_error(
                f"The API answered with {what} where the report's file should be."
            )
        return spool

    def _send(self, method: str, url: str, params: Mapping[str, str]) -> requests.Response:
        client = self._asked if method == "POST" else self._saved
        _, response = client.send_request(
            method, url, request_kwargs={"stream": True}, params=params
        )
        return response

    def _fetch(
        self, send: Callable[[], requests.Response], enough: int | None
    ) -> tuple[Spool | None, str]:
        """A file, or the address of one; nothing for an answer that says "no rows".

        A body that ends before it began says so too [A 4], if it comes twice in a row: one alone
        may be the work of something on the way.
        """
        broken: BrokenAnswerError | None = None
        why = ""
        for attempt in range(1, MAX_PASSES + 1):
            with ExitStack() as undo:
                spool = Spool()
                undo.callback(spool.close)
                try:
                    with closing(send()) as response:
                        texts = _receive(response, spool, enough)
                    if texts is None:
                        return None, ""
                    self._fail_if_said(texts)
                    address = _address(texts, spool)
                except BrokenAnswerError as error:
                    if isinstance(error, _EmptyBodyError) and isinstance(broken, _EmptyBodyError):
                        return None, ""
                    broken = error
                except TRANSIENT_ERRORS:
                    broken = BrokenAnswerError("it broke off, or did not end in time")
                else:
                    undo.pop_all()
                    return spool, address
            why = f"the answer could not be used: {broken}"
            LOGGER.warning("%s: %s (pass %d of %d).", self._label.name, why, attempt, MAX_PASSES)
            time.sleep(2.0 ** (attempt - 1) if attempt < MAX_PASSES else 0)
        raise transient_error(
            f"The file did not come whole in {MAX_PASSES} passes; at last {why}. Run the sync "
            "again later."
        )

    def _fail_if_said(self, texts: Mapping[str, str]) -> None:
        words = clean_words(texts.get("errormessage"))
        if words:
            raise transient_error(f"The API reports a failure of {self._label.name}: {words}")


def _address(texts: Mapping[str, str], spool: Spool) -> str:
    """Where the file lies, if the answer holds only its address.

    Raises:
        BrokenAnswerError: It holds neither: an answer of another kind, which proves nothing; or it
            gives a reason for a file without a byte [A 37].
    """
    if spool.size:
        return ""
    address = texts.get("uri", "")
    said = words_of(texts)
    if not address and (said or FILE_KEY not in texts):
        raise BrokenAnswerError("it holds no file" + (f"; it says: {said}" if said else ""))
    return address


def _receive(
    response: requests.Response, spool: Spool, enough: int | None
) -> dict[str, str] | None:
    """Decode the body into the spool; its other texts, or ``None`` if it says "no rows"."""
    answer = FileAnswer(spool.write)
    empty = True
    for piece in response.iter_content(_PIECE):
        empty = False
        answer.feed(piece)
        if enough is not None and spool.size >= enough:
            return answer.texts
    if response.status_code == HTTPStatus.NO_CONTENT:
        return None
    if empty and says_empty(response):
        raise _EmptyBodyError("it is empty")
    answer.finish()
    return answer.texts
