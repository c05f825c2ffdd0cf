"""The account's concurrency and reservations."""

from dataclasses import dataclass
from typing import Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError

MIN_UNRESERVED: Final = 10
"""Minimum that must stay unreserved. A new account's whole quota may be as low.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html says 100, but the error
of Lambda's API says 10.
"""

QUOTA: Final = "L-B99A9384"
"""The code of Lambda's "Concurrent executions" in Service Quotas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConcurrency:
    """Concurrent executions of the account in the region."""

    quota: int
    unreserved: int

    def __str__(self) -> str:
        return f"of the account's {self.quota}, {self.unreserved} are unreserved"

    def can_reserve(self, number: int) -> bool:
        """Whether this number can be reserved."""
        return self.unreserved - number >= MIN_UNRESERVED


def read_concurrency(aws: Aws) -> AccountConcurrency:
    """Raises CallerError."""
    with calling("lambda:GetAccountSettings"):
        limits = aws.functions.get_account_settings()["AccountLimit"]
    return AccountConcurrency(
        quota=limits["ConcurrentExecutions"], unreserved=limits["UnreservedConcurrentExecutions"]
    )


def reserved_for(aws: Aws, function_arn: str) -> int | None:
    """A function's reserved concurrency, if any. Raises CallerError."""
    try:
        with calling("lambda:GetFunctionConcurrency"):
            answer = aws.functions.get_function_concurrency(FunctionName=function_arn)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        return None
    return answer.get("ReservedConcurrentExecutions")


def unthrottle_command(function_arn: str) -> str:
    """The command that lets a function run again for which 0 is reserved."""
    return (
        f"aws lambda put-function-concurrency --function-name {function_arn.rpartition(':')[2]} "
        "--reserved-concurrent-executions 1"
    )
