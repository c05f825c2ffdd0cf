"""Steps that find the function and read its invocations."""

from datetime import timedelta
from typing import Final

from token_rotator.contract import RESTORE, Trigger
from token_rotator.errors import ConfigurationError
from token_rotator_cli.deployment.find import find_deployment
from token_rotator_cli.deployment.outline import outputs_of
from token_rotator_cli.deployment.rotation_log import RotationLog
from token_rotator_cli.deployment.schedules import schedules_of
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.invocations import read_invocations
from token_rotator_cli.live_check.schedule_accuracy import period_of
from token_rotator_cli.steps import Finding

LONGEST_HISTORY: Final = timedelta(days=1)
"""About 3,000 invocations."""


def function(context: LiveCheckContext) -> Finding:
    """The function exists, and its environment is complete."""
    context.outputs = outputs_of(context.aws, context.target)
    context.deployed = find_deployment(context.aws, context.target)
    context.console.place = context.deployed.place
    name = context.deployed.function_arn.rpartition(":")[2]
    return Finding(
        message=f"{context.deployed.settings.rotator}: its environment is complete",
        facts={"function": name},
    )


def log(context: LiveCheckContext) -> Finding:
    """The log contains invocations."""
    deployed = context.deployed
    context.schedules = schedules_of(context.aws, deployed.function_arn)
    every = [period_of(one) for one in context.schedules if one.trigger == Trigger.SCHEDULE]
    if not every:
        raise ConfigurationError(f"No schedule invokes the function: {RESTORE}.")
    since = context.clock.now() - min(every[0] * context.options.invocations, LONGEST_HISTORY)
    rotation_log = RotationLog(
        context.aws.logs, log_group=deployed.log_group, now=context.clock.now
    )
    context.invocations = read_invocations(rotation_log, since=since)
    if not context.invocations:
        raise ConfigurationError(
            "Its log contains no invocations: `token-rotator check` shows the problem."
        )
    first = context.invocations[0].started_at
    return Finding(
        message=f"{len(context.invocations)} invocations since {first:%Y-%m-%d %H:%M:%S} UTC",
        facts={"invocations": len(context.invocations), "since": first.isoformat()},
    )
