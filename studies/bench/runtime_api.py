"""Lambda's Runtime API on loopback: sends events and receives responses.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import queue
import threading
import time
import uuid
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

PATIENCE_SECONDS: Final = 60
FUNCTION_ARN: Final = "arn:aws:lambda:eu-west-1:111122223333:function:function"


@dataclass(frozen=True, slots=True)
class Mark:
    """A request of the function and its time: ``next``, ``response`` or ``error``."""

    kind: str
    at: float
    body: str = ""


class RuntimeApi(ThreadingHTTPServer):
    """Serves one function."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.events: queue.Queue[bytes] = queue.Queue()
        self.marks: queue.Queue[Mark] = queue.Queue()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def server_close(self) -> None:
        """Also stops the server thread."""
        self.shutdown()
        super().server_close()

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{self.server_address[1]}"

    def expect(self, kind: str) -> Mark:
        """The function's next request. Raises RuntimeError if it is of another kind."""
        mark = self.marks.get(timeout=PATIENCE_SECONDS)
        if mark.kind != kind:
            raise RuntimeError(f"the function sent {mark.kind} instead of {kind}: {mark.body}")
        return mark


class _Connection(BaseHTTPRequestHandler):
    server: RuntimeApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.server.marks.put(Mark("next", time.perf_counter()))
        event = self.server.events.get()
        self.send_response(200)
        for name, value in {
            "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
            "Lambda-Runtime-Deadline-Ms": str(round((time.time() + 55) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
            # the client requires both
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
            "Content-Type": "application/json",
            "Content-Length": str(len(event)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        at = time.perf_counter()
        body = self._body().decode(errors="replace")
        kind = "response" if self.path.endswith("/response") else "error"
        self.server.marks.put(Mark(kind, at, body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - their name
        """Logs nothing."""
