"""A virtual clock. Sleeps and calls move it, up to the limit that Lambda's timeout sets."""

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


class TimeoutReached(BaseException):
    """Lambda ended the invocation. Not an Exception, so that no handler of the function runs."""


class VirtualClock:
    """Seconds since START. Sleeping and waiting for an answer move it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.limit = math.inf
        self._changes: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def advance(self, seconds: float) -> None:
        """Moves the clock and applies the planned changes. Raises TimeoutReached at the limit."""
        target = self.seconds + seconds
        self.move_to(min(target, self.limit))
        if target > self.limit:
            raise TimeoutReached

    def move_to(self, moment: float) -> None:
        """Moves the clock to this second, never backwards. The limit does not apply."""
        while self._changes and self._changes[-1][0] <= moment:
            at, change = self._changes.pop()
            self.seconds = max(self.seconds, at)
            change()
        self.seconds = max(self.seconds, moment)

    def plan(self, changes: Iterable[tuple[float, Callable[[], None]]]) -> None:
        """Plans changes, each with the second at which it happens."""
        self._changes = sorted(changes, key=lambda change: change[0], reverse=True)
