"""What do the steps ask, and what did they find so far?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from token_rotator_cli.console import Console
from token_rotator_cli.deployment import Deployed, Place
from token_rotator_cli.live_check.aws import LiveAws
from token_rotator_cli.live_check.invocations import Invocation
from token_rotator_cli.live_check.waiting import Clock
from token_rotator_cli.schedules import Schedule

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the operator wants to be shown besides what reading shows."""

    place: Place
    firings: int
    """How many firings of the schedule the log is read for."""
    ring: str | None = None
    """The alarm that is to ring."""
    expire: timedelta | None = None
    """How long a parameter may outlive its Expiration; None: none is planted."""
    run: str = field(default_factory=lambda: uuid4().hex[:8])
    """Tells this run's parameter from another's."""


class LiveCheckContext:
    """An attribute is there once its step has ended well."""

    outputs: dict[str, str]
    deployed: Deployed
    schedules: list[Schedule]
    invocations: Sequence[Invocation]
    """Of the last ``Asked.firings`` firings, the oldest first."""
    alarms: "dict[str, MetricAlarmTypeDef]"
    """By the last part of their name."""

    def __init__(self, aws: LiveAws, asked: Asked, console: Console, clock: Clock) -> None:
        self.aws = aws
        self.asked = asked
        self.console = console
        self.clock = clock
