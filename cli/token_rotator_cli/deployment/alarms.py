"""The alarms of a rotator, and the subscriptions of their topics."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

_PENDING: Final = "PendingConfirmation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """The number of a topic's subscriptions."""

    confirmed: int
    pending: int
    """Subscriptions that are not confirmed yet."""


def alarms_named(aws: Aws, prefix: str) -> "list[MetricAlarmTypeDef]":
    """Alarms by name prefix. Raises CallerError."""
    with calling("cloudwatch:DescribeAlarms"):
        pages = aws.cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"]
        )
        return [alarm for page in pages for alarm in page["MetricAlarms"]]


def count_subscriptions(aws: Aws, topic: str) -> Subscriptions:
    """Raises CallerError."""
    with calling("sns:ListSubscriptionsByTopic"):
        pages = aws.topics.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        arns = [one["SubscriptionArn"] for page in pages for one in page["Subscriptions"]]
    pending = arns.count(_PENDING)
    return Subscriptions(confirmed=len(arns) - pending, pending=pending)
