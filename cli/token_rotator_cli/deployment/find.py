"""A rotator's deployment, read from the configuration of its function."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from token_rotator.contract import StackOutput, Variable, output_of
from token_rotator.errors import ConfigurationError
from token_rotator.settings import Settings
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.state import FunctionState, state_of
from token_rotator_cli.deployment.target import Target
from token_rotator_cli.errors import CallerError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_lambda.type_defs import FunctionConfigurationResponseTypeDef


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
    def place(self) -> str:
        """Region and account, for people."""
        *_, region, account, _, _ = self.function_arn.split(":")
        return f"{region} of account {account}"

    @property
    def parameter_arn(self) -> str:
        """The parameter's ARN: it is in the function's partition, region and account."""
        _, partition, _, region, account, *_ = self.function_arn.split(":")
        name = self.settings.parameter_name.lstrip("/")
        return f"arn:{partition}:ssm:{region}:{account}:parameter/{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What is known of a rotator before its function is asked for anything."""

    rotator: str
    """As its alarms, metrics and log call it: ``tokens/marketing``."""
    function_arn: str
    parameter_name: str
    stack: str | None
    """None: only the function was named."""


def find_outline(aws: Aws, target: Target) -> Outline:
    """Reads the stack's outputs, or the named function's environment.

    Raises ConfigurationError, CallerError.
    """
    if target.function is not None:
        found = _configuration(aws, target.function)
        variables = _variables(found)
        if not variables.keys() >= {Variable.ROTATOR, Variable.PARAMETER_NAME}:
            Settings.from_environment(variables)  # says what it lacks
        return Outline(
            rotator=variables[Variable.ROTATOR],
            function_arn=_unqualified(found["FunctionArn"]),
            parameter_name=variables[Variable.PARAMETER_NAME],
            stack=None,
        )
    stack = target.stack or ""
    found_stack = _stack(aws, stack)
    outputs = _outputs(found_stack)
    rotator = rotator_in(outputs, target)
    function = outputs[output_of(rotator, StackOutput.FUNCTION_NAME)]
    _, partition, _, region, account, *_ = found_stack["StackId"].split(":")
    return Outline(
        rotator=f"{stack}/{rotator}",
        function_arn=f"arn:{partition}:lambda:{region}:{account}:function:{function}",
        parameter_name=outputs.get(output_of(rotator, StackOutput.PARAMETER_NAME), ""),
        stack=stack,
    )


def find_deployment(aws: Aws, target: Target) -> Deployed:
    """The rotator that is meant. Raises ConfigurationError, CallerError."""
    return deployment_of(
        aws,
        target.function
        or output_for(outputs_of(aws, target.stack or ""), target, StackOutput.FUNCTION_NAME),
    )


def deployment_of(aws: Aws, function: str) -> Deployed:
    """Reads the function's configuration. Raises ConfigurationError, CallerError."""
    found = _configuration(aws, function)
    return Deployed(
        function_arn=_unqualified(found["FunctionArn"]),
        role_arn=found["Role"],
        log_group=found.get("LoggingConfig", {}).get("LogGroup")
        or f"/aws/lambda/{found['FunctionName']}",
        settings=Settings.from_environment(_variables(found)),
        state=state_of(found),
    )


def _configuration(aws: Aws, function: str) -> "FunctionConfigurationResponseTypeDef":
    try:
        with calling("lambda:GetFunctionConfiguration"):
            return aws.functions.get_function_configuration(FunctionName=function)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise ConfigurationError(
            f"There is no function {function} in {aws.functions.meta.region_name}. "
            "Check the account, the region and the name, or deploy the stack."
        ) from None


def _variables(found: "FunctionConfigurationResponseTypeDef") -> Mapping[str, str]:
    environment = found.get("Environment", {})
    if refused := environment.get("Error"):
        raise ConfigurationError(
            f"The function's environment cannot be read ({refused.get('ErrorCode')}). "
            "It is encrypted with a key of its own: ask for kms:Decrypt on it."
        )
    return environment.get("Variables", {})


def _unqualified(function_arn: str) -> str:
    """Schedules name the function without a version or an alias."""
    return ":".join(function_arn.split(":")[:7])


def outputs_of(aws: Aws, stack: str) -> dict[str, str]:
    """Outputs of a stack. Raises ConfigurationError, CallerError."""
    return _outputs(_stack(aws, stack))


def _outputs(stack: "StackTypeDef") -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def _stack(aws: Aws, stack: str) -> "StackTypeDef":
    try:
        with calling("cloudformation:DescribeStacks"):
            (found,) = aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except CallerError as error:
        if error.code != "ValidationError":  # CloudFormation's code for "no such stack"
            raise
        raise ConfigurationError(
            f"There is no stack {stack} in {aws.cloudformation.meta.region_name}. "
            "Check the account, the region and the name, or deploy it."
        ) from None
    return found


def output_for(outputs: Mapping[str, str], target: Target, suffix: StackOutput) -> str:
    """One output of the rotator that is meant. Raises ConfigurationError."""
    return outputs[output_of(rotator_in(outputs, target), suffix)]


def rotator_in(outputs: Mapping[str, str], target: Target) -> str:
    """The name of the rotator that is meant, in the stack. Raises ConfigurationError."""
    suffix = StackOutput.FUNCTION_NAME
    names = sorted(_rotator_of(key.removesuffix(suffix)) for key in outputs if key.endswith(suffix))
    if target.rotator in names:
        return target.rotator
    if target.rotator is None and len(names) == 1:
        return names[0]
    listed = ", ".join(names) or "none"
    if target.rotator is None:
        raise ConfigurationError(
            f"The stack {target.stack} has several rotators. Name one of them: {listed}."
            if names
            else f"The stack {target.stack} has no rotator. Check its name."
        )
    raise ConfigurationError(
        f"The stack {target.stack} has no rotator {target.rotator}. It has: {listed}."
    )


def _rotator_of(output: str) -> str:
    """The rotator ``marketing-data`` for the output prefix ``MarketingData``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", output).lower()
