"""Which access tokens work? Those issued here that have not expired; they are opaque."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

LIFETIME: Final = timedelta(seconds=300)


class InvalidToken(Exception):
    """The access token gives access to nothing (RFC 6750 section 3.1)."""


class Tokens:
    """Remembers whose token expires when, under the token's digest. Thread-safe."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._issued: dict[bytes, tuple[str, datetime]] = {}

    def issue(self, client_id: str) -> str:
        """A new access token for a client."""
        token = secrets.token_urlsafe(48)
        with self._lock:
            self._issued[_digest(token)] = (client_id, self._now() + LIFETIME)
        return token

    def client_of(self, token: str) -> str:
        """Who holds it. Raises InvalidToken."""
        with self._lock:
            client_id, expires_at = self._issued.get(_digest(token), (None, self._now()))
        if client_id is None:
            raise InvalidToken("nobody was given this access token")
        if self._now() >= expires_at:
            raise InvalidToken("the access token has expired")
        return client_id


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
