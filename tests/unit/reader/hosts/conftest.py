"""A Parameter Store on loopback in which the token is replaced every few seconds."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.unit.reader.scenario import NAME

LIFETIME = 8
INTERVAL = 4
"""Seconds from one token to the next."""


class RotatingStore(ThreadingHTTPServer):
    """Answers GetParameter after a moment, over connections that are kept."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reads = 0
        self.url = f"http://127.0.0.1:{self.server_port}"

    def record(self) -> str:
        issued_at = int(time.time()) // INTERVAL * INTERVAL
        fields = {
            "access_token": f"token-{issued_at}",
            "token_type": "Bearer",
            "issued_at": issued_at,
            "expires_at": issued_at + LIFETIME,
        }
        return json.dumps(fields)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RotatingStore

    def do_POST(self) -> None:
        """GetParameter."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.reads += 1
        time.sleep(0.05)  # so that callers come while it is read
        body = json.dumps({"Parameter": {"Name": NAME, "Value": self.server.record()}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # a time limit ended the read
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture(scope="module")
def store() -> Iterator[RotatingStore]:
    with RotatingStore() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)
