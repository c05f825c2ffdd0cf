"""How often does a healthy rotator do what? Counts for a month, from its settings.

What one run does is written down here and held against the real function by
tests/unit/cli/costs/test_usage.py; what the stack renders, by tests/infra/test_costs.py.
"""

from dataclasses import dataclass
from typing import Final

from token_rotator.contract import PROFILES, Default
from token_rotator_cdk.config.models import RotatorConfig

HOURS: Final = 730
"""A month."""

ALARMS: Final = 4
"""Each watches one metric; KeyExpiringSoon comes on top where keys expire."""
METRICS: Final = 1
"""Those emitted while all is well: TokenPublished."""

PARAMETER_CALLS: Final = 2
"""Of a warm rotation: look, write. One that keeps the token makes none."""
SECRET_CALLS: Final = 1
DECRYPTIONS: Final = 2
"""Of a rotation, by KMS: what is published, and the secret."""
DATA_KEYS: Final = 1
"""Of a rotation: for what is written."""

ROTATION_SECONDS: Final = 0.5
KEPT_SECONDS: Final = 0.005
"""Assumed, warm, at 256 MB; the function's metric Duration has yours."""

ROTATION_LOG_BYTES: Final = 820
"""The rotation's line and its metrics line."""
KEPT_LOG_BYTES: Final = 360
PLATFORM_LOG_BYTES: Final = 600
"""What Lambda adds to every run: platform.start and platform.report. Believed."""
LOG_EVENT_BYTES: Final = 26
"""What CloudWatch Logs adds to every line: PutLogEvents, API reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """A month of one rotator."""

    runs: float
    rotations: float
    """Runs that obtain and publish a token."""
    own_secret: bool
    secret_key: bool
    """Whether a customer key decrypts the secret, which is charged for each time."""
    alarms: int
    metrics: int
    memory_gb: float

    @property
    def kept(self) -> float:
        """Runs that find life enough."""
        return self.runs - self.rotations

    @property
    def gb_seconds(self) -> float:
        """Of the function."""
        seconds = self.rotations * ROTATION_SECONDS + self.kept * KEPT_SECONDS
        return seconds * self.memory_gb

    @property
    def key_calls(self) -> float:
        """That a customer key answers."""
        return self.rotations * (DECRYPTIONS - (not self.secret_key) + DATA_KEYS)

    @property
    def log_bytes(self) -> float:
        """Of everything in the log group."""
        lines = 4 * self.rotations + 3 * self.kept
        own = self.rotations * ROTATION_LOG_BYTES + self.kept * KEPT_LOG_BYTES
        return own + self.runs * PLATFORM_LOG_BYTES + lines * LOG_EVENT_BYTES


def usage(rotator: RotatorConfig) -> Usage:
    """What a rotator's settings make of a month without failures."""
    scheduled = HOURS * 60 / rotator.interval_minutes
    threshold = rotator.watchdog_min_remaining_seconds
    looks = HOURS * 60 * Default.WATCHDOGS if threshold > 0 else 0
    # between two scheduled tokens, one is replaced whenever its life has sunk to the threshold
    replaced = (60 * rotator.interval_minutes - 1) // (rotator.token_lifetime_seconds - threshold)
    return Usage(
        runs=scheduled + looks,
        rotations=scheduled * (1 + (replaced if looks else 0)),
        own_secret=rotator.secret is None,
        secret_key=rotator.secret is None or rotator.secret.key_arn is not None,
        alarms=ALARMS + (PROFILES[rotator.identity_provider.profile].key_lifetime_days is not None),
        metrics=METRICS,
        memory_gb=rotator.memory_mb / 1024,
    )
