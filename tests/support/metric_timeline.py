"""A small model of schedule and watchdog that yields the metrics CloudWatch would have."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from local.alarms.log_metrics import ERRORS, INVOCATIONS
from token_rotator.contract import (
    MARGIN_REPORTED_BELOW_SECONDS,
    METRIC_NAMESPACE,
    Metric,
)
from token_rotator_cdk.config.defaults import Default

Jitter = Callable[[int], float]
"""The delay in seconds, 0 to 59, of the n-th invocation by a schedule."""


def never(_: float) -> bool:
    return False


@dataclass(kw_only=True)
class Life:
    """A rotator from second 0 on. Its callables get the second of an invocation."""

    minutes: int
    interval_minutes: int = Default.INTERVAL_MINUTES
    lifetime: float = Default.TOKEN_LIFETIME_SECONDS
    begins: float = 0.0
    """The second of a minute at which schedules are due. It differs from CloudWatch's periods."""
    jitter: Jitter = lambda _: 0.0
    watchdog: bool = True
    schedule: bool = True
    took: Callable[[int], float] = lambda _: 1.0
    """Seconds from the start of the n-th invocation to its publication."""
    gone: Callable[[float], bool] = never
    """Whether no invocation happens."""
    throttled: Callable[[int], bool] = never
    """Whether Lambda refuses the n-th invocation."""
    fails: Callable[[float], bool] = never
    waits: Callable[[float], bool] = never
    """Whether the secret holds no key yet."""
    previous_key: Callable[[float], bool] = never
    key_days_left: Callable[[float], int | None] = lambda _: None
    samples: dict[tuple[str, str], list[tuple[float, float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expires_at: float | None = None
        for number, (start, is_watchdog) in enumerate(sorted(self._invocations())):
            if self.gone(start) or self.throttled(number):
                continue
            self._add(INVOCATIONS, start, 1)
            left = None if expires_at is None else expires_at - start
            kept = (
                is_watchdog and left is not None and left > Default.WATCHDOG_MIN_REMAINING_SECONDS
            )
            failed = not kept and self.fails(start)
            self._add(ERRORS, start, failed)
            if kept or failed or self.waits(start):
                continue
            end = start + self.took(number)
            self._emit(Metric.TOKEN_PUBLISHED, end, 1)
            if expires_at is not None and expires_at - end < MARGIN_REPORTED_BELOW_SECONDS:
                self._emit(Metric.EXPIRY_MARGIN_SECONDS, end, expires_at - end)
            if self.previous_key(start):
                self._emit(Metric.PREVIOUS_KEY_USED, end, 1)
            if (days := self.key_days_left(start)) is not None:
                self._emit(Metric.KEY_DAYS_LEFT, end, days)
            expires_at = start + self.lifetime

    @property
    def published(self) -> list[float]:
        """The seconds at which tokens were published."""
        return [second for second, _ in self.samples[METRIC_NAMESPACE, Metric.TOKEN_PUBLISHED]]

    def _invocations(self) -> Iterator[tuple[float, bool]]:
        for every, is_watchdog in ((self.interval_minutes, False), (1, True)):
            if not (self.watchdog if is_watchdog else self.schedule):
                continue
            for number in itertools.takewhile(
                lambda n, every=every: n * every < self.minutes,  # type: ignore[misc]
                itertools.count(),
            ):
                yield self.begins + number * every * 60 + self.jitter(number), is_watchdog

    def _emit(self, metric: Metric, second: float, value: float) -> None:
        self._add((METRIC_NAMESPACE, metric), second, value)

    def _add(self, metric: tuple[str, str], second: float, value: float) -> None:
        self.samples.setdefault(metric, []).append((second, value))
