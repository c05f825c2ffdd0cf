"""Finds a deployed rotator by the configuration of its function."""

from dataclasses import dataclass

from token_rotator.settings import Settings
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.function import environment_of, read_function, unqualified
from token_rotator_cli.deployment.outline import find_outline
from token_rotator_cli.deployment.state import FunctionState, state_of
from token_rotator_cli.deployment.target import Target
from token_rotator_cli.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A deployed rotator."""

    function_arn: str
    """Without a version or an alias."""
    role_arn: str
    log_group: str
    settings: Settings
    state: FunctionState

    @property
    def place(self) -> Place:
        """Its place. A rotator's name begins with the stack's, unless an app sets another name."""
        *_, region, account, _, _ = self.function_arn.split(":")
        *stacks, rotator = self.settings.rotator.split("/", 1)
        return Place(account=account, region=region, stacks=tuple(stacks), rotators=(rotator,))

    @property
    def parameter_arn(self) -> str:
        """The parameter's ARN, in the function's partition, region and account."""
        _, partition, _, region, account, *_ = self.function_arn.split(":")
        name = self.settings.parameter_name.lstrip("/")
        return f"arn:{partition}:ssm:{region}:{account}:parameter/{name}"


def find_deployment(aws: Aws, target: Target) -> Deployed:
    """Finds the target's rotator. Raises ConfigurationError, CallerError."""
    function = target.function or find_outline(aws, target).function_arn
    return deployment_of(aws, function, target)


def deployment_of(aws: Aws, function: str, target: Target) -> Deployed:
    """Reads the function's configuration. Raises ConfigurationError, CallerError."""
    found = read_function(aws, function, target)
    return Deployed(
        function_arn=unqualified(found["FunctionArn"]),
        role_arn=found["Role"],
        log_group=found.get("LoggingConfig", {}).get("LogGroup")
        or f"/aws/lambda/{found['FunctionName']}",
        settings=Settings.from_environment(environment_of(found)),
        state=state_of(found),
    )
