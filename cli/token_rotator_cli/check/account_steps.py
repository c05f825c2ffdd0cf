"""Steps that show what the account allows, before the first deployment, too."""

from typing import Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.steps import Finding, Result

STAYS_UNRESERVED: Final = 10
"""Lambda refuses a reservation that leaves less; a new account's whole quota is not more.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html says 100, the error of
Lambda's API says 10.
"""

QUOTA: Final = "L-B99A9384"
"""The code of Lambda's "Concurrent executions" in Service Quotas."""


def concurrency(context: CheckContext) -> Finding:
    """The account has a concurrency to reserve, or the function has its own."""
    if context.aws.is_local:
        return Finding(message="a local AWS has no quota", result=Result.UNKNOWN)
    with calling("lambda:GetAccountSettings"):
        limits = context.aws.functions.get_account_settings()["AccountLimit"]
    quota, unreserved = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    reserved = _reserved(context)
    facts = {"quota": quota, "unreserved": unreserved, "reserved": reserved}
    account = f"of the account's {quota}, {unreserved} are unreserved"
    if reserved is not None:
        return Finding(message=f"{reserved} is reserved for the function; {account}", facts=facts)
    if unreserved > STAYS_UNRESERVED:
        return Finding(message=f"none is reserved; {account}", facts=facts)
    return Finding(
        message=f"none is reserved; {account}, and Lambda keeps {STAYS_UNRESERVED} unreserved: a "
        "deployment with reserve_concurrency = true fails (UnreservedConcurrentExecution below its "
        f"minimum value). Ask for more in Service Quotas ({QUOTA}), or deploy with "
        "reserve_concurrency = false, and other functions can keep the rotator from running",
        result=Result.WARNING,
        facts=facts,
    )


def _reserved(context: CheckContext) -> int | None:
    deployed = getattr(context, "deployed", None)
    if deployed is None:
        return None
    with calling("lambda:GetFunctionConcurrency"):
        answer = context.aws.functions.get_function_concurrency(FunctionName=deployed.function_arn)
    return answer.get("ReservedConcurrentExecutions")
