"""Objects that every command that calls AWS needs."""

from dataclasses import dataclass

from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.clock import Clock
from token_rotator_cli.console import Console
from token_rotator_cli.deployment.find import Deployed, find_deployment
from token_rotator_cli.deployment.rotation_log import RotationLog
from token_rotator_cli.deployment.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One run of a command."""

    aws: Aws
    target: Target
    console: Console
    clock: Clock

    def find_deployment(self) -> Deployed:
        """Finds the target's rotator. Raises ConfigurationError, CallerError."""
        with self.console.progress("Calling AWS"):
            found = find_deployment(self.aws, self.target)
        self.console.place = found.place
        return found

    def rotation_log(self, deployed: Deployed) -> RotationLog:
        """The log of the rotator's function."""
        return RotationLog(self.aws.logs, log_group=deployed.log_group, now=self.clock.now)
