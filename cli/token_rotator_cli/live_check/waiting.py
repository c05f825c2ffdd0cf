"""How is something waited for? It is looked for again and again, for a bounded time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What time is it, and how does it pass?"""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def wait_for(
        self, look: Callable[[], T | None], *, until: datetime, every: timedelta
    ) -> T | None:
        """The first answer that is not None; None if there was none in time."""
        while (seen := look()) is None and self.now() < until:
            self.sleep(every.total_seconds())
        return seen
