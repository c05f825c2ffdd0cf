"""What the policy of the KMS key has to allow: the stack's own key, and one that the file names.

The statements are for AWS's services, which have no IAM policy here, and for the account's roles,
which have one: those a key policy does without, if it lets the account's IAM policies decide.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from token_rotator.contract import EncryptionContext
from token_rotator_cdk.config.models.deployment import Deployment

Statement = dict[str, Any]

TOPIC_CONTEXT: Final = "kms:EncryptionContext:aws:sns:topicArn"
LOGS_CONTEXT: Final = "kms:EncryptionContext:aws:logs:arn"

CLOUDWATCH: Final = "cloudwatch.amazonaws.com"
PUBLISH: Final = ("kms:Decrypt", "kms:GenerateDataKey*")
ENCRYPT_LOGS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPlace:
    """Where a stack goes. Each may be a token of the CDK."""

    partition: str
    region: str
    account: str
    dns_suffix: str
    """``amazonaws.com`` in most partitions."""

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of the stack's region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def root(self) -> str:
        """The account, as a principal: every role that its IAM policies allow."""
        return f"arn:{self.partition}:iam::{self.account}:root"


def statements_for_services(deployment: Deployment, place: StackPlace) -> Iterator[Statement]:
    """What no policy but the key's can allow. It is needed in any case."""
    if deployment.stack.alarm_topic_arn is None:
        yield alarms_may_publish(place.account)
    if deployment.stack.log_key:
        groups = dict.fromkeys(
            rotator.log_group_name or f"{deployment.stack_name(name)}-*"
            for name, rotator in deployment.rotators.items()
        )
        yield logs_may_encrypt("LogsOfThisStack", [*groups], place)


def statements_for_roles(deployment: Deployment, place: StackPlace) -> Iterator[Statement]:
    """What IAM policies of the account allow, if the key's policy lets them.

    The principal is the account, so that no role has to exist before the statement does.
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
            # Encrypt: another key re-encrypts the versions that are there
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
    """Alarms cannot publish to an encrypted topic without it, and the CDK does not add it.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return {
        "Sid": "AlarmsMayPublish",
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": [*PUBLISH],
        "Resource": "*",  # in a key's policy: this key
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }


def logs_may_encrypt(sid: str, groups: Sequence[str], place: StackPlace) -> Statement:
    """CloudWatch Logs, for log groups by their names, in which ``*`` stands for anything.

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
    """CloudWatch Logs is the one service here whose principal differs by partition.

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
