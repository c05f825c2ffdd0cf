"""An HTTP server on loopback that can send broken answers and stops at once."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, Final

from local.http.answers import CannedResponse, Delivery
from local.process.ports import LOOPBACK, PortTaken

LONGEST_BODY: Final = 64 * 1024
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A received HTTP request."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """By their names in small letters: these compare without case (RFC 9110 section 5.1)."""
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, its delay, and how much of it is delivered."""

    answer: CannedResponse
    delivery: Delivery = Delivery.WHOLE
    delay_seconds: float = 0.0


class LoopbackServer(ThreadingMixIn, TCPServer):
    """Answers requests with ``respond``, in one thread for each connection, until ``stop``."""

    allow_reuse_address = True
    daemon_threads = False  # so that server_close waits for the connections' threads
    request_queue_size = 64

    def __init__(self, *, port: int, respond: Callable[[Request], Reply]) -> None:
        """Starts the server. Port 0 means any free port. Raises PortTaken."""
        self.respond = respond
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        try:
            super().__init__((LOOPBACK, port), _Connection)
        except OSError as error:
            raise PortTaken(port) from error
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="http")
        self._thread.start()

    @property
    def port(self) -> int:
        """The port on which the server listens."""
        return self.server_address[1]

    def stop(self) -> None:
        """Ends all connections, including those that hang, and frees the port."""
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores errors. Clients may close the connection during an answer."""


class _Connection(BaseHTTPRequestHandler):
    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    server_version = "stand-in"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            return self._send(Reply(answer=CannedResponse(status=413)))
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length).decode(errors="replace"),
        )
        return self._send(self.server.respond(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _send(self, reply: Reply) -> None:
        if self.server.stopping.wait(reply.delay_seconds):
            self.close_connection = True
            return
        if reply.delivery is Delivery.RESET:
            self._reset()
            return
        if reply.delivery is Delivery.NOTHING:
            self._wait_until_stopped()
            return
        body = reply.answer.body
        self.send_response(reply.answer.status)
        for name, value in reply.answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if reply.delivery is Delivery.WHOLE:
            self.wfile.write(body)
            return
        self.wfile.write(body[: len(body) // 2])
        if reply.delivery is Delivery.STALLED:
            self._wait_until_stopped()
        self.close_connection = True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.close_connection = True

    def _wait_until_stopped(self) -> None:
        self.server.stopping.wait()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Logs nothing, because a request line may contain an assertion."""
