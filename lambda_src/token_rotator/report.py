"""What happened in one rotation? Filled in on the way, so that a failure leaves a report too."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from token_rotator.contract import Outcome, RotationStep, Trigger
from token_rotator.parameter.record import Record


@dataclass(slots=True, kw_only=True)
class Report:
    """One rotation, without a secret in it."""

    now: Callable[[], datetime] = field(repr=False)
    trigger: str = Trigger.MANUAL
    request_id: str | None = None
    """Of the invocation, as Lambda's own log lines have it."""
    outcome: Outcome = Outcome.FAILED
    life_left_before: timedelta | None = None
    """Of the token that was found published; None: there was none."""
    token_requests: int = 0
    secret_version: str | None = None
    key_days_left: int | None = None
    """Of the key that was used last; None: unknown."""
    previous_key_used: bool = False
    expires_at: datetime | None = None
    replaced_token_expires_at: datetime | None = None
    """Of the token that was published when the new one was written; None: there was none."""
    published_at: datetime | None = None
    parameter_version: int | None = None
    token_fingerprint: str | None = None
    warnings: list[str] = field(default_factory=list)
    durations: dict[RotationStep, timedelta] = field(default_factory=dict)

    @property
    def margin(self) -> timedelta | None:
        """Life that the replaced token had left when the new one was there for consumers."""
        if self.published_at is None or self.replaced_token_expires_at is None:
            return None
        return self.replaced_token_expires_at - self.published_at

    @contextmanager
    def timed(self, step: RotationStep) -> Iterator[None]:
        """Adds what the block takes to the step's duration."""
        begun = self.now()
        try:
            yield
        finally:
            self.durations[step] = self.durations.get(step, timedelta()) + self.now() - begun

    def obtained(self, record: Record) -> None:
        """Remembers the token by its fingerprint."""
        self.expires_at = record.expires_at
        self.token_fingerprint = fingerprint(record)


def fingerprint(record: Record) -> str:
    """The first 12 hex digits of the token's SHA-256: names it without giving it away."""
    return hashlib.sha256(record.access_token.encode()).hexdigest()[:12]
