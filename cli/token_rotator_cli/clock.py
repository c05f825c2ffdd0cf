"""The clock, which tests replace with a virtual one."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


def utc_now() -> datetime:
    """The current time as an aware datetime."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Functions to read the time and to wait."""

    now: Callable[[], datetime] = utc_now
    """Returns an aware datetime."""
    sleep: Callable[[float], object] = time.sleep
    """Waits for a number of seconds."""

    def wait_for(
        self, poll: Callable[[], T | None], *, until: datetime, every: timedelta
    ) -> T | None:
        """Polls until a result is not None, and returns it. None: timeout."""
        while (found := poll()) is None and self.now() < until:
            self.sleep(every.total_seconds())
        return found
