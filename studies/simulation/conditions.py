"""Conditions of a scenario: how often schedules, services and keys fail."""

from dataclasses import dataclass

from studies.simulation.claims import TRUTHFUL, Claims
from token_rotator.contract import ValueFormat
from token_rotator_cdk.config.defaults import Default


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Shares are from 0 to 1. Times are in seconds unless the name says otherwise."""

    name: str
    days: float = 30.0
    lost: float = 0.01
    """Share of the schedules' events that never reach the function."""
    duplicated: float = 0.001
    """Share of the events that arrive twice. EventBridge Scheduler delivers at least once."""
    failing: float = 0.02
    """Share of the seconds in which a service fails every request, for each service."""
    outage_seconds: float = 45.0
    """Duration of an outage of the identity provider."""
    outage_every_seconds: float = 86_400.0
    """There is one outage in every period of this length, at a random moment."""
    aws_outage_seconds: float = 0.0
    """Duration of a daily outage each of Secrets Manager and Parameter Store. 0 means none."""
    key_changes: bool = False
    """Every other day a new key is stored, and on the days between a wrong one for six hours."""
    recycled_every_hours: float = 2.0
    """How often Lambda replaces the execution environment, which loses the function's caches."""
    skew: float = 30.0
    """The identity provider's clock is wrong by up to this much, in either direction."""
    claims: Claims = TRUTHFUL
    """What the identity provider says about its tokens' lifetimes."""
    token_lifetime_seconds: int = Default.TOKEN_LIFETIME_SECONDS
    """The configured lifetime."""
    value_format: ValueFormat = ValueFormat.RECORD


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
