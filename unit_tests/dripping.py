"""A server that answers a little at a time, over TLS and behind a proxy too."""

from __future__ import annotations

import ssl
import time
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integration_tests.support.loopback import LOOPBACK, Listener

if TYPE_CHECKING:
    import socket
    from pathlib import Path

_PAUSE_SECONDS = 0.1
_DRIPS = 40
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % _DRIPS


def certificate(folder: Path) -> Path:
    """A file with a key and its certificate for loopback, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOOPBACK)])
    now = datetime.now(timezone.utc)
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(LOOPBACK))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / "loopback.pem"
    path.write_bytes(key.private_bytes(pem, kind, plain) + signed.public_bytes(pem))
    return path


class Dripper(Listener):
    """Answers one request, with a pause after each byte of head or body, for some seconds.

    Args:
        certificate: Key and certificate for TLS; ``None`` for none.
        tunnel: Whether a proxy's ``CONNECT`` comes first.
        drips: Whether it drips at all.
        in_head: Whether the head drips, else the body.
    """

    def __init__(
        self, certificate: Path | None, *, tunnel: bool, drips: bool, in_head: bool
    ) -> None:
        super().__init__()
        self._certificate = certificate
        self._tunnel = tunnel
        self._pause = _PAUSE_SECONDS if drips else 0.0
        self._in_head = in_head

    def _serve(self) -> None:
        with suppress(OSError), ExitStack() as stack:
            connection, _ = self._listener.accept()
            stack.enter_context(connection)
            if self._tunnel:
                _read_head(connection)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            if self._certificate is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self._certificate)
                connection = stack.enter_context(context.wrap_socket(connection, server_side=True))
            _read_head(connection)
            self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.sendall(_HEAD)
        slow, rest = (b"X-Drip: " + b"." * _DRIPS, b"\r\n\r\n") if self._in_head else (b"", b"\r\n")
        self._drip(connection, slow)
        connection.sendall(rest)
        self._drip(connection, b" " * _DRIPS)

    def _drip(self, connection: socket.socket, text: bytes) -> None:
        for place in range(len(text)):
            time.sleep(self._pause)
            connection.sendall(text[place : place + 1])


def _read_head(connection: socket.socket) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(1)
        if not piece:
            raise ConnectionResetError
        head += piece
