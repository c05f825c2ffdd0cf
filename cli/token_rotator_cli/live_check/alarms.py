"""Do the alarms look at something, and does anybody hear them?"""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from token_rotator.contract import StackOutput
from token_rotator_cli.aws import calling
from token_rotator_cli.findings import Finding, Result
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.errors import NotAsPromised

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

PENDING: Final = "PendingConfirmation"
UNDECIDED: Final = timedelta(minutes=15)
"""Every alarm decides without data, too: a new one does after its first evaluations."""


def alarms(evidence: LiveCheckContext) -> Finding:
    """Which are there, in which state, and with which action?"""
    prefix = f"{evidence.deployed.settings.rotator}/"
    with calling("cloudwatch:DescribeAlarms"):
        pages = evidence.aws.cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"]
        )
        found = [alarm for page in pages for alarm in page["MetricAlarms"]]
    evidence.alarms = {alarm["AlarmName"].removeprefix(prefix): alarm for alarm in found}
    if not found:
        raise NotAsPromised(
            f"There are no alarms named {prefix}... "
            "`make deploy ARGS=--revert-drift` restores them."
        )
    topic = evidence.outputs.get(StackOutput.ALARM_TOPIC_ARN, "")
    deaf = [
        name
        for name, alarm in evidence.alarms.items()
        if not alarm.get("ActionsEnabled") or topic not in alarm.get("AlarmActions", [])
    ]
    if deaf:
        raise NotAsPromised(
            f"{' and '.join(deaf)} would tell nobody: actions are disabled, or go elsewhere than "
            f"to {topic}."
        )
    undecided = [name for name, one in evidence.alarms.items() if _undecided(evidence, one)]
    states = Counter(str(alarm["StateValue"]) for alarm in found)
    told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    facts = {name: alarm["StateValue"] for name, alarm in evidence.alarms.items()}
    if undecided and evidence.aws.is_local:
        return Finding(
            says=f"{told}: a local AWS evaluates no metrics", result=Result.UNKNOWN, facts=facts
        )
    if undecided:
        raise NotAsPromised(f"CloudWatch never evaluated {' and '.join(undecided)}: {told}.")
    if states["INSUFFICIENT_DATA"]:
        says = f"{told}: too new to be evaluated; come back"
        return Finding(says=says, result=Result.UNKNOWN, facts=facts)
    ringing = states["ALARM"] > 0
    return Finding(
        says=f"{told}; each goes to the topic",
        result=Result.WARNING if ringing else Result.OK,
        facts=facts,
    )


def _undecided(evidence: LiveCheckContext, alarm: "MetricAlarmTypeDef") -> bool:
    warm_up = alarm.get("WarmUpConfiguration", {}).get("WarmUpPeriodDurationInMinutes", 0)
    decides_by = (
        alarm["AlarmConfigurationUpdatedTimestamp"] + timedelta(minutes=warm_up) + UNDECIDED
    )
    return alarm["StateValue"] == "INSUFFICIENT_DATA" and evidence.clock.now() > decides_by


def subscriptions(evidence: LiveCheckContext) -> Finding:
    """Who is told, and has everybody confirmed?"""
    topic = evidence.outputs[StackOutput.ALARM_TOPIC_ARN]
    confirmed, pending = heard_by(evidence, topic)
    told = f"{confirmed} confirmed, {pending} not confirmed"
    facts: dict[str, object] = {"confirmed": confirmed, "pending": pending}
    if not confirmed:
        return Finding(says=f"{told}: nobody hears an alarm", result=Result.WARNING, facts=facts)
    return Finding(says=told, result=Result.WARNING if pending else Result.OK, facts=facts)


def heard_by(evidence: LiveCheckContext, topic: str) -> tuple[int, int]:
    """How many subscriptions are confirmed, and how many are not. Raises CallerError."""
    with calling("sns:ListSubscriptionsByTopic"):
        pages = evidence.aws.topics.get_paginator("list_subscriptions_by_topic").paginate(
            TopicArn=topic
        )
        arns = [one["SubscriptionArn"] for page in pages for one in page["Subscriptions"]]
    pending = arns.count(PENDING)
    return len(arns) - pending, pending
