"""The options of a live check, and the results of its steps so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.clock import Clock
from token_rotator_cli.console import Console
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.schedules import Schedule
from token_rotator_cli.deployment.stack_resources import StackResources, resources_of
from token_rotator_cli.deployment.target import Target
from token_rotator_cli.live_check.invocations import Invocation
from token_rotator_cli.session import Session

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCheckOptions:
    """The options of the command."""

    invocations: int
    """The number of scheduled invocations for which the log is read."""
    alarm: str | None = None
    """The alarm to set to ALARM."""
    report: Path | None = None
    """The file for the report."""
    expire: timedelta | None = None
    """How long to wait for the deletion of an expired parameter. None: do not create one."""
    run: str = field(default_factory=lambda: uuid4().hex[:8])
    """Part of the name of the parameter that this run creates."""


class LiveCheckContext:
    """Shared data of the steps. An attribute without a default is set after its step."""

    outputs: dict[str, str]
    deployed: Deployed
    schedules: list[Schedule]
    invocations: Sequence[Invocation]
    """Invocations in the last ``LiveCheck.invocations`` periods of the schedule, oldest first."""
    alarms: "dict[str, MetricAlarmTypeDef]"
    """Alarms by the last part of their name."""

    def __init__(self, session: Session, options: LiveCheckOptions) -> None:
        self.aws: Aws = session.aws
        self.target: Target = session.target
        self.console: Console = session.console
        self.clock: Clock = session.clock
        self.options = options

    @cached_property
    def stack_resources(self) -> StackResources:
        """The stack's resources. Raises CallerError."""
        return resources_of(self.aws, self.target.stack or "")
