"""Somebody else's server: where a token must never arrive."""

from __future__ import annotations

from contextlib import suppress

from integration_tests.support.loopback import LOOPBACK, Listener

_ENOUGH = 1 << 16
_PATIENCE_SECONDS = 1.0
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Stranger(Listener):
    """A server on loopback that keeps whatever is sent to it, a TLS greeting too.

    Attributes:
        heard: What each connection brought, in order; empty if a connection brought nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []

    @property
    def url(self) -> str:
        """Its root address."""
        return f"http://{LOOPBACK}:{self.port}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(_PATIENCE_SECONDS)
                self.heard.append(b"")
                with suppress(OSError):
                    self.heard[-1] = connection.recv(_ENOUGH)
                    connection.sendall(_ANSWER)
