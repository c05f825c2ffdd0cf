"""Time, as an argument: tests put a virtual clock in its place."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time, and a way to wait."""

    now: Callable[[], datetime] = utc_now
    """An aware time."""
    sleep: Callable[[float], object] = time.sleep
    """Waits for so many seconds."""

    def wait_for(
        self, poll: Callable[[], T | None], *, until: datetime, every: timedelta
    ) -> T | None:
        """The first result of ``poll`` that is not None; None if there was none in time."""
        while (found := poll()) is None and self.now() < until:
            self.sleep(every.total_seconds())
        return found
