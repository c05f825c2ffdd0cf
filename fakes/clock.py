"""A clock that tests control."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    """A virtual clock. It moves when ``sleep`` or ``advance`` is called."""

    def __init__(self, start: datetime = NOON) -> None:
        self.moment = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def advance(self, **duration: float) -> None:
        self.moment += timedelta(**duration)
