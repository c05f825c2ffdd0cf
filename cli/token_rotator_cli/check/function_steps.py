"""Steps that find the rotator, and check whether Lambda can run its function."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from token_rotator.contract import RESTORE, output_of
from token_rotator.errors import ConfigurationError
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.find import deployment_of
from token_rotator_cli.deployment.outline import find_outline
from token_rotator_cli.deployment.stack_resources import resources_of
from token_rotator_cli.deployment.state import Status
from token_rotator_cli.errors import CallerError
from token_rotator_cli.steps import Finding, Result

PAGE: Final = "docs/network/vpc.md"

FIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "EniLimitExceeded": "a quota of network interfaces is reached: delete unused ones, or ask "
        "for more in Service Quotas (AWS Lambda, Elastic network interfaces per VPC; Amazon VPC, "
        "Network interfaces per Region)",
        "SubnetOutOfIPAddresses": "a subnet has no free addresses: free some, or set larger "
        "subnets in subnet_ids",
        "InvalidSubnet": "a subnet in subnet_ids does not exist, is in another VPC, or is not "
        "dual-stack (allow_ipv6_for_dual_stack): set existing subnets of one VPC",
        "InvalidSecurityGroup": "a group in security_group_ids does not exist or is in another "
        "VPC: set groups of the subnets' VPC",
        "InsufficientRolePermissions": "the function's role may not create network interfaces: "
        f"{RESTORE}, or find the permissions boundary or service control policy that denies "
        "ec2:CreateNetworkInterface",
        "EC2RequestLimitExceeded": "EC2 throttles the account's requests: deploy again in a few "
        "minutes",
        "DisallowedByVpcEncryptionControl": "the VPC's encryption control does not allow Lambda "
        "functions: ask the network team for an exclusion, or set subnets of another VPC",
        "InvalidConfiguration": "the deployed settings conflict; the reason names them: "
        "correct rotators.toml and deploy",
        "InternalError": "AWS failed: deploy again, and check the AWS Health Dashboard",
    }
)
"""Fixes by Lambda's reason code.

https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
"""

_ACTIVE: Final = "Active"
_PENDING: Final = "Pending"
_INACTIVE: Final = "Inactive"
_FAILED: Final = "Failed"
_IN_PROGRESS: Final = "InProgress"
_IDLE: Final = frozenset({"", "Idle"})


def rotator(context: CheckContext) -> Finding:
    """The stack has this rotator, or the function belongs to one."""
    context.outline = outline = find_outline(context.aws, context.session.target)
    *_, region, account, _, name = outline.function_arn.split(":")
    return Finding(
        message=f"{outline.rotator}, in {region} of account {account}: the function {name}, which "
        f"publishes in {outline.parameter_name}",
        facts={
            "rotator": outline.rotator,
            "function": outline.function_arn,
            "parameter": outline.parameter_name,
        },
    )


def function(context: CheckContext) -> Finding:
    """The function exists, and its environment is complete."""
    try:
        context.deployed = deployment_of(
            context.aws, context.outline.function_arn, context.session.target
        )
    except (ConfigurationError, CallerError):
        context.log_group = _log_group(context)
        raise
    context.log_group = context.deployed.log_group
    return Finding(message="its environment is complete")


def _log_group(context: CheckContext) -> str | None:
    """The log group from the stack's resources, if the function cannot be read."""
    outline = context.outline
    if outline.stack is None:
        return None
    try:
        groups = resources_of(context.aws, outline.stack).of("AWS::Logs::LogGroup")
    except CallerError:
        return None
    marker = f"-{output_of(outline.rotator.rpartition('/')[2])}RotatorLogGroup"
    matching = [name for name in groups if marker in name] or [*groups]
    return matching[0] if len(matching) == 1 else None


def state(context: CheckContext) -> Finding:
    """Lambda can invoke the function: it is attached to its network, and its last update worked."""
    found = context.deployed.state
    facts = {
        "state": found.state.name,
        "last_update": found.last_update.name,
        "vpc": found.vpc_id or None,
    }
    if found.last_update.name == _FAILED:
        raise ConfigurationError(
            "The last update of the function failed, and it runs the previous version"
            f"{_reason_and_fix(found.last_update)}"
        )
    if found.state.name == _INACTIVE and found.state.code in _IDLE:
        raise ConfigurationError(
            "The function is inactive: it was not invoked for so long that Lambda removed its "
            "network interfaces. The next invocation fails and makes Lambda attach it again: run "
            "`token-rotator rotate` now and again in a few minutes. The schedules should have "
            "invoked it every minute: see the row schedules."
        )
    if found.state.name == _PENDING:
        return Finding(
            message=f"Lambda is still attaching it, {found.network}. This takes a minute or two, "
            "and invocations fail until then. Run check again",
            result=Result.WARNING,
            facts=facts,
        )
    if found.state.name != _ACTIVE:
        raise ConfigurationError(
            f"The function cannot be invoked ({found.state.name}){_reason_and_fix(found.state)}"
        )
    if found.last_update.name == _IN_PROGRESS:
        return Finding(
            message=f"active, {found.network}; an update is in progress. Run check again",
            result=Result.WARNING,
            facts=facts,
        )
    return Finding(message=f"active, {found.network}", facts=facts)


def _reason_and_fix(status: Status) -> str:
    reason = ", ".join(filter(None, [status.code, status.reason.rstrip(".")]))
    if not reason:
        return f". What to do: {RESTORE}."
    fix = FIXES.get(status.code, f"see the reason, correct it and {RESTORE}")
    return f": {reason}. What to do: {fix}. {PAGE} has more."
