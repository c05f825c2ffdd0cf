"""A rotator's deployment, read from the configuration of its function.

The function is named by the command line or by an output of the stack. A stack of somebody's own
CDK app has no such outputs: there it is the one whose environment names the rotator.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from token_rotator.contract import StackOutput, output_of
from token_rotator.errors import ConfigurationError
from token_rotator.settings import Settings
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.inventory import rotators_in
from token_rotator_cli.deployment.stack_resources import resources_of
from token_rotator_cli.deployment.state import FunctionState, state_of
from token_rotator_cli.deployment.target import Target
from token_rotator_cli.errors import CallerError
from token_rotator_cli.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """One rotator in the account."""

    function_arn: str
    """Without a version or an alias."""
    role_arn: str
    log_group: str
    settings: Settings
    state: FunctionState

    @property
    def place(self) -> Place:
        """Where it is. A rotator's name begins with the stack's unless an app chose another."""
        *_, region, account, _, _ = self.function_arn.split(":")
        *stacks, rotator = self.settings.rotator.split("/", 1)
        return Place(account=account, region=region, stacks=tuple(stacks), rotators=(rotator,))

    @property
    def parameter_arn(self) -> str:
        """The parameter's ARN: it is in the function's partition, region and account."""
        _, partition, _, region, account, *_ = self.function_arn.split(":")
        name = self.settings.parameter_name.lstrip("/")
        return f"arn:{partition}:ssm:{region}:{account}:parameter/{name}"


def find_deployment(aws: Aws, target: Target) -> Deployed:
    """Reads the function's configuration. Raises ConfigurationError, CallerError."""
    name = target.function or _function_of(aws, target)
    try:
        with calling("lambda:GetFunctionConfiguration"):
            found = aws.functions.get_function_configuration(FunctionName=name)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise ConfigurationError(
            f"There is no function {name} in {aws.functions.meta.region_name}"
            f"{_elsewhere(aws, target)}. Check the account, the region and the name, or deploy the "
            "stack."
        ) from None
    environment = found.get("Environment", {})
    if refused := environment.get("Error"):
        raise ConfigurationError(
            f"The function's environment cannot be read ({refused.get('ErrorCode')}). "
            "It is encrypted with a key of its own: ask for kms:Decrypt on it."
        )
    variables = environment.get("Variables", {})
    return Deployed(
        # schedules name the function without a version or an alias
        function_arn=":".join(found["FunctionArn"].split(":")[:7]),
        role_arn=found["Role"],
        log_group=found.get("LoggingConfig", {}).get("LogGroup")
        or f"/aws/lambda/{found['FunctionName']}",
        settings=Settings.from_environment(variables),
        state=state_of(found),
    )


def _function_of(aws: Aws, target: Target) -> str:
    outputs = outputs_of(aws, target)
    if any(key.endswith(StackOutput.FUNCTION_NAME) for key in outputs):
        return output_for(outputs, target, StackOutput.FUNCTION_NAME)
    stack = target.stack or ""
    functions = resources_of(aws, stack).of("AWS::Lambda::Function")
    rotators = {
        one.rotator.removeprefix(f"{stack}/"): one.function_arn
        for one in (rotators_in(aws) if functions else ())
        if one.function_arn.rpartition(":")[2] in functions
    }
    return rotators.get(target.rotator or "") or _only_one(rotators, target)


def outputs_of(aws: Aws, target: Target) -> dict[str, str]:
    """Outputs of the target's stack. Raises ConfigurationError, CallerError."""
    stack = target.stack or ""
    try:
        with calling("cloudformation:DescribeStacks"):
            (found,) = aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except CallerError as error:
        if error.code != "ValidationError":  # CloudFormation's code for "no such stack"
            raise
        raise ConfigurationError(
            f"There is no stack {stack} in {aws.cloudformation.meta.region_name}"
            f"{_elsewhere(aws, target)}. "
            "Check the account, the region and the name, or deploy it."
        ) from None
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def _elsewhere(aws: Aws, target: Target) -> str:
    """The region that the file names, where --region names another one."""
    if target.region in (None, aws.region):
        return ""
    return f", and the configuration names {target.region}"


def output_for(outputs: Mapping[str, str], target: Target, suffix: StackOutput) -> str:
    """One output of the rotator that is meant. Raises ConfigurationError."""
    rotators = {
        _rotator_of(key.removesuffix(suffix)): value
        for key, value in outputs.items()
        if key.endswith(suffix)
    }
    return outputs.get(output_of(target.rotator or "", suffix)) or _only_one(rotators, target)


def _only_one(rotators: Mapping[str, str], target: Target) -> str:
    """What is the only rotator's, if none is named. Raises ConfigurationError."""
    if target.rotator is None and len(rotators) == 1:
        (value,) = rotators.values()
        return value
    names = ", ".join(sorted(rotators)) or "none"
    if target.rotator is None:
        raise ConfigurationError(
            f"The stack {target.stack} has several rotators. Name one of them: {names}."
            if rotators
            else f"The stack {target.stack} has no rotator. Check its name."
        )
    raise ConfigurationError(
        f"The stack {target.stack} has no rotator {target.rotator}. It has: {names}."
    )


def _rotator_of(output: str) -> str:
    """The rotator ``marketing-data`` for the output prefix ``MarketingData``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", output).lower()
