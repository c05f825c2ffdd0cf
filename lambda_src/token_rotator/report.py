"""The report of one rotation, filled in step by step so that failures are reported too."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from token_rotator.contract import Outcome, Trigger
from token_rotator.parameter.record import Record
from token_rotator.steps import Steps


@dataclass(slots=True, kw_only=True)
class Report:
    """The report of one rotation. It contains no secrets."""

    now: Callable[[], datetime] = field(repr=False)
    trigger: str = Trigger.MANUAL
    request_id: str | None = None
    """The invocation's request ID, as in Lambda's own log lines."""
    outcome: Outcome = Outcome.FAILED
    steps: Steps = field(init=False)
    life_left_before: timedelta | None = None
    """The remaining lifetime of the previously published token. None: there was none."""
    token_requests: int = 0
    secret_version: str | None = None
    """The version of the last credential used."""
    key: str | None = None
    """Type and size of the last key used."""
    key_age_days: int | None = None
    key_days_left: int | None = None
    """Days until the key expires. None: unknown."""
    previous_key_used: bool = False
    token_lifetime: timedelta | None = None
    expires_at: datetime | None = None
    replaced_token_expires_at: datetime | None = None
    """Expiry of the replaced token. None: there was none."""
    published_at: datetime | None = None
    parameter_version: int | None = None
    token_fingerprint: str | None = None
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = Steps(now=self.now)

    @property
    def failed_secret_version(self) -> str | None:
        """The secret's current version, if it was read and another version or none was used."""
        current = self.steps.current_secret_version
        return None if current == self.secret_version else current

    @property
    def margin(self) -> timedelta | None:
        """The replaced token's remaining lifetime when the new one was published."""
        if self.published_at is None or self.replaced_token_expires_at is None:
            return None
        return self.replaced_token_expires_at - self.published_at

    def set_token(self, record: Record) -> None:
        """Records the token's lifetime, expiry and fingerprint."""
        self.token_lifetime = record.expires_at - record.issued_at
        self.expires_at = record.expires_at
        self.token_fingerprint = fingerprint(record)


def fingerprint(record: Record) -> str:
    """The first 12 hex digits of the token's SHA-256, which identify it without disclosing it."""
    return hashlib.sha256(record.access_token.encode()).hexdigest()[:12]
