"""Faults of an HTTP request as urllib3 reports them, with the time that each takes."""

import math

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from studies.simulation.services import Fault


class Response:
    """The part of urllib3's response that the function uses."""

    def __init__(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        self._body = body

    def read1(self, amount: int) -> bytes:
        body, self._body = self._body, b""
        return body

    def release_conn(self) -> None:
        pass

    def close(self) -> None:
        pass


def broken(fault: Fault | None, timeout: urllib3.Timeout | None) -> tuple[float, HTTPError] | None:
    """The seconds until the caller gets the error, and the error. None if there is an answer."""
    if fault is Fault.UNREACHABLE:
        connect = _seconds(timeout.connect_timeout) if timeout else math.inf
        return min(connect, longest(timeout)), ConnectTimeoutError("timed out")
    if fault is Fault.HANG:
        read = _seconds(timeout.read_timeout) if timeout else math.inf
        return min(read, longest(timeout)), silence()
    if fault is Fault.REFUSED_CONNECTION:
        return 0.02, NewConnectionError(None, "Connection refused")  # type: ignore[arg-type]
    if fault is Fault.RESET:
        return 0.05, ProtocolError("Connection aborted")
    return None


def silence() -> ReadTimeoutError:
    """The error of a request that was sent and never answered."""
    return ReadTimeoutError(None, None, "timed out")  # type: ignore[arg-type]


def longest(timeout: urllib3.Timeout | None) -> float:
    """The longest time that a request may take: connect timeout plus read timeout."""
    if timeout is None:
        return math.inf
    each = _seconds(timeout.connect_timeout) + _seconds(timeout.read_timeout)
    return min(each, _seconds(timeout.total))


def _seconds(timeout: object) -> float:
    """A timeout in seconds. Without one, the caller waits until the process is ended."""
    return float(timeout) if isinstance(timeout, (int, float)) else math.inf
