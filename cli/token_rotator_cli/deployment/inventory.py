"""Lists the rotators of the account and region, by the environment of their functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from token_rotator.contract import Variable
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws

_READ: Final = frozenset(
    {
        Variable.ROTATOR,
        Variable.PARAMETER_NAME,
        Variable.SECRET_ARN,
        Variable.PARAMETER_KEY_ARN,
        Variable.VALUE_FORMAT,
        Variable.TOKEN_LIFETIME_SECONDS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedRotator:
    """A rotator as its function's environment describes it, for any release."""

    function_arn: str
    rotator: str
    parameter_name: str
    secret_arn: str
    key_arn: str
    """The key of the parameter, and of the secret if the stack created it."""
    role_arn: str
    """The function's role."""
    value_format: str
    token_lifetime_seconds: str

    @property
    def secret_name(self) -> str:
        """The secret's name, from its ARN without the six random characters."""
        return self.secret_arn.rpartition(":secret:")[2][:-7]

    @property
    def stack(self) -> str:
        """The stack's name. A rotator's name begins with it, unless an app sets another name."""
        return self.rotator.partition("/")[0]


def rotators_in(aws: Aws) -> Iterator[DeployedRotator]:
    """The rotators that the caller can list. Raises CallerError.

    Makes one call per 50 functions in the region.
    """
    with calling("lambda:ListFunctions"):
        for page in aws.function_list.get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                variables = function.get("Environment", {}).get("Variables", {})
                if variables.keys() >= _READ:
                    yield DeployedRotator(
                        function_arn=function["FunctionArn"],
                        rotator=variables[Variable.ROTATOR],
                        parameter_name=variables[Variable.PARAMETER_NAME],
                        secret_arn=variables[Variable.SECRET_ARN],
                        key_arn=variables[Variable.PARAMETER_KEY_ARN],
                        role_arn=function["Role"],
                        value_format=variables[Variable.VALUE_FORMAT],
                        token_lifetime_seconds=variables[Variable.TOKEN_LIFETIME_SECONDS],
                    )
