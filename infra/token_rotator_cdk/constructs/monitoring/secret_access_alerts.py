"""Alerts when anyone other than the function reads the secret.

CloudTrail records each GetSecretValue call and sends it to EventBridge, if the account has a trail
that logs management events including read events:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
"""

from typing import Any, Final

import jsii
from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces.aws_events import IRuleRef
from constructs import Construct

from token_rotator_cdk.config.rules.iam import RoleKind
from token_rotator_cdk.constructs import permissions
from token_rotator_cdk.constructs.monitoring.texts import AlertTexts
from token_rotator_cdk.constructs.naming import RoleNames

ENABLED_WITH_READ_EVENTS: Final = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
"""Rules with state ENABLED do not receive read-only management events."""

MAX_EVENT_AGE_SECONDS: Final = 3600
"""An alert that cannot be delivered within this time is dropped."""


class SecretAccessAlerts(Construct):
    """Notifies the alarm topic of reads of the secret, including failed ones."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rotator: str,
        secret_arn: str,
        secret_name: str,
        role_arn: str,
        topic: sns.ITopic,
        names: RoleNames,
        texts: AlertTexts,
    ) -> None:
        """``role_arn`` is the only expected reader."""
        super().__init__(scope, construct_id)
        matched = pattern(secret_arn, secret_name, role_arn)
        rule = events.Rule(
            self,
            "Rule",
            description=f"Alerts when another principal reads the secret of {rotator}"[:512],
            event_pattern=events.EventPattern(
                source=matched["source"],
                detail_type=matched["detail-type"],
                detail=matched["detail"],
            ),
            targets=[
                _AlertTarget(
                    _alert_text(rotator, texts), topic, _publisher_role(self, topic, names)
                )
            ],
        )
        resource = rule.node.default_child
        assert isinstance(resource, events.CfnRule)  # noqa: S101 - narrows the type
        resource.state = ENABLED_WITH_READ_EVENTS


@jsii.implements(events.IRuleTarget)
class _AlertTarget:
    """A rule target for an SNS topic, which may be in another account.

    The CDK's own target would require a stack with an event bus in the topic's account:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html
    """

    def __init__(self, text: str, topic: sns.ITopic, role: iam.IRole) -> None:
        self._config = events.RuleTargetConfig(
            arn=topic.topic_arn,
            role=role,
            input=events.RuleTargetInput.from_text(text),
            retry_policy=events.CfnRule.RetryPolicyProperty(
                maximum_event_age_in_seconds=MAX_EVENT_AGE_SECONDS
            ),
        )

    def bind(self, rule: IRuleRef, id: str | None = None) -> events.RuleTargetConfig:  # noqa: A002, ARG002 - the AWS CDK's signature
        return self._config


def _publisher_role(scope: Construct, topic: sns.ITopic, names: RoleNames) -> iam.IRole:
    """The role that EventBridge uses to publish to a topic, shared by a stack's rules.

    Without a role, the CDK allows ``events.amazonaws.com``, and so the rules of any account, to use
    the topic and the key. A role cannot be passed to another account's rule.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    stack, construct_id = Stack.of(scope), f"SecretAccessMailer{topic.node.addr[-8:]}"
    if isinstance(existing := stack.node.try_find_child(construct_id), iam.Role):
        return existing.without_policy_updates()
    statements = [permissions.publish_to(topic.topic_arn)]
    if topic.master_key is not None:
        statements.append(permissions.use_key_for_topic(topic.topic_arn, topic.master_key))
    role = iam.Role(
        stack,
        construct_id,
        path=names.path,
        role_name=names.of_stack(stack, construct_id).name(stack, RoleKind.MAIL),
        description="Publishes alerts about access to a secret",
        assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
        inline_policies={"Mail": iam.PolicyDocument(statements=statements)},
    )
    return role.without_policy_updates()


def pattern(secret_arn: str, secret_name: str, role_arn: str) -> dict[str, Any]:
    """Matches CloudTrail's event.

    A caller may identify the secret by name, or by ARN with or without the six random characters. A
    session of a root user or an IAM user has no issuer.
    """
    issuer = [{"exists": False}, {"anything-but": [role_arn]}]
    return {
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["secretsmanager.amazonaws.com"],
            "eventName": ["GetSecretValue"],
            "requestParameters": {
                "secretId": [secret_arn, secret_name, {"suffix": f":secret:{secret_name}"}]
            },
            "userIdentity": {"sessionContext": {"sessionIssuer": {"arn": issuer}}},
        },
    }


def _alert_text(rotator: str, texts: AlertTexts) -> str:
    field = events.EventField.from_path
    return texts.secret_read(
        event=f"{field('$.detail.userIdentity.arn')} read the key of {rotator}, or tried to, at "
        f"{field('$.detail.eventTime')} from {field('$.detail.sourceIPAddress')} "
        f"({field('$.detail.userAgent')}). Event {field('$.detail.eventID')} in CloudTrail."
    )
