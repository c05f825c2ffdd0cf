"""The step that checks the alarms that the stack has."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from token_rotator.contract import RESTORE, StackOutput
from token_rotator_cli.deployment.alarms import alarms_named
from token_rotator_cli.errors import CallerError, CheckFailed
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.steps import Finding, Result

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

FIRST_EVALUATION: Final = timedelta(minutes=15)
"""A new alarm has a state after its first evaluations, even without data."""


def alarms(context: LiveCheckContext) -> Finding:
    """CloudWatch evaluates the alarms, and they notify the topic."""
    prefix = f"{context.deployed.settings.rotator}/"
    found = alarms_named(context.aws, prefix)
    context.alarms = {alarm["AlarmName"].removeprefix(prefix): alarm for alarm in found}
    if not found:
        raise CheckFailed(f"There are no alarms named {prefix}...: {RESTORE}.")
    if missing := _missing(context, prefix):
        raise CheckFailed(f"The stack's alarm {' and '.join(missing)} does not exist: {RESTORE}.")
    topic = context.outputs.get(StackOutput.ALARM_TOPIC_ARN, "")
    silent = [
        name
        for name, alarm in context.alarms.items()
        if not alarm.get("ActionsEnabled") or topic not in alarm.get("AlarmActions", [])
    ]
    if silent:
        raise CheckFailed(
            f"{' and '.join(silent)} would notify no one: the actions are disabled, or do not "
            f"include {topic}."
        )
    not_evaluated = [name for name, one in context.alarms.items() if _not_evaluated(context, one)]
    states = Counter(str(alarm["StateValue"]) for alarm in found)
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    facts = {name: alarm["StateValue"] for name, alarm in context.alarms.items()}
    if not_evaluated and context.aws.is_local:
        return Finding(
            message=f"{counts}: a local AWS evaluates no metrics",
            result=Result.UNKNOWN,
            facts=facts,
        )
    if not_evaluated:
        raise CheckFailed(f"CloudWatch never evaluated {' and '.join(not_evaluated)}: {counts}.")
    if states["INSUFFICIENT_DATA"]:
        message = f"{counts}: too new to be evaluated; try again later"
        return Finding(message=message, result=Result.UNKNOWN, facts=facts)
    return Finding(
        message=f"{counts}; all of them notify the topic",
        result=Result.WARNING if states["ALARM"] else Result.OK,
        facts=facts,
    )


def _missing(context: LiveCheckContext, prefix: str) -> list[str]:
    """The stack's alarms that do not exist. Empty if the caller may not list them."""
    try:
        stack_resources = context.stack_resources.of("AWS::CloudWatch::Alarm")
    except CallerError:
        return []
    names = sorted(name.removeprefix(prefix) for name in stack_resources if name.startswith(prefix))
    return [name for name in names if name not in context.alarms]


def _not_evaluated(context: LiveCheckContext, alarm: "MetricAlarmTypeDef") -> bool:
    warm_up = alarm.get("WarmUpConfiguration", {}).get("WarmUpPeriodDurationInMinutes", 0)
    expected_by = (
        alarm["AlarmConfigurationUpdatedTimestamp"] + timedelta(minutes=warm_up) + FIRST_EVALUATION
    )
    return alarm["StateValue"] == "INSUFFICIENT_DATA" and context.clock.now() > expected_by
