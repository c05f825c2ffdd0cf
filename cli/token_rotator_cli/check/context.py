"""What the steps of ``check`` work with, and what they found so far."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.outline import Outline
from token_rotator_cli.deployment.rotation_log import LoggedRotation, RotationLog
from token_rotator_cli.deployment.schedules import Schedule
from token_rotator_cli.errors import CallerError
from token_rotator_cli.session import Session

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef


class CheckContext:
    """``outline`` is there once the step ``rotator`` has ended well."""

    outline: Outline
    deployed: Deployed
    """There once the step ``function`` has ended well."""
    schedules: list[Schedule]
    """There once the step ``schedules`` has ended well."""
    alarms: "list[MetricAlarmTypeDef]"
    """There once the step ``alarms`` has ended well."""
    log_group: str | None = None
    """None: nothing that can be read names it."""
    rotation: LoggedRotation | None = None
    """The one that this command has invoked."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.now: datetime = session.clock.now()

    @property
    def aws(self) -> Aws:
        """The services to call."""
        return self.session.aws

    @property
    def log(self) -> RotationLog | None:
        """The function's log."""
        if self.log_group is None:
            return None
        return RotationLog(self.aws.logs, log_group=self.log_group, now=self.session.clock.now)

    @cached_property
    def attempts(self) -> list[LoggedRotation]:
        """The latest rotations in the log, the newest last; none if it cannot be read."""
        try:
            return self.log.attempts() if self.log else []
        except CallerError:
            return []

    @property
    def last(self) -> LoggedRotation | None:
        """The rotation that was invoked, or else the last one in the log."""
        return self.rotation or (self.attempts[-1] if self.attempts else None)
