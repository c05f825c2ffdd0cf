"""Settings that the study varies: watchdogs, Lambda's timeout, and numbers of timing.py."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from unittest import mock

from tenacity import wait_random_exponential

from token_rotator import retrying, timing
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS
from token_rotator.identity_provider import http
from token_rotator_cdk.config.defaults import Default


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The settings of a run. The defaults are those of a deployment."""

    watchdogs: int = Default.WATCHDOGS
    min_remaining_seconds: float = Default.WATCHDOG_MIN_REMAINING_SECONDS
    timeout_seconds: float = FUNCTION_TIMEOUT_SECONDS
    backoff_cap: timedelta = timing.BACKOFF_CAP
    http_read: timedelta = timing.HTTP_READ_TIMEOUT

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Sets these numbers in the function's modules while the context is active."""
        jitter = wait_random_exponential(
            multiplier=timing.BACKOFF_BASE.total_seconds(), max=self.backoff_cap.total_seconds()
        )
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(retrying, "_full_jitter", jitter))
            stack.enter_context(mock.patch.object(http, "HTTP_READ_TIMEOUT", self.http_read))
            yield
