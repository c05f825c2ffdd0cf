"""The step that shows whether alarms tell anybody."""

from collections.abc import Iterator
from typing import Any, Final

from token_rotator.errors import ConfigurationError
from token_rotator_cdk.config.key_policy import CLOUDWATCH
from token_rotator_cdk.config.places import account_of
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.resource_policy import Decision, Request, decide
from token_rotator_cli.deployment.schedules import RESTORE
from token_rotator_cli.errors import CallerError
from token_rotator_cli.steps import Finding, Result

GUIDE: Final = "docs/hardened.md#what-has-the-policy-of-an-alarm-topic-to-allow"
AWS_KEY: Final = "alias/aws/sns"
PENDING: Final = "PendingConfirmation"
PUBLISHES: Final = ("kms:Decrypt", "kms:GenerateDataKey")


def alarms(context: CheckContext) -> Finding:
    """The alarms' actions are on, and the topics take what CloudWatch publishes."""
    found = _alarms(context)
    topics = {topic for alarm in found for topic in alarm.get("AlarmActions", [])}
    ringing = sorted(str(one["AlarmName"]) for one in found if one["StateValue"] == "ALARM")
    facts = {"alarms": len(found), "topics": sorted(topics), "ringing": ringing}
    off = [str(alarm["AlarmName"]) for alarm in found if not alarm.get("ActionsEnabled", True)]
    if off:
        return Finding(
            message=f"the actions of {len(off)} of {len(found)} alarms are off, so that they tell "
            "nobody: alarm_actions_enabled = false was deployed, or somebody switched them off "
            f"(aws cloudwatch enable-alarm-actions, or {RESTORE})",
            result=Result.WARNING,
            facts=facts,
        )
    if ringing:
        return Finding(
            message=f"{' and '.join(ringing)} is ringing. docs/runbook.md has a section for each",
            result=Result.WARNING,
            facts=facts,
        )
    silent = [str(alarm["AlarmName"]) for alarm in found if not alarm.get("AlarmActions")]
    if silent:
        return Finding(
            message=f"{len(silent)} of {len(found)} alarms have no actions and tell nobody: give "
            "the construct an alarm_topic",
            result=Result.WARNING,
            facts=facts,
        )
    if context.aws.is_local:
        return Finding(
            message=f"{len(found)} alarms; a local AWS does not enforce the policies of topics",
            result=Result.UNKNOWN,
            facts=facts,
        )
    unknown = [
        reason
        for topic in sorted(topics)
        if topic.split(":")[2] == "sns"
        for reason in _unknown_of(context, topic, str(found[0]["AlarmArn"]))
    ]
    if unknown:
        return Finding(message=" ".join(unknown), result=Result.UNKNOWN, facts=facts)
    return Finding(message=f"{len(found)} alarms tell {' and '.join(sorted(topics))}", facts=facts)


def subscribers(context: CheckContext) -> Finding:
    """Somebody has subscribed to the topics that the alarms publish to."""
    topics = {
        topic
        for alarm in _alarms(context)
        for topic in alarm.get("AlarmActions", [])
        if topic.split(":")[2] == "sns"
    }
    confirmed, pending = 0, 0
    for topic in sorted(topics):
        with calling("sns:ListSubscriptionsByTopic"):
            pages = context.aws.topics.get_paginator("list_subscriptions_by_topic")
            for page in pages.paginate(TopicArn=topic):
                waits = [one["SubscriptionArn"] == PENDING for one in page["Subscriptions"]]
                pending += sum(waits)
                confirmed += len(waits) - sum(waits)
    facts = {"confirmed": confirmed, "pending": pending}
    if confirmed:
        also = f"; {pending} wait for a confirmation" if pending else ""
        return Finding(message=f"{confirmed}{also}", facts=facts)
    why = (
        f"{pending} subscriptions wait for somebody to follow the link in AWS's email"
        if pending
        else "nobody has subscribed: alarm_emails in rotators.toml, or aws sns subscribe"
    )
    return Finding(message=f"alarms tell nobody: {why}", result=Result.WARNING, facts=facts)


def _alarms(context: CheckContext) -> list[Any]:
    prefix = f"{context.outline.rotator}/"
    with calling("cloudwatch:DescribeAlarms"):
        pages = context.aws.cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"]
        )
        found = [alarm for page in pages for alarm in page["MetricAlarms"]]
    if not found:
        raise ConfigurationError(f"There are no alarms named {prefix}...: {RESTORE}.")
    return found


def _unknown_of(context: CheckContext, topic: str, alarm: str) -> Iterator[str]:
    """What cannot be told of a topic. Raises ConfigurationError for one that takes no alarms."""
    try:
        with calling("sns:GetTopicAttributes"):
            attributes = context.aws.topics.get_topic_attributes(TopicArn=topic)["Attributes"]
    except CallerError as error:
        if error.code in ("NotFound", "NotFoundException"):
            raise ConfigurationError(
                f"There is no topic {topic}, which the alarms publish to: name another one "
                "(alarm_topic_arn)."
            ) from None
        yield f"Whether {topic} takes alarms cannot be seen. {error}"
        return
    decision = decide(attributes["Policy"], _request(alarm, "sns:Publish", topic))
    if decision is Decision.REFUSED:
        raise ConfigurationError(
            f"The policy of {topic} does not let {CLOUDWATCH} publish for alarms of account "
            f"{account_of(alarm)}: nobody is told of an alarm. {GUIDE} has the statement."
        )
    if decision is Decision.UNCLEAR:
        yield f"The policy of {topic} has conditions that only AWS can evaluate."
    if key := attributes.get("KmsMasterKeyId"):
        yield from _unknown_of_key(context, key, topic, alarm)


def _unknown_of_key(context: CheckContext, key: str, topic: str, alarm: str) -> Iterator[str]:
    if key.endswith(AWS_KEY):
        raise ConfigurationError(
            f"The topic {topic} is encrypted with {AWS_KEY}, which alarms cannot use: encrypt it "
            f"with a customer key. {GUIDE} says what the key has to allow."
        )
    try:
        with calling("kms:GetKeyPolicy"):
            # takes no alias
            found = context.aws.keys.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
            policy = context.aws.keys.get_key_policy(KeyId=found, PolicyName="default")["Policy"]
    except CallerError as error:
        yield f"Whether alarms may use the key of {topic} cannot be seen. {error}"
        return
    decisions = [decide(policy, _request(alarm, action, found)) for action in PUBLISHES]
    if Decision.REFUSED in decisions:
        raise ConfigurationError(
            f"The topic {topic} is encrypted, and the policy of its key {found} does not let "
            f"{CLOUDWATCH} use it: nobody is told of an alarm. {GUIDE} has the statement."
        )
    if Decision.UNCLEAR in decisions:
        yield f"The policy of {found} has conditions that only AWS can evaluate."


def _request(alarm: str, action: str, resource: str) -> Request:
    account = account_of(alarm)
    return Request(
        principals=frozenset({CLOUDWATCH}),
        action=action,
        resource=resource,
        context={
            "aws:sourceaccount": account,
            "aws:sourcearn": alarm,
            "aws:sourceowner": account,  # of the policy that SNS gives a new topic
            "aws:securetransport": "true",
        },
    )
