"""What time is it? Whatever the last sleep or call made it; Lambda's time-out cuts in."""

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


class CutOff(BaseException):
    """The process was ended from outside. No Exception: no handler of ours may survive it."""


class VirtualClock:
    """Seconds since START. Whoever sleeps or waits for an answer moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.limit = math.inf
        self._changes: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def advance(self, seconds: float) -> None:
        """Lets time pass, and the world change meanwhile. Raises CutOff at the limit."""
        target = self.seconds + seconds
        self.move_to(min(target, self.limit))
        if target > self.limit:
            raise CutOff

    def move_to(self, moment: float) -> None:
        """Time passes until then (never backwards), whatever the limit."""
        while self._changes and self._changes[-1][0] <= moment:
            at, change = self._changes.pop()
            self.seconds = max(self.seconds, at)
            change()
        self.seconds = max(self.seconds, moment)

    def plan(self, changes: Iterable[tuple[float, Callable[[], None]]]) -> None:
        """What happens by itself, and when."""
        self._changes = sorted(changes, key=lambda change: change[0], reverse=True)
