"""An HTTP server that sends the bytes it is given, well-formed or not."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

Behaviour = Callable[["Connection"], None]


class Tls(Protocol):
    """The part of ssl.SSLContext that is used."""

    def wrap_socket(self, sock: socket.socket, *, server_side: bool) -> ssl.SSLSocket: ...


class Connection:
    """One accepted connection. The whole request has been read."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self._sock = sock
        self._stopping = stopping

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def receive(self) -> bytes:
        """What has arrived, for a server that does not listen for a whole request."""
        return self._sock.recv(65536)

    def pause(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        linger_for_no_time = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
        self._sock.close()


def answer(status: int = 200, body: bytes = b"{}", *headers: str) -> Behaviour:
    """A well-formed HTTP response."""
    head = [f"HTTP/1.1 {status} -", f"Content-Length: {len(body)}", "Connection: close", *headers]
    data = "\r\n".join([*head, "", ""]).encode() + body
    return lambda connection: connection.send(data)


class CannedServer:
    """Listens on loopback. Connection n gets behaviour n; the last behaviour repeats."""

    def __init__(
        self, *behaviours: Behaviour, tls: Tls | None = None, listens: bool = True
    ) -> None:
        self._listens = listens
        self._behaviours = behaviours
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.requests: list[bytes] = []
        self.connections = 0

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with sock, contextlib.suppress(OSError):
                self._converse(sock)

    def _converse(self, sock: socket.socket) -> None:
        sock.settimeout(10)
        stream = self._tls.wrap_socket(sock, server_side=True) if self._tls else sock
        with stream:
            self.requests.append(_request(stream) if self._listens else b"")
            behaviour = self._behaviours[min(len(self.requests), len(self._behaviours)) - 1]
            behaviour(Connection(stream, self._stopping))


def _request(stream: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and (piece := stream.recv(65536)):
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        # closing a socket with unread data sends RST instead of FIN
        while not data.endswith(b"\r\n0\r\n\r\n") and (piece := stream.recv(65536)):
            data += piece
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            missing = int(line.split(b":")[1]) - len(body)
            while missing > 0 and (piece := stream.recv(missing)):
                data, missing = data + piece, missing - len(piece)
    return data
