"""Reads the configuration of a function from Lambda."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from token_rotator.errors import ConfigurationError
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.target import Target
from token_rotator_cli.errors import CallerError

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import FunctionConfigurationResponseTypeDef


def read_function(
    aws: Aws, function: str, target: Target
) -> "FunctionConfigurationResponseTypeDef":
    """``function`` is a name or an ARN. Raises ConfigurationError, CallerError."""
    try:
        with calling("lambda:GetFunctionConfiguration"):
            return aws.functions.get_function_configuration(FunctionName=function)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise ConfigurationError(
            f"The function {function} does not exist in {aws.functions.meta.region_name}"
            f"{region_note(aws, target)}. Check the account, the region and the name, or deploy "
            "the stack."
        ) from None


def environment_of(function: "FunctionConfigurationResponseTypeDef") -> Mapping[str, str]:
    """The function's environment variables. Raises ConfigurationError."""
    environment = function.get("Environment", {})
    if refused := environment.get("Error"):
        raise ConfigurationError(
            f"The function's environment cannot be read ({refused.get('ErrorCode')}). "
            "It is encrypted with its own key: ask for kms:Decrypt on it."
        )
    return environment.get("Variables", {})


def unqualified(function_arn: str) -> str:
    """The ARN without a version or an alias, as schedules name the function."""
    return ":".join(function_arn.split(":")[:7])


def region_note(aws: Aws, target: Target) -> str:
    """A note on the file's region, if --region differs from it."""
    if target.region in (None, aws.region):
        return ""
    return f", but the configuration names {target.region}"
