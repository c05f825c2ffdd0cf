"""Does an alarm that rings reach people? One is made to ring, and is put back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import StackOutput
from token_rotator_cli.aws import calling
from token_rotator_cli.findings import Finding, Result
from token_rotator_cli.live_check.alarms import heard_by
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.errors import CannotBeShown, NotAsPromised
from token_rotator_cli.live_check.metrics import summed

REASON: Final = "A live check (make live-check) made this alarm ring. Nothing is wrong."
OVER: Final = "The live check is over."

LONGEST_ACTION: Final = timedelta(minutes=3)
LONGEST_RINGING: Final = timedelta(minutes=5)
"""CloudWatch evaluates each minute, and then takes back what SetAlarmState said."""
LONGEST_DELIVERY: Final = timedelta(minutes=10)
"""SNS pushes its metrics each minute; they take some more to arrive."""
EVERY: Final = timedelta(seconds=10)

LONGEST: Final = LONGEST_ACTION + LONGEST_RINGING + LONGEST_DELIVERY


def ring(evidence: LiveCheckContext) -> Finding:
    """State change, action, delivery, and back again."""
    wanted = evidence.asked.ring
    if wanted is None:
        return Finding(says="not asked for: --ring ALARM", result=Result.SKIPPED)
    if wanted not in evidence.alarms:
        has = ", ".join(sorted(evidence.alarms))
        raise CannotBeShown(f"There is no alarm {wanted}. There are: {has}.")
    name = evidence.alarms[wanted]["AlarmName"]
    if (state := _state(evidence, name)) == "ALARM":
        raise CannotBeShown(f"{name} rings already: look after that first.")
    begun = evidence.clock.now()
    with _restored(evidence, name, was=state):
        _set(evidence, name, "ALARM", REASON)
        with evidence.console.progress(f"Waiting for the topic to take the message of {name}"):
            acted = evidence.clock.wait_for(
                lambda: _acted(evidence, name, begun), until=begun + LONGEST_ACTION, every=EVERY
            )
        if acted is None and evidence.aws.is_local:
            return Finding(says="a local AWS keeps no history of actions", result=Result.UNKNOWN)
        if acted is None:
            raise NotAsPromised(f"{name} rang, and its history tells of no action.")
        with evidence.console.progress(f"Waiting for CloudWatch to take back that {name} rings"):
            back = evidence.clock.wait_for(
                lambda: _state(evidence, name) != "ALARM" or None,
                until=evidence.clock.now() + LONGEST_RINGING,
                every=EVERY,
            )
    took = (evidence.clock.now() - begun).total_seconds()
    cleared = f"and was back by itself after {took:.0f} s" if back else "and had to be put back"
    delivered = _delivered(evidence, begun)
    return Finding(
        says=f"{wanted} rang, its topic took the message, {cleared}; {delivered}",
        facts={"alarm": name, "cleared_by_itself": bool(back)},
    )


@contextmanager
def _restored(evidence: LiveCheckContext, name: str, *, was: str) -> Iterator[None]:
    """Puts the alarm back, whatever happens. A real reason makes it ring again in a minute."""
    try:
        yield
    finally:
        if _state(evidence, name) == "ALARM":
            _set(evidence, name, was, OVER)


def _state(evidence: LiveCheckContext, name: str) -> str:
    with calling("cloudwatch:DescribeAlarms"):
        answer = evidence.aws.cloudwatch.describe_alarms(AlarmNames=[name])
    return str(answer["MetricAlarms"][0]["StateValue"])


def _set(evidence: LiveCheckContext, name: str, state: str, reason: str) -> None:
    with calling("cloudwatch:SetAlarmState"):
        evidence.aws.cloudwatch.set_alarm_state(
            AlarmName=name,
            StateValue=state,  # type: ignore[arg-type]
            StateReason=reason,
        )


def _acted(evidence: LiveCheckContext, name: str, since: datetime) -> bool | None:
    """Whether the topic took the message; the history's summaries begin with either verb."""
    with calling("cloudwatch:DescribeAlarmHistory"):
        answer = evidence.aws.cloudwatch.describe_alarm_history(
            AlarmName=name, HistoryItemType="Action", StartDate=since, EndDate=evidence.clock.now()
        )
    topic = evidence.outputs[StackOutput.ALARM_TOPIC_ARN]
    for item in answer["AlarmHistoryItems"]:
        summary = item["HistorySummary"]
        if summary.startswith(f"Successfully executed action {topic}"):
            return True
        if summary.startswith("Failed to execute action"):
            raise NotAsPromised(f"{name} rang, and its topic did not take the message: {summary}")
    return None


def _delivered(evidence: LiveCheckContext, since: datetime) -> str:
    topic = evidence.outputs[StackOutput.ALARM_TOPIC_ARN]
    confirmed, _ = heard_by(evidence, topic)
    if not confirmed:
        return "nobody has confirmed a subscription, so nobody heard it"
    since = since.replace(second=0, microsecond=0)
    with evidence.console.progress("Waiting for SNS to tell of the delivery"):
        reached = evidence.clock.wait_for(
            lambda: _sums(evidence, topic, since),
            until=evidence.clock.now() + LONGEST_DELIVERY,
            every=EVERY,
        )
    if reached is None:
        raise NotAsPromised(
            f"The topic took the message, and SNS tells of no delivery to its {confirmed} "
            f"subscriptions within {LONGEST_DELIVERY.seconds // 60} minutes."
        )
    return f"SNS delivered {reached:.0f} notifications"


def _sums(evidence: LiveCheckContext, topic: str, since: datetime) -> float | None:
    dimensions = {"TopicName": topic.rpartition(":")[2]}
    delivered, failed = (
        summed(
            evidence, "AWS/SNS", metric, dimensions, since=since,
            until=evidence.clock.now() + timedelta(minutes=1),
        )
        for metric in ("NumberOfNotificationsDelivered", "NumberOfNotificationsFailed")
    )  # fmt: skip
    if failed:
        raise NotAsPromised(f"SNS could not deliver {failed:.0f} notifications.")
    return delivered or None
