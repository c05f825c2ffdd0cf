"""An HTTP answer that is bounded as a whole, headers and body.

A socket's timeout bounds each wait, so a server that drips bytes would never meet it.
"""

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any


class TimedResponse(HTTPResponse):
    """An answer that has arrived when the timeout of the socket is over, or is given up."""

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp = io.BufferedReader(_TimedStream(self.fp.detach(), sock))


class _TimedStream(io.RawIOBase):
    """What arrives on a socket. Reading raises TimeoutError once its timeout at first is over."""

    def __init__(self, stream: io.RawIOBase, sock: socket.socket) -> None:
        self._stream = stream
        self._sock = sock
        self._ends = time.monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()
