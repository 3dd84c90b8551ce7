"""Deadlines below the body: every read of a socket ends in time, headers included."""

from __future__ import annotations

import io
import time
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    import socket

seconds_left: ContextVar[float] = ContextVar("seconds_left")
"""Seconds that the next response may take, from its first byte to its last."""


class _TimedReader(io.RawIOBase):
    """Reads a socket until a deadline.

    Args:
        raw: The socket's own reader; it keeps its time-out for each silence.
        deadline: `time.monotonic` seconds after which nothing is read any more.
    """

    def __init__(self, raw: io.RawIOBase, deadline: float) -> None:
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """One read of the socket.

        Raises:
            TimeoutError: The deadline has passed; urllib3 takes it for its own.
        """
        if time.monotonic() > self._deadline:
            raise TimeoutError("the response is not whole in time")
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        deadline = time.monotonic() + seconds_left.get()
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), deadline))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedSecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


class TimedAdapter(HTTPAdapter):
    """An adapter, with or without a proxy, whose connections know deadlines."""

    _POOLS: ClassVar = {"http": _TimedPool, "https": _TimedSecurePool}

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pool make connections with deadlines."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """The same behind a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        if type(manager) is ProxyManager:  # one for SOCKS has connections of its own
            manager.pool_classes_by_scheme = self._POOLS
        return manager
