"""A server that costs next to nothing: it answers with bytes that were made before.

    python -m integration_tests.bench.replay FOLDER

FOLDER holds a file for each endpoint, called as `file_name` says: what the first page of each
window answers. The sandbox makes each row anew, which is slower than reading it; where the
connector's own cost is the question, its pages are replayed.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HOST = "127.0.0.1"
_FIRST_PAGE = "skip=0"


def file_name(path: str) -> str:
    """The file of an endpoint: ``agents.performance`` is that of ``agents/performance``."""
    return path.strip("/").replace("/", ".")


class Replay(BaseHTTPRequestHandler):
    """Answers a sign-in, discovery, and what `page` makes of all else."""

    protocol_version = "HTTP/1.1"
    folder = Path()

    def do_GET(self) -> None:
        """A page, or discovery's answer."""
        if "/.well-known/" in self.path:
            self._send(json.dumps({"api_endpoint": f"http://{self.headers['Host']}"}).encode())
        else:
            self._send(self.page())

    def do_POST(self) -> None:
        """A token, or a file."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if "/services/" in self.path:
            self._send(self.page())
        else:
            self._send(json.dumps({"access_token": "replayed", "expires_in": 3600}).encode())

    def page(self) -> bytes:
        """The prepared page; nothing lies behind it."""
        if "skip=" in self.path and _FIRST_PAGE not in self.path:
            return b'{"contacts": []}'
        _, _, path = urlsplit(self.path).path.partition("/services/")
        _, _, endpoint = path.partition("/")
        return (self.folder / file_name(endpoint)).read_bytes()

    def _send(self, body: bytes) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def main() -> None:
    """Serve until standard input closes."""
    Replay.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer((HOST, 0), Replay)
    sys.stdout.write(f"http://{HOST}:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
