"""The life of the published token over the last minutes."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from local.observation.consumer import Published

SHOWN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What the parameter held from a moment on."""

    begins: datetime
    expires_at: datetime | None
    """None: there was no parameter."""


class Life:
    """The spans of the last minutes, in which a token's life runs down at one second per second."""

    def __init__(self) -> None:
        self._spans: deque[Span] = deque()

    def saw(self, published: Published | None, *, at: datetime) -> tuple[Span, ...]:
        """Adds what a consumer read. Returns the spans, oldest first."""
        expires_at = published.expires_at if published else None
        if not self._spans or self._spans[-1].expires_at != expires_at:
            self._spans.append(Span(begins=at, expires_at=expires_at))
        while len(self._spans) > 1 and self._spans[1].begins <= at - SHOWN:
            self._spans.popleft()
        return tuple(self._spans)
