"""The calls behind alarms, alerts and encrypted logs, and what they are about."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.audit.iam.call import Call
from tests.audit.iam.intrinsics import Place
from tests.audit.iam.rotators import of_type

BY_TLS: Final = {"aws:SecureTransport": "true"}


def of_the_alarms(template: Mapping[str, Any], place: Place) -> Iterator[Call]:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""
    keys = encrypted_topics(template, place)
    for logical_id, alarm in of_type(template, "AWS::CloudWatch::Alarm").items():
        context = by_an_alarm(place, logical_id)
        for topic in keys.keys() & place.resolved(template, alarm["AlarmActions"]):
            yield Call(
                principal="cloudwatch.amazonaws.com",
                action="sns:Publish",
                resource=topic,
                context=context | BY_TLS,
            )
            for action in ("kms:Decrypt", "kms:GenerateDataKey"):
                yield Call(
                    principal="cloudwatch.amazonaws.com",
                    action=action,
                    resource=keys[topic],
                    context=context,
                )


def of_the_alerts(template: Mapping[str, Any], place: Place) -> Iterator[Call]:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""
    keys = encrypted_topics(template, place)
    for role, topic in alert_roles(template, place):
        yield Call(principal="events.amazonaws.com", action="sts:AssumeRole", resource=role)
        yield Call(principal=role, action="sns:Publish", resource=topic, context=BY_TLS)
        if topic in keys:
            for action in ("kms:Decrypt", "kms:GenerateDataKey"):
                yield Call(
                    principal=role,
                    action=action,
                    resource=keys[topic],
                    context=for_topic(topic),
                )


def of_encrypted_logs(template: Mapping[str, Any], place: Place) -> Iterator[Call]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"""
    for group, key in encrypted_logs(template, place).items():
        for action in ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"):
            yield Call(
                principal=place.service("logs"),
                action=action,
                resource=key,
                context={"kms:EncryptionContext:aws:logs:arn": group},
            )


def encrypted_logs(template: Mapping[str, Any], place: Place) -> dict[str, str]:
    """The KMS keys of log groups, by the groups' ARNs."""
    return {
        place.arn_of(template, logical_id).removesuffix(":*"): place.resolved(
            template, group["KmsKeyId"]
        )
        for logical_id, group in of_type(template, "AWS::Logs::LogGroup").items()
        if "KmsKeyId" in group
    }


def alert_roles(template: Mapping[str, Any], place: Place) -> list[tuple[str, str]]:
    """The roles with which rules publish alerts, and their topics."""
    targets = [
        target
        for rule in of_type(template, "AWS::Events::Rule").values()
        for target in place.resolved(template, rule["Targets"])
    ]
    return sorted({(one["RoleArn"], one["Arn"]) for one in targets if "RoleArn" in one})


def for_topic(topic: str) -> dict[str, str]:
    """The encryption context of a topic's messages."""
    return {"kms:EncryptionContext:aws:sns:topicArn": topic}


def encrypted_topics(template: Mapping[str, Any], place: Place) -> dict[str, str]:
    """The KMS keys of the template's topics, by the topics' ARNs."""
    return {
        place.arn_of(template, logical_id): place.resolved(template, topic["KmsMasterKeyId"])
        for logical_id, topic in of_type(template, "AWS::SNS::Topic").items()
    }


def by_an_alarm(place: Place, name: str) -> dict[str, str]:
    """The condition keys of CloudWatch's requests for an alarm's action."""
    return {
        "aws:SourceAccount": place.account,
        "aws:SourceArn": place.arn(f"cloudwatch:alarm:{name}"),
    }
