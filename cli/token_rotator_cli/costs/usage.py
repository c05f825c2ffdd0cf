"""Monthly usage of a rotator without failures, by item.

tests/unit/cli/costs/test_usage.py compares the numbers with the real function, and
tests/infra/test_costs.py with the stack's template.
"""

from typing import Final

from token_rotator_cdk.config.defaults import PROFILES, Default
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import Architecture, StackConfig

HOURS: Final = 730
"""Hours per month."""

ALARMS: Final = 4
"""One metric each. Plus FunctionNotInvoked with watchdogs, and KeyExpiringSoon if keys expire.
"""
METRICS: Final = 1
"""TokenPublished. The others are emitted only on problems."""

PARAMETER_CALLS: Final = 2
"""Read and write, per rotation. A run that keeps the token makes no call."""
SECRET_CALLS: Final = 1
DECRYPTIONS: Final = 2
"""KMS calls per rotation: the published token and the secret."""
DATA_KEYS: Final = 1
"""KMS calls per rotation: for the new token."""

ROTATION_SECONDS: Final = 0.5
KEPT_SECONDS: Final = 0.005
"""Assumption for a warm function with 256 MB."""

ROTATION_LOG_BYTES: Final = 1260
"""The rotation's line and its metrics line."""
KEPT_LOG_BYTES: Final = 360
"""Log of a run that keeps the token or notes an event."""
PLATFORM_LOG_BYTES: Final = 600
"""Lambda's own lines per run, platform.start and platform.report. An assumption."""
LOG_EVENT_BYTES: Final = 26
"""CloudWatch Logs adds them to every line: PutLogEvents, API reference."""


_DURATION: Final = {
    Architecture.ARM64: "function: duration",
    Architecture.X86_64: "function: duration (x86_64)",
}


def usage_of_rotator(rotator: RotatorConfig, architecture: Architecture) -> dict[str, float]:
    """Monthly usage of a rotator, by item."""
    runs, rotations = runs_and_rotations(rotator)
    watchdogs = rotator.watchdog_min_remaining_seconds > 0
    noted = rotations if watchdogs else 0.0  # the event of each write
    invoked = runs + noted
    kept = invoked - rotations
    own_secret = rotator.secret is None
    secret_has_customer_key = rotator.secret is None or rotator.secret.key_arn is not None
    keys_expire = PROFILES[rotator.identity_provider.profile].key_lifetime_days
    log_lines = 4 * rotations + 3 * kept
    seconds = rotations * ROTATION_SECONDS + kept * KEPT_SECONDS
    return {
        "secret": float(own_secret),
        "secret: calls": rotations * SECRET_CALLS,
        "parameter": 1.0,
        "parameter: calls": rotations * PARAMETER_CALLS,
        "customer key: calls": rotations
        * (DATA_KEYS + DECRYPTIONS - (0 if secret_has_customer_key else 1)),
        "alarms": ALARMS + watchdogs + (keys_expire is not None),
        "metrics": METRICS,
        "schedules": runs,
        "function: requests": invoked,
        _DURATION[architecture]: seconds * rotator.memory_mb / 1024,
        "logs": rotations * ROTATION_LOG_BYTES
        + kept * KEPT_LOG_BYTES
        + invoked * PLATFORM_LOG_BYTES
        + log_lines * LOG_EVENT_BYTES,
    }


def usage_of_stack(stack: StackConfig) -> dict[str, float]:
    """Monthly usage of a stack's shared resources, by item."""
    return {"customer key": float(stack.key_arn is None), "dashboard": float(stack.dashboard)}


def runs_and_rotations(rotator: RotatorConfig) -> tuple[float, float]:
    """The numbers of all runs per month, and of rotations."""
    scheduled = HOURS * 60 / rotator.interval_minutes
    threshold = rotator.watchdog_min_remaining_seconds
    if threshold == 0:
        return scheduled, scheduled
    # a watchdog replaces the token as soon as its remaining lifetime is below the threshold
    replaced = (60 * rotator.interval_minutes - 1) // (rotator.token_lifetime_seconds - threshold)
    return scheduled + HOURS * 60 * Default.WATCHDOGS, scheduled * (1 + replaced)
