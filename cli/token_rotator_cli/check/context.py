"""The inputs of the steps of ``check``, and their results so far."""

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
    """Shared data of the steps. ``outline`` is set after the step ``rotator``."""

    outline: Outline
    deployed: Deployed
    """Set after the step ``function``."""
    schedules: list[Schedule]
    """Set after the step ``schedules``."""
    alarms: "list[MetricAlarmTypeDef]"
    """Set after the step ``alarms``."""
    log_group: str | None = None
    """None: unknown."""
    rotation: LoggedRotation | None = None
    """The rotation that this command invoked."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.aws: Aws = session.aws

    @property
    def log(self) -> RotationLog | None:
        """The function's log."""
        if self.log_group is None:
            return None
        return RotationLog(self.aws.logs, log_group=self.log_group, now=self.session.clock.now)

    @cached_property
    def attempts(self) -> list[LoggedRotation]:
        """The latest rotations in the log, newest last. Empty if the log cannot be read."""
        try:
            return self.log.attempts() if self.log else []
        except CallerError:
            return []

    @property
    def last(self) -> LoggedRotation | None:
        """The rotation that this command invoked, or else the last one in the log."""
        return self.rotation or (self.attempts[-1] if self.attempts else None)
