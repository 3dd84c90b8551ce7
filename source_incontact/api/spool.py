"""Where a report file lies until it is whole."""

from __future__ import annotations

import io
import tempfile
from typing import IO

from source_incontact.messages import files as messages

MAX_FILE_BYTES = 4 << 30
"""Largest file that is kept aside; temporary folders of containers are seldom larger."""

_IN_MEMORY = 4 << 20


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
            raise messages.TOO_LARGE.error(gib=MAX_FILE_BYTES >> 30)
        try:
            self._append(piece)
        except OSError as error:
            raise messages.NO_ROOM.error(reason=error.strerror) from None

    def _append(self, piece: bytes) -> None:
        if self.size <= _IN_MEMORY < self.size + len(piece):
            on_disk = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
            on_disk.write(self.file.getbuffer() if isinstance(self.file, io.BytesIO) else b"")
            self.file = on_disk
        self.file.write(piece)
        self.file.flush()  # a full disk fails here, not where the file is read later
        self.size += len(piece)

    def close(self) -> None:
        """Remove it."""
        self.file.close()
