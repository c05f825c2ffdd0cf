"""The life of the published token over the last minutes."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from local.observation.consumer import Published

HISTORY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSpan:
    """What the parameter held from a moment on."""

    begins: datetime
    expires_at: datetime | None
    """None: there was no parameter."""


class TokenHistory:
    """The spans of the last minutes, in which a token's life runs down at one second per second."""

    def __init__(self) -> None:
        self._spans: deque[TokenSpan] = deque()

    def add(self, published: Published | None, *, at: datetime) -> tuple[TokenSpan, ...]:
        """Adds what a consumer read. Returns the spans, oldest first."""
        expires_at = published.expires_at if published else None
        if not self._spans or self._spans[-1].expires_at != expires_at:
            self._spans.append(TokenSpan(begins=at, expires_at=expires_at))
        while len(self._spans) > 1 and self._spans[1].begins <= at - HISTORY:
            self._spans.popleft()
        return tuple(self._spans)
