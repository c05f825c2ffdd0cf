"""Retries failed steps with backoff."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from token_rotator.errors import RotationError
from token_rotator.timing import BACKOFF_BASE, BACKOFF_CAP

T = TypeVar("T")

_full_jitter = wait_random_exponential(
    multiplier=BACKOFF_BASE.total_seconds(), max=BACKOFF_CAP.total_seconds()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrier:
    """Retries a step with exponential backoff and full jitter until its deadline.

    Respects an error's ``retry_after``. Raises the last error at once if the wait and another
    attempt would exceed the deadline.
    """

    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def call(self, step: Callable[[], T], *, deadline: datetime, max_attempt: timedelta) -> T:
        """Returns the step's result, or raises its last error."""

        def deadline_reached(state: RetryCallState) -> bool:
            next_attempt = self.now() + timedelta(seconds=state.upcoming_sleep)
            return next_attempt + max_attempt > deadline

        retry = Retrying(
            retry=retry_if_exception(_is_retryable),
            wait=_wait,
            stop=deadline_reached,
            sleep=self.sleep,
            reraise=True,
        )
        return retry(step)


def _is_retryable(exc: BaseException) -> bool:
    return isinstance(exc, RotationError) and exc.retry_helps


def _wait(state: RetryCallState) -> float:
    """Seconds to wait: the longer of Retry-After (RFC 9110 section 10.2.3) and the backoff."""
    error = state.outcome.exception() if state.outcome else None
    retry_after: timedelta | None = getattr(error, "retry_after", None)
    return max(retry_after.total_seconds() if retry_after else 0.0, _full_jitter(state))
