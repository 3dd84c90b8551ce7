"""A server that costs next to nothing: it answers with bytes that were made before.

    python -m integration_tests.bench.replay FILE   FILE holds the answer to every GET of contacts

The sandbox makes each row anew, which is slower than reading it; where the connector's own cost is
the question, its page is replayed.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"


class _Replay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    page = b""

    def do_GET(self) -> None:
        """The page, or discovery's answer."""
        if "/.well-known/" in self.path:
            self._send(json.dumps({"api_endpoint": f"http://{self.headers['Host']}"}).encode())
        elif "skip=0" in self.path:
            self._send(self.page)
        else:
            self._send(b'{"contacts": []}')

    def do_POST(self) -> None:
        """A token."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._send(json.dumps({"access_token": "replayed", "expires_in": 3600}).encode())

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
    _Replay.page = Path(sys.argv[1]).read_bytes()
    server = ThreadingHTTPServer((HOST, 0), _Replay)
    sys.stdout.write(f"http://{HOST}:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
