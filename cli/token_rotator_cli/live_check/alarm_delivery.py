"""The step that sets an alarm to ALARM, follows its notification, and restores it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import StackOutput
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.deployment.alarms import count_subscriptions
from token_rotator_cli.errors import CheckFailed, CheckNotPossible
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.metrics import metric_sum
from token_rotator_cli.steps import Finding, Result

REASON: Final = "A test (token-rotator live-check) set this alarm. Nothing is wrong."
RESET_REASON: Final = "The test is over."

LONGEST_ACTION: Final = timedelta(minutes=3)
LONGEST_ALARM: Final = timedelta(minutes=5)
"""CloudWatch evaluates every minute, and so restores the state after SetAlarmState."""
LONGEST_DELIVERY: Final = timedelta(minutes=10)
"""SNS metrics arrive in CloudWatch some minutes late."""
POLL_INTERVAL: Final = timedelta(seconds=10)

LONGEST_TEST: Final = LONGEST_ACTION + LONGEST_ALARM + LONGEST_DELIVERY


def delivery(context: LiveCheckContext) -> Finding:
    """An alarm's notification reaches the topic and its subscribers."""
    wanted = context.options.alarm
    if wanted is None:
        return Finding(message="not requested: --alarm ALARM", result=Result.SKIPPED)
    if wanted not in context.alarms:
        names = ", ".join(sorted(context.alarms))
        raise CheckNotPossible(f"There is no alarm {wanted}. There are: {names}.")
    name = context.alarms[wanted]["AlarmName"]
    if (state := _state(context, name)) == "ALARM":
        raise CheckNotPossible(f"{name} is already in ALARM. Resolve it first.")
    begun = context.clock.now()
    with _restored(context, name, state):
        _set_state(context, name, "ALARM", REASON)
        with context.console.progress(f"Waiting for the topic to accept the message of {name}"):
            accepted = context.clock.wait_for(
                lambda: _accepted(context, name, begun),
                until=begun + LONGEST_ACTION,
                every=POLL_INTERVAL,
            )
        if accepted is None and context.aws.is_local:
            return Finding(message="a local AWS keeps no history of actions", result=Result.UNKNOWN)
        if accepted is None:
            raise CheckFailed(f"{name} was in ALARM, and its history shows no action.")
        with context.console.progress(f"Waiting for CloudWatch to restore the state of {name}"):
            restored = context.clock.wait_for(
                lambda: _state(context, name) != "ALARM" or None,
                until=context.clock.now() + LONGEST_ALARM,
                every=POLL_INTERVAL,
            )
    took = (context.clock.now() - begun).total_seconds()
    cleared = (
        f"CloudWatch restored it after {took:.0f} s" if restored else "this command restored it"
    )
    return Finding(
        message=f"the topic accepted the message of {wanted}; {cleared}; "
        f"{_delivered(context, begun)}",
        facts={"alarm": name, "cleared_by_itself": bool(restored)},
    )


@contextmanager
def _restored(context: LiveCheckContext, name: str, state: str) -> Iterator[None]:
    """Restores the alarm's state at the end. A real ALARM returns after a minute."""
    try:
        yield
    finally:
        if _state(context, name) == "ALARM":
            _set_state(context, name, state, RESET_REASON)


def _state(context: LiveCheckContext, name: str) -> str:
    with calling("cloudwatch:DescribeAlarms"):
        response = context.aws.cloudwatch.describe_alarms(AlarmNames=[name])
    return str(response["MetricAlarms"][0]["StateValue"])


def _set_state(context: LiveCheckContext, name: str, state: str, reason: str) -> None:
    with calling("cloudwatch:SetAlarmState"):
        context.aws.cloudwatch.set_alarm_state(
            AlarmName=name,
            StateValue=state,  # type: ignore[arg-type]
            StateReason=reason,
        )


def _accepted(context: LiveCheckContext, name: str, since: datetime) -> bool | None:
    """Whether the topic accepted the message, according to the alarm's history."""
    with calling("cloudwatch:DescribeAlarmHistory"):
        response = context.aws.cloudwatch.describe_alarm_history(
            AlarmName=name, HistoryItemType="Action", StartDate=since, EndDate=context.clock.now()
        )
    topic = context.outputs[StackOutput.ALARM_TOPIC_ARN]
    for item in response["AlarmHistoryItems"]:
        summary = item["HistorySummary"]
        if summary.startswith(f"Successfully executed action {topic}"):
            return True
        if summary.startswith("Failed to execute action"):
            raise CheckFailed(f"The topic did not accept the message of {name}: {summary}")
    return None


def _delivered(context: LiveCheckContext, since: datetime) -> str:
    topic = context.outputs[StackOutput.ALARM_TOPIC_ARN]
    confirmed = count_subscriptions(context.aws, topic).confirmed
    if not confirmed:
        return "no subscription is confirmed, so nobody was notified"
    since = since.replace(second=0, microsecond=0)
    with context.console.progress("Waiting for SNS to report the delivery"):
        delivered = context.clock.wait_for(
            lambda: _deliveries(context, topic, since),
            until=context.clock.now() + LONGEST_DELIVERY,
            every=POLL_INTERVAL,
        )
    if delivered is None:
        raise CheckFailed(
            f"The topic accepted the message, and SNS reported no delivery to its {confirmed} "
            f"subscriptions within {LONGEST_DELIVERY.seconds // 60} minutes."
        )
    return f"SNS delivered {delivered:.0f} notifications"


def _deliveries(context: LiveCheckContext, topic: str, since: datetime) -> float | None:
    dimensions = {"TopicName": topic.rpartition(":")[2]}
    delivered, failed = (
        metric_sum(
            context, "AWS/SNS", metric, dimensions, since=since,
            until=context.clock.now() + timedelta(minutes=1),
        )
        for metric in ("NumberOfNotificationsDelivered", "NumberOfNotificationsFailed")
    )  # fmt: skip
    if failed:
        raise CheckFailed(f"SNS could not deliver {failed:.0f} notifications.")
    return delivered or None
