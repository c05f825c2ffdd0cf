"""Steps that show the rest of what was deployed: the log group, and the stack as a whole."""

from typing import Final

from token_rotator.errors import ConfigurationError
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.schedules import RESTORE
from token_rotator_cli.steps import Finding, Result

DETECT: Final = "aws cloudformation detect-stack-drift --stack-name"


def log(context: CheckContext) -> Finding:
    """The function's log group is there, and keeps its lines for a limited time."""
    name = context.log_group
    if name is None:
        return Finding(message="nothing that can be read names it", result=Result.UNKNOWN)
    with calling("logs:DescribeLogGroups"):
        found = context.aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    groups = {one["logGroupName"]: one for one in found}
    if name not in groups:
        raise ConfigurationError(
            f"There is no log group {name}, and the function may not create one: what rotations "
            f"say is lost, and alarms on the token's metrics with it. {RESTORE.capitalize()}."
        )
    days = groups[name].get("retentionInDays")
    if days is None:
        return Finding(
            message=f"{name} keeps its lines for ever, which costs more each month: {RESTORE}",
            result=Result.WARNING,
        )
    return Finding(message=f"{name} keeps its lines for {days} days", facts={"days": days})


def drift(context: CheckContext) -> Finding:
    """The stack is what its template says, by CloudFormation's last look at it."""
    stack = context.outline.stack
    if stack is None:
        return Finding(message="only the function was named", result=Result.SKIPPED)
    if context.aws.is_local:
        return Finding(message="a local AWS detects no drift", result=Result.UNKNOWN)
    with calling("cloudformation:DescribeStacks"):
        (found,) = context.aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    seen = found.get("DriftInformation", {})
    if "LastCheckTimestamp" not in seen:
        return Finding(message=f"nobody has asked CloudFormation to look: {DETECT} {stack} does")
    at = f"{seen['LastCheckTimestamp']:%Y-%m-%d %H:%M} UTC"
    if seen.get("StackDriftStatus") != "DRIFTED":
        return Finding(message=f"none on {at}; {DETECT} {stack} looks again")
    with calling("cloudformation:DescribeStackResourceDrifts"):
        changed = context.aws.cloudformation.describe_stack_resource_drifts(
            StackName=stack, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
        )["StackResourceDrifts"]
    listed = ", ".join(
        f"{one['LogicalResourceId']} ({one['StackResourceDriftStatus'].lower()})" for one in changed
    )
    return Finding(
        message=f"changed by hand, on {at}: {listed}. {RESTORE.capitalize()}",
        result=Result.WARNING,
        facts={"drifted": [one["LogicalResourceId"] for one in changed]},
    )
