"""Finds a rotator's function without reading the function itself.

The function comes from the command line or an output of the stack. The stack of a custom CDK app
has no such outputs: there, the function is found by the environment that names the rotator.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from token_rotator.contract import StackOutput, Variable, output_of
from token_rotator.errors import ConfigurationError
from token_rotator.settings import Settings
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.function import (
    environment_of,
    read_function,
    region_note,
    unqualified,
)
from token_rotator_cli.deployment.inventory import rotators_in
from token_rotator_cli.deployment.stack_resources import resources_of
from token_rotator_cli.deployment.target import Target
from token_rotator_cli.errors import CallerError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A rotator and its function."""

    rotator: str
    """Its name in alarms, metrics and logs, such as ``tokens/marketing``."""
    function_arn: str
    """Without a version or an alias."""
    parameter_name: str
    stack: str | None
    """None: only the function is known."""


def find_outline(aws: Aws, target: Target) -> Outline:
    """Finds the target's rotator. Raises ConfigurationError, CallerError."""
    if target.function is not None:
        return _outline_of_function(aws, target.function, target)
    stack = _stack(aws, target)
    outputs = _outputs(stack)
    if not any(key.endswith(StackOutput.FUNCTION_NAME) for key in outputs):
        return _outline_in_app(aws, target)
    rotator, function = _chosen(_by_rotator(outputs, target, StackOutput.FUNCTION_NAME), target)
    _, partition, _, region, account, *_ = stack["StackId"].split(":")
    return Outline(
        rotator=f"{target.stack}/{rotator}",
        function_arn=f"arn:{partition}:lambda:{region}:{account}:function:{function}",
        parameter_name=outputs.get(output_of(rotator, StackOutput.PARAMETER_NAME), ""),
        stack=target.stack,
    )


def outputs_of(aws: Aws, target: Target) -> dict[str, str]:
    """Outputs of the target's stack. Raises ConfigurationError, CallerError."""
    return _outputs(_stack(aws, target))


def output_for(outputs: Mapping[str, str], target: Target, suffix: StackOutput) -> str:
    """One output of the target's rotator. Raises ConfigurationError."""
    return _chosen(_by_rotator(outputs, target, suffix), target)[1]


def _outline_of_function(aws: Aws, function: str, target: Target) -> Outline:
    found = read_function(aws, function, target)
    variables = environment_of(found)
    if not variables.keys() >= {Variable.ROTATOR, Variable.PARAMETER_NAME}:
        Settings.from_environment(variables)  # raises with what is missing
    return Outline(
        rotator=variables[Variable.ROTATOR],
        function_arn=unqualified(found["FunctionArn"]),
        parameter_name=variables[Variable.PARAMETER_NAME],
        stack=None,
    )


def _outline_in_app(aws: Aws, target: Target) -> Outline:
    """Finds the rotator by the environments of the stack's functions."""
    stack = target.stack or ""
    functions = resources_of(aws, stack).of("AWS::Lambda::Function")
    rotators = {
        one.rotator.removeprefix(f"{stack}/"): one
        for one in (rotators_in(aws) if functions else ())
        if one.function_arn.rpartition(":")[2] in functions
    }
    _, found = _chosen(rotators, target)
    return Outline(
        rotator=found.rotator,
        function_arn=found.function_arn,
        parameter_name=found.parameter_name,
        stack=stack,
    )


def _stack(aws: Aws, target: Target) -> "StackTypeDef":
    stack = target.stack or ""
    try:
        with calling("cloudformation:DescribeStacks"):
            (found,) = aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except CallerError as error:
        if error.code != "ValidationError":  # CloudFormation's code for a missing stack
            raise
        raise ConfigurationError(
            f"The stack {stack} does not exist in {aws.cloudformation.meta.region_name}"
            f"{region_note(aws, target)}. "
            "Check the account, the region and the name, or deploy it."
        ) from None
    return found


def _outputs(stack: "StackTypeDef") -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def _by_rotator(
    outputs: Mapping[str, str], target: Target, suffix: StackOutput
) -> Mapping[str, str]:
    """One output of each rotator, or of the named one."""
    if target.rotator and (output := outputs.get(output_of(target.rotator, suffix))):
        return {target.rotator: output}
    return {
        _rotator_of(key.removesuffix(suffix)): value
        for key, value in outputs.items()
        if key.endswith(suffix)
    }


def _chosen(rotators: Mapping[str, T], target: Target) -> tuple[str, T]:
    """Selects the target's rotator. Raises ConfigurationError."""
    if target.rotator is not None and target.rotator in rotators:
        return target.rotator, rotators[target.rotator]
    if target.rotator is None and len(rotators) == 1:
        (only,) = rotators.items()
        return only
    names = ", ".join(sorted(rotators)) or "none"
    if target.rotator is None:
        raise ConfigurationError(
            f"The stack {target.stack} has several rotators. Choose one of them: {names}."
            if rotators
            else f"The stack {target.stack} has no rotator. Check its name."
        )
    raise ConfigurationError(
        f"The stack {target.stack} has no rotator {target.rotator}. It has: {names}."
    )


def _rotator_of(output: str) -> str:
    """The rotator ``marketing-data`` for the output prefix ``MarketingData``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", output).lower()
