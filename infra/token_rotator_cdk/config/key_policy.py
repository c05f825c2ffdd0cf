"""Statements that the policy of the stack's KMS key needs, whether created or existing.

AWS services need their statements in any case. Roles need theirs only if the key policy does not
delegate to the account's IAM policies.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from token_rotator_cdk.actions import EncryptionContext
from token_rotator_cdk.config.models.deployment import Deployment

Statement = dict[str, Any]

TOPIC_CONTEXT: Final = "kms:EncryptionContext:aws:sns:topicArn"
LOGS_CONTEXT: Final = "kms:EncryptionContext:aws:logs:arn"

CLOUDWATCH: Final = "cloudwatch.amazonaws.com"
PUBLISH: Final = ("kms:Decrypt", "kms:GenerateDataKey*")
ENCRYPT_LOGS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPlace:
    """A stack's partition, region and account. Each may be a CDK token."""

    partition: str
    region: str
    account: str
    dns_suffix: str
    """The domain of the partition's services, such as ``amazonaws.com``."""

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in the stack's region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def root(self) -> str:
        """The account as a principal, which delegates to its IAM policies."""
        return f"arn:{self.partition}:iam::{self.account}:root"


def statements_for_services(deployment: Deployment, place: StackPlace) -> Iterator[Statement]:
    """Statements for AWS services. The key policy always needs them."""
    if deployment.stack.alarm_topic_arn is None:
        yield alarms_may_publish(place.account)
    if deployment.stack.log_key:
        groups = dict.fromkeys(
            rotator.log_group_name or f"{deployment.stack_name(name)}-*"
            for name, rotator in deployment.rotators.items()
        )
        yield logs_may_encrypt("LogsOfThisStack", [*groups], place)


def statements_for_roles(deployment: Deployment, place: StackPlace) -> Iterator[Statement]:
    """Statements for roles. Not needed if the key policy delegates to IAM policies.

    The principal is the account, so the roles do not have to exist yet.
    """
    rotators = deployment.rotators.items()
    parameters = [place.arn("ssm", f"parameter{one.parameter_name}") for _, one in rotators]
    yield _for_account(
        place,
        "TokenRotatorParameters",
        ("kms:Decrypt", "kms:GenerateDataKey"),
        {"StringEquals": {EncryptionContext.PARAMETER.value: parameters}},
    )
    # Secrets Manager adds a hyphen and six characters
    created = [
        place.arn("secretsmanager", f"secret:{deployment.rotator_name(name)}-??????")
        for name, one in rotators
        if one.secret is None
    ]
    if created:
        yield _for_account(
            place,
            "TokenRotatorSecrets",
            # Encrypt: changing the key re-encrypts existing versions
            # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html
            ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
            {"StringLike": {EncryptionContext.SECRET.value: created}},
        )
    if deployment.stack.alarm_topic_arn is None and deployment.stack.secret_access_alerts:
        stacks = dict.fromkeys(deployment.stack_name(name) for name, _ in rotators)
        topics = [place.arn("sns", f"{stack}-AlarmTopic*") for stack in stacks]
        yield _for_account(
            place,
            "TokenRotatorTopics",
            ("kms:Decrypt", "kms:GenerateDataKey"),
            {"StringLike": {TOPIC_CONTEXT: topics}},
        )


def alarms_may_publish(account: str) -> Statement:
    """Lets alarms publish to an encrypted topic. The CDK does not add this statement.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return {
        "Sid": "AlarmsMayPublish",
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": [*PUBLISH],
        "Resource": "*",  # in a key policy, "*" is this key
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }


def logs_may_encrypt(sid: str, groups: Sequence[str], place: StackPlace) -> Statement:
    """Lets CloudWatch Logs encrypt log groups. ``*`` in a name is a wildcard.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    arns = [place.arn("logs", f"log-group:{group}") for group in groups]
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": logs_principal(place)},
        "Action": [*ENCRYPT_LOGS],
        "Resource": "*",
        "Condition": {"ArnLike": {LOGS_CONTEXT: arns if len(arns) > 1 else arns[0]}},
    }


def logs_principal(place: StackPlace) -> str:
    """The service principal of CloudWatch Logs, the only one here that differs by partition.

    https://docs.amazonaws.cn/en_us/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    return f"logs.{place.region}.{place.dns_suffix}"


def _for_account(
    place: StackPlace, sid: str, actions: Sequence[str], conditions: dict[str, Any]
) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": place.root},
        "Action": [*actions],
        "Resource": "*",
        "Condition": conditions,
    }
