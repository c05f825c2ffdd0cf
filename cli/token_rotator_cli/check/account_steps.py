"""Steps that check the account's limits."""

from token_rotator.contract import RESTORE
from token_rotator.errors import ConfigurationError
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.concurrency import (
    MIN_UNRESERVED,
    QUOTA,
    read_concurrency,
    reserved_for,
    unthrottle_command,
)
from token_rotator_cli.steps import Finding, Result


def concurrency(context: CheckContext) -> Finding:
    """The account has concurrency left to reserve, or the function has its own."""
    outline = getattr(context, "outline", None)
    reserved = None if outline is None else reserved_for(context.aws, outline.function_arn)
    if outline is not None and reserved == 0:
        raise ConfigurationError(
            "0 is reserved for the function, and Lambda refuses every invocation (the console's "
            f"Throttle button sets this): {unthrottle_command(outline.function_arn)}, or {RESTORE}."
        )
    if context.aws.is_local:
        return Finding(message="a local AWS has no quota", result=Result.UNKNOWN)
    account = read_concurrency(context.aws)
    facts = {"quota": account.quota, "unreserved": account.unreserved, "reserved": reserved}
    if reserved is not None:
        return Finding(message=f"{reserved} is reserved for the function; {account}", facts=facts)
    if account.can_reserve(1):
        return Finding(message=f"none is reserved; {account}", facts=facts)
    return Finding(
        message=f"none is reserved; {account}, and Lambda keeps {MIN_UNRESERVED} unreserved: a "
        "deployment with reserve_concurrency = true fails (UnreservedConcurrentExecution below its "
        f"minimum value). Ask for more in Service Quotas ({QUOTA}), or deploy with "
        "reserve_concurrency = false, but other functions can then keep the rotator from running",
        result=Result.WARNING,
        facts=facts,
    )
