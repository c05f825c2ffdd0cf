"""Which deployment is meant, and how is it configured? The function's own configuration says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from token_rotator.contract import StackOutput, output_of
from token_rotator.errors import ConfigurationError
from token_rotator.settings import Settings
from token_rotator_cli.aws import Aws, calling
from token_rotator_cli.errors import CallerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the caller says: a function, or a stack and the rotator in it."""

    function: str | None = None
    stack: str | None = None
    rotator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """One rotator in the account."""

    function_arn: str
    role_arn: str
    log_group: str
    settings: Settings

    @property
    def parameter_arn(self) -> str:
        """In the function's partition, region and account."""
        _, partition, _, region, account, *_ = self.function_arn.split(":")
        name = self.settings.parameter_name.lstrip("/")
        return f"arn:{partition}:ssm:{region}:{account}:parameter/{name}"


def region_of(function: str | None) -> str | None:
    """Where a function is, if it is named by its ARN."""
    parts = (function or "").split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 6 else None  # noqa: PLR2004


def find_deployment(aws: Aws, place: Place) -> Deployed:
    """Reads the function's configuration. Raises ConfigurationError, CallerError."""
    name = place.function or output_for(
        outputs_of(aws, place.stack or ""), place, StackOutput.FUNCTION_NAME
    )
    try:
        with calling("lambda:GetFunctionConfiguration"):
            found = aws.functions.get_function_configuration(FunctionName=name)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise ConfigurationError(
            f"There is no function {name} in {aws.functions.meta.region_name}. "
            "Look at the account, the region and the name, or deploy the stack."
        ) from None
    environment = found.get("Environment", {})
    if refused := environment.get("Error"):
        raise ConfigurationError(
            f"The function's environment cannot be read ({refused.get('ErrorCode')}). "
            "It is encrypted with a key of its own: ask for kms:Decrypt on it."
        )
    variables = environment.get("Variables", {})
    return Deployed(
        # without a version or alias, which schedules do not name
        function_arn=":".join(found["FunctionArn"].split(":")[:7]),
        role_arn=found["Role"],
        log_group=found.get("LoggingConfig", {}).get("LogGroup")
        or f"/aws/lambda/{found['FunctionName']}",
        settings=Settings.from_environment(variables),
    )


def outputs_of(aws: Aws, stack: str) -> dict[str, str]:
    """Raises ConfigurationError, CallerError."""
    try:
        with calling("cloudformation:DescribeStacks"):
            (found,) = aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except CallerError as error:
        if error.code != "ValidationError":  # CloudFormation's word for "no such stack"
            raise
        raise ConfigurationError(
            f"There is no stack {stack} in {aws.cloudformation.meta.region_name}. "
            "Look at the account, the region and the name, or deploy it."
        ) from None
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def output_for(outputs: Mapping[str, str], place: Place, suffix: StackOutput) -> str:
    """One output of the rotator that is meant. Raises ConfigurationError."""
    rotators = {
        _rotator_of(key.removesuffix(suffix)): value
        for key, value in outputs.items()
        if key.endswith(suffix)
    }
    if place.rotator is None and len(rotators) == 1:
        (value,) = rotators.values()
        return value
    if value := outputs.get(output_of(place.rotator or "", suffix), ""):
        return value
    has = ", ".join(sorted(rotators)) or "none"
    if place.rotator is None:
        raise ConfigurationError(f"Say which of the stack's rotators is meant (--rotator): {has}.")
    raise ConfigurationError(
        f"The stack {place.stack} has no rotator {place.rotator}. It has: {has}."
    )


def _rotator_of(output: str) -> str:
    """``MarketingData`` is the output of ``marketing-data``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", output).lower()
