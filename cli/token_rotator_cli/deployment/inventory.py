"""Every rotator of the account and region, by the environments of their functions."""

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
    """What a function's environment tells of its rotator, which any release may have deployed."""

    function_arn: str
    rotator: str
    parameter_name: str
    secret_arn: str
    key_arn: str
    """Of the key that encrypts the parameter, and the secret if the stack created it."""
    role_arn: str
    """Of the function's role."""
    value_format: str
    token_lifetime_seconds: str

    @property
    def secret_name(self) -> str:
        """The secret's name: to its ARN, Secrets Manager adds a hyphen and six characters."""
        return self.secret_arn.rpartition(":secret:")[2][:-7]

    @property
    def stack(self) -> str:
        """The stack's name, with which a rotator's name begins unless an app chose another."""
        return self.rotator.partition("/")[0]


def rotators_in(aws: Aws) -> Iterator[DeployedRotator]:
    """The rotators that the caller can see. Raises CallerError.

    One call for each 50 functions of the region, no matter who deployed them.
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
