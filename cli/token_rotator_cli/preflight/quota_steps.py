"""Steps that compare the deployment with the account's quotas."""

from typing import Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.deployment.concurrency import (
    MIN_UNRESERVED,
    QUOTA,
    read_concurrency,
    reserved_for,
)
from token_rotator_cli.errors import CallerError
from token_rotator_cli.preflight.context import PreflightContext
from token_rotator_cli.steps import Finding, Result

BUNDLE_BYTES: Final = 5_000_000
"""Minimum size of a function's zip file."""

_FREE: Final = "delete some, or ask for more in Service Quotas"


def concurrency(context: PreflightContext) -> Finding:
    """The account has enough concurrency to reserve."""
    if context.aws.is_local:
        return Finding(message="a local AWS has no quota", result=Result.UNKNOWN)
    account = read_concurrency(context.aws)
    wanted = [one.rotator for one in context.rotators if one.reserves_concurrency]
    if not account.can_reserve(len(wanted)):
        function_arns = {one.rotator: one.function_arn for one in context.deployed}
        wanted = [
            one
            for one in wanted
            if one not in function_arns or reserved_for(context.aws, function_arns[one]) is None
        ]
    facts = {"quota": account.quota, "unreserved": account.unreserved, "reserves": len(wanted)}
    if not wanted or account.can_reserve(len(wanted)):
        return Finding(message=f"{account}", facts=facts)
    return Finding(
        message=f"the deployment reserves {len(wanted)}; {account}, and Lambda keeps "
        f"{MIN_UNRESERVED} unreserved (UnreservedConcurrentExecution below its minimum value). "
        f"Ask for more in Service Quotas ({QUOTA}), or write reserve_concurrency = false "
        "(docs/deploy/troubleshooting.md#a-new-account)",
        result=Result.WRONG,
        facts=facts,
    )


def roles(context: PreflightContext) -> Finding:
    """The added roles are within IAM's quota."""
    return _iam_quota(context, "AWS::IAM::Role", "roles", counted="Roles")


def policies(context: PreflightContext) -> Finding:
    """The added managed policies are within IAM's quota."""
    return _iam_quota(context, "AWS::IAM::ManagedPolicy", "managed policies", counted="Policies")


def _iam_quota(context: PreflightContext, kind: str, what: str, *, counted: str) -> Finding:
    number, limit = context.iam_summary[counted], context.iam_summary[f"{counted}Quota"]
    return _compare(what, number=number, limit=limit, added=_added(context, kind, limit - number))


def rules(context: PreflightContext) -> Finding:
    """The added rules are within the default event bus's quota."""
    with calling("events:ListRules"):
        pages = context.aws.event_rules.get_paginator("list_rules").paginate()
        number = sum(len(page["Rules"]) for page in pages)
    return _service_quota(
        context,
        "AWS::Events::Rule",
        "rules on the default event bus",
        number=number,
        quota=("events", "L-244521F2", 300),
    )


def alarms(context: PreflightContext) -> Finding:
    """The added alarms are within CloudWatch's quota."""
    with calling("cloudwatch:DescribeAlarms"):
        pages = context.aws.cloudwatch.get_paginator("describe_alarms").paginate()
        number = sum(len(page["MetricAlarms"]) for page in pages)
    return _service_quota(
        context,
        "AWS::CloudWatch::Alarm",
        "alarms",
        number=number,
        quota=("monitoring", "L-2FF78D7B", 5000),
    )


def code_storage(context: PreflightContext) -> Finding:
    """The functions' zip files are within Lambda's storage quota."""
    with calling("lambda:GetAccountSettings"):
        response = context.aws.functions.get_account_settings()
        used = response["AccountUsage"]["TotalCodeSize"]
        limit = response["AccountLimit"]["TotalCodeSize"]
    fit = max(0, limit - used) // BUNDLE_BYTES
    added = _added(context, "AWS::Lambda::Function", fit) * BUNDLE_BYTES
    used_mb, limit_mb, added_mb = (round(size / 1_000_000) for size in (used, limit, added))
    return _compare("MB of Lambda's code storage", number=used_mb, limit=limit_mb, added=added_mb)


def _added(context: PreflightContext, kind: str, fit: int) -> int:
    """The number of added resources. Reads existing ones only if needed."""
    planned = sum(stack.resources.get(kind, 0) for stack in context.stacks)
    return planned if planned <= fit else context.added(kind)


def _service_quota(
    context: PreflightContext, kind: str, what: str, *, number: int, quota: tuple[str, str, int]
) -> Finding:
    """Calls Service Quotas only if the documented default would be exceeded."""
    service, code, default = quota
    lowest_default = _LOWEST_DEFAULTS.get(code, default)
    added = _added(context, kind, lowest_default - number)
    if number + added <= lowest_default:
        return _compare(what, number=number, limit=default, added=added)
    try:
        with calling("servicequotas:GetServiceQuota"):
            response = context.aws.quotas.get_service_quota(ServiceCode=service, QuotaCode=code)
            limit = int(response["Quota"]["Value"])
    except CallerError as error:
        message = (
            f"{number} {what}, and the deployment adds {added}; the default quota is {default}"
        )
        return Finding(
            message=f"{message}, and the account's is unknown. {error}",
            result=Result.UNKNOWN,
            error=type(error).__name__,
            facts={"used": number, "added": added},
        )
    return _compare(what, number=number, limit=limit, added=added)


_LOWEST_DEFAULTS: Final = {"L-244521F2": 100}
"""The lowest default of any region.

https://docs.aws.amazon.com/general/latest/gr/ev.html: 100 rules in af-south-1 and eu-south-1.
"""


def _compare(what: str, *, number: int, limit: int, added: int) -> Finding:
    facts = {"used": number, "quota": limit, "added": added}
    message = f"{number} of {limit} {what}; the deployment adds {added}"
    if added and number + added > limit:
        return Finding(message=f"{message}: {_FREE}", result=Result.WRONG, facts=facts)
    return Finding(message=message, facts=facts)
