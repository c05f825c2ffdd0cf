"""Which world is simulated? How often things go wrong, in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Shares are between 0 and 1; times are seconds unless the name says otherwise."""

    name: str
    days: float = 30.0
    lost: float = 0.01
    """Share of the schedules' firings that never reach the function."""
    duplicated: float = 0.001
    """Share of the firings that reach it twice: EventBridge Scheduler is at-least-once."""
    failing: float = 0.02
    """Share of the seconds in which a service fails whoever asks, of each service."""
    outage_seconds: float = 45.0
    """How long an outage of the identity provider lasts."""
    outage_every_seconds: float = 86_400.0
    """One in every stretch of this length, at any moment of it."""
    aws_outage_seconds: float = 0.0
    """Once a day Secrets Manager, and once Parameter Store, is out for this long; 0: never."""
    key_changes: bool = False
    """Every other day a new key, and in between a bad one, which is repaired after hours."""
    recycled_every_hours: float = 2.0
    """Lambda replaces the execution environment: caches are lost, a cold start follows."""
    skew: float = 30.0
    """The identity provider's clock is wrong by up to this much, either way."""


HEALTHY = Conditions(name="healthy", days=20, lost=0, duplicated=0, failing=0, outage_seconds=0)
BASELINE = Conditions(name="baseline")
HARSH = Conditions(
    name="harsh",
    lost=0.03,
    duplicated=0.01,
    failing=0.05,
    outage_seconds=90,
    aws_outage_seconds=60,
    key_changes=True,
)
