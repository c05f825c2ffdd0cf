"""Steps that check whether alarms notify anyone."""

from collections.abc import Iterator
from typing import Final

from token_rotator.contract import RESTORE
from token_rotator.errors import ConfigurationError
from token_rotator_cdk.config.key_policy import CLOUDWATCH
from token_rotator_cdk.config.places import account_of
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.alarms import alarms_named, count_subscriptions
from token_rotator_cli.deployment.resource_policy import Decision, Request, decide
from token_rotator_cli.errors import CallerError
from token_rotator_cli.steps import Finding, Result

GUIDE: Final = "docs/security/hardened.md#the-policy-of-an-alarm-topic"
AWS_KEY: Final = "alias/aws/sns"
PUBLISH_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey")


def alarms(context: CheckContext) -> Finding:
    """The alarms' actions are enabled, and CloudWatch can publish to their topics."""
    prefix = f"{context.outline.rotator}/"
    found = context.alarms = alarms_named(context.aws, prefix)
    if not found:
        raise ConfigurationError(f"There are no alarms named {prefix}...: {RESTORE}.")
    topics = {topic for alarm in found for topic in alarm.get("AlarmActions", [])}
    in_alarm = sorted(one["AlarmName"] for one in found if one["StateValue"] == "ALARM")
    facts = {"alarms": len(found), "topics": sorted(topics), "in_alarm": in_alarm}
    off = [alarm["AlarmName"] for alarm in found if not alarm.get("ActionsEnabled", True)]
    if off:
        return Finding(
            message=f"the actions of {len(off)} of {len(found)} alarms are off, and nobody is "
            "notified: alarm_actions_enabled = false was deployed, or they were disabled manually "
            f"(aws cloudwatch enable-alarm-actions --alarm-names {' '.join(off)}, or {RESTORE})",
            result=Result.WARNING,
            facts=facts,
        )
    if in_alarm:
        return Finding(
            message=f"in ALARM: {', '.join(in_alarm)}. docs/operate/runbook.md has a section for "
            "each",
            result=Result.WARNING,
            facts=facts,
        )
    silent = [alarm["AlarmName"] for alarm in found if not alarm.get("AlarmActions")]
    if silent:
        return Finding(
            message=f"{len(silent)} of {len(found)} alarms have no actions, and nobody is "
            "notified: give the construct an alarm_topic",
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
        for topic in _topics(context)
        for reason in _topic_doubts(context, topic, found[0]["AlarmArn"])
    ]
    if unknown:
        return Finding(message=" ".join(unknown), result=Result.UNKNOWN, facts=facts)
    return Finding(
        message=f"{len(found)} alarms notify {' and '.join(sorted(topics))}", facts=facts
    )


def subscribers(context: CheckContext) -> Finding:
    """The alarms' topics have confirmed subscriptions."""
    counted = [count_subscriptions(context.aws, topic) for topic in _topics(context)]
    confirmed, pending = sum(one.confirmed for one in counted), sum(one.pending for one in counted)
    facts = {"confirmed": confirmed, "pending": pending}
    if confirmed:
        also = f"; {pending} wait for a confirmation" if pending else ""
        return Finding(message=f"{confirmed}{also}", facts=facts)
    reason = (
        f"{pending} subscriptions are not confirmed: follow the link in AWS's email"
        if pending
        else "there are no subscriptions: alarm_emails in rotators.toml, or aws sns subscribe"
    )
    return Finding(
        message=f"nobody is notified of alarms: {reason}", result=Result.WARNING, facts=facts
    )


def _topics(context: CheckContext) -> list[str]:
    """The SNS topics among the alarms' actions."""
    actions = {action for alarm in context.alarms for action in alarm.get("AlarmActions", [])}
    return sorted(one for one in actions if one.split(":")[2] == "sns")


def _topic_doubts(context: CheckContext, topic: str, alarm: str) -> Iterator[str]:
    """Unknown properties of a topic. Raises ConfigurationError if alarms cannot publish to it."""
    try:
        with calling("sns:GetTopicAttributes"):
            attributes = context.aws.topics.get_topic_attributes(TopicArn=topic)["Attributes"]
    except CallerError as error:
        if error.code in ("NotFound", "NotFoundException"):
            raise ConfigurationError(
                f"There is no topic {topic}, which the alarms publish to: name another one "
                "(alarm_topic_arn)."
            ) from None
        yield f"Whether {topic} accepts alarms is unknown. {error}"
        return
    decision = decide(attributes["Policy"], _request(alarm, "sns:Publish", topic))
    if decision is Decision.REFUSED:
        raise ConfigurationError(
            f"The policy of {topic} does not let {CLOUDWATCH} publish for alarms of account "
            f"{account_of(alarm)}: alarms notify nobody. {GUIDE} has the statement."
        )
    if decision is Decision.UNCLEAR:
        yield f"The policy of {topic} has conditions that only AWS can evaluate."
    if key := attributes.get("KmsMasterKeyId"):
        yield from _key_doubts(context, key, topic, alarm)


def _key_doubts(context: CheckContext, key: str, topic: str, alarm: str) -> Iterator[str]:
    if key.endswith(AWS_KEY):
        raise ConfigurationError(
            f"The topic {topic} is encrypted with {AWS_KEY}, which alarms cannot use: encrypt it "
            f"with a customer key. {GUIDE} lists what the key must allow."
        )
    try:
        with calling("kms:GetKeyPolicy"):
            # does not accept an alias
            found = context.aws.keys.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
            policy = context.aws.keys.get_key_policy(KeyId=found, PolicyName="default")["Policy"]
    except CallerError as error:
        yield f"Whether alarms may use the key of {topic} is unknown. {error}"
        return
    decisions = [decide(policy, _request(alarm, action, found)) for action in PUBLISH_ACTIONS]
    if Decision.REFUSED in decisions:
        raise ConfigurationError(
            f"The topic {topic} is encrypted, and the policy of its key {found} does not let "
            f"{CLOUDWATCH} use it: alarms notify nobody. {GUIDE} has the statement."
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
            "aws:sourceowner": account,  # from the default policy of SNS
            "aws:securetransport": "true",
        },
    )
