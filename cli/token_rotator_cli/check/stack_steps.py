"""Steps that check the log group, and the stack for drift."""

from typing import Final

from token_rotator.contract import RESTORE
from token_rotator.errors import ConfigurationError
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.steps import Finding, Result

DETECT: Final = "aws cloudformation detect-stack-drift --stack-name"


def log(context: CheckContext) -> Finding:
    """The function's log group exists, and keeps its lines for a limited time."""
    name = context.log_group
    if name is None:
        return Finding(message="the log group is unknown", result=Result.UNKNOWN)
    with calling("logs:DescribeLogGroups"):
        found = context.aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    groups = {one["logGroupName"]: one for one in found}
    if name not in groups:
        raise ConfigurationError(
            f"The log group {name} does not exist, and the function may not create it: logs and "
            f"the metrics of alarms are lost. {RESTORE.capitalize()}."
        )
    days = groups[name].get("retentionInDays")
    if days is None:
        return Finding(
            message=f"{name} keeps its lines forever, at a growing cost: {RESTORE}",
            result=Result.WARNING,
        )
    return Finding(message=f"{name} keeps its lines for {days} days", facts={"days": days})


def drift(context: CheckContext) -> Finding:
    """The stack matches its template, according to CloudFormation's last drift detection."""
    stack = context.outline.stack
    if stack is None:
        return Finding(message="the stack is unknown (--function)", result=Result.SKIPPED)
    if context.aws.is_local:
        return Finding(message="a local AWS detects no drift", result=Result.UNKNOWN)
    with calling("cloudformation:DescribeStacks"):
        (found,) = context.aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    information = found.get("DriftInformation", {})
    if "LastCheckTimestamp" not in information:
        return Finding(message=f"not checked yet: run {DETECT} {stack}")
    at = f"{information['LastCheckTimestamp']:%Y-%m-%d %H:%M} UTC"
    if information.get("StackDriftStatus") != "DRIFTED":
        return Finding(message=f"none on {at}; {DETECT} {stack} checks again")
    with calling("cloudformation:DescribeStackResourceDrifts"):
        changed = context.aws.cloudformation.describe_stack_resource_drifts(
            StackName=stack, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
        )["StackResourceDrifts"]
    listed = ", ".join(
        f"{one['LogicalResourceId']} ({one['StackResourceDriftStatus'].lower()})" for one in changed
    )
    return Finding(
        message=f"changed manually, on {at}: {listed}. {RESTORE.capitalize()}",
        result=Result.WARNING,
        facts={"drifted": [one["LogicalResourceId"] for one in changed]},
    )
