"""Faults that tests can inject into the stand-in identity provider."""

import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from local.http.answers import CannedResponse, Delivery


class Endpoint(StrEnum):
    """The identity provider's endpoints."""

    DISCOVERY = "discovery"
    TOKEN = "token"
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of one request.

    Without an ``answer``, the request is processed and only the delivery of its answer is
    disturbed: the assertion is used and the access token issued, but the client does not get it.
    """

    answer: CannedResponse | None = None
    delivery: Delivery = Delivery.WHOLE
    delay_seconds: float = 0.0


def status(code: int, *, retry_after: str | None = None, body: bytes = b"") -> Fault:
    """An HTTP error as a gateway returns it."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(answer=CannedResponse(status=code, headers=headers, body=body))


def oauth_error(code: str, *, http_status: int = 400) -> Fault:
    """An OAuth error response (RFC 6749 section 5.2)."""
    return Fault(answer=CannedResponse.json(http_status, {"error": code}))


def answers_json(content: object, *, http_status: int = 200) -> Fault:
    """Any JSON body."""
    return Fault(answer=CannedResponse.json(http_status, content))


def answers_bytes(body: bytes, *, content_type: str = "application/json") -> Fault:
    """Status 200 with any body."""
    return Fault(
        answer=CannedResponse(status=200, headers={"Content-Type": content_type}, body=body)
    )


def redirect(location: str, *, code: int = 307) -> Fault:
    """A redirect. With 307 and 308 clients repeat the same request there."""
    return Fault(answer=CannedResponse(status=code, headers={"Location": location}))


def delay(seconds: float) -> Fault:
    """The normal answer after a delay."""
    return Fault(delay_seconds=seconds)


HANG: Final = Fault(delivery=Delivery.NOTHING)
RESET: Final = Fault(delivery=Delivery.RESET)
TRUNCATED: Final = Fault(delivery=Delivery.HALF)
STALLED: Final = Fault(delivery=Delivery.STALLED)
HTML: Final = answers_bytes(b"<!doctype html><title>Maintenance</title>", content_type="text/html")
GARBAGE: Final = answers_bytes(bytes(range(256)))
EMPTY: Final = answers_bytes(b"")
HUGE: Final = answers_bytes(b'{"access_token": "' + 10_000_000 * b"x" + b'", "expires_in": 300}')


class Faults:
    """The pending faults of each endpoint. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: defaultdict[Endpoint, deque[Fault]] = defaultdict(deque)
        self._permanent: dict[Endpoint, Fault] = {}

    def add(self, endpoint: Endpoint, fault: Fault, *, times: int | None) -> None:
        """Adds a fault for ``times`` requests, after those added before. None: until ``clear``."""
        with self._lock:
            if times is None:
                self._permanent[endpoint] = fault
            else:
                self._next[endpoint].extend([fault] * times)

    def take(self, endpoint: Endpoint) -> Fault | None:
        """The fault for the next request, if there is one."""
        with self._lock:
            waiting = self._next[endpoint]
            return waiting.popleft() if waiting else self._permanent.get(endpoint)

    def clear(self) -> bool:
        """Removes all faults. Returns whether there were any."""
        with self._lock:
            had_faults = bool(self._permanent) or any(self._next.values())
            self._next.clear()
            self._permanent.clear()
            return had_faults
