"""Issued access tokens. They are opaque and valid for 300 seconds."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

LIFETIME: Final = timedelta(seconds=300)


class InvalidToken(Exception):
    """The access token is not valid (RFC 6750 section 3.1)."""


class Tokens:
    """Client and expiry of each issued token, by the token's digest. Thread-safe."""

    def __init__(self, *, now: Callable[[], datetime], one_per_client: bool = False) -> None:
        self._now = now
        self._one_per_client = one_per_client
        self._lock = threading.Lock()
        self._issued: dict[bytes, tuple[str, datetime]] = {}

    def issue(self, client_id: str) -> str:
        """Issues an access token to a client."""
        token = secrets.token_urlsafe(48)
        with self._lock:
            if self._one_per_client:
                earlier = [one for one, (owner, _) in self._issued.items() if owner == client_id]
                for token_digest in earlier:
                    del self._issued[token_digest]
            self._issued[_digest(token)] = (client_id, self._now() + LIFETIME)
        return token

    def client_of(self, token: str) -> str:
        """The client to which the token was issued. Raises InvalidToken."""
        with self._lock:
            client_id, expires_at = self._issued.get(_digest(token), (None, self._now()))
        if client_id is None:
            raise InvalidToken("this access token was not issued here")
        if self._now() >= expires_at:
            raise InvalidToken("the access token has expired")
        return client_id


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
