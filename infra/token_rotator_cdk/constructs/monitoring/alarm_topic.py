"""The SNS topic for alarms, created or existing."""

from collections.abc import Sequence

import jsii
from aws_cdk import Aspects, IAspect, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct, IConstruct

from token_rotator_cdk.config import key_policy


class AlarmTopic(sns.Topic):
    """An encrypted topic that requires TLS."""

    def __init__(
        self, scope: Construct, construct_id: str, *, key: kms.IKey, emails: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id, master_key=key, enforce_ssl=True)
        for email in emails:
            self.add_subscription(subscriptions.EmailSubscription(email))


def allow_alarms_to_publish(topic: sns.ITopic, stack: Stack) -> None:
    """Lets the stack's alarms publish, if the app manages the policies of the topic and its key.

    The AWS CDK's ``SnsAction`` does not add these permissions.
    """
    if topic.master_key is not None:
        statement = key_policy.alarms_may_publish(stack.account)
        topic.master_key.add_to_resource_policy(iam.PolicyStatement.from_json(statement))
    Aspects.of(topic).add(_AlarmsMayPublish(topic.topic_arn, stack.account))


@jsii.implements(IAspect)
class _AlarmsMayPublish:
    """Adds a statement to the topic's policy, if the topic has one.

    SNS's default policy allows alarms of the same account. A custom policy, such as the one that
    enforces TLS, replaces it:
    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    """

    def __init__(self, topic_arn: str, account: str) -> None:
        self._topic_arn = topic_arn
        self._account = account

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, sns.TopicPolicy):
            node.document.add_statements(
                iam.PolicyStatement(
                    sid="AlarmsMayPublish",
                    principals=[
                        iam.ServicePrincipal(
                            key_policy.CLOUDWATCH,
                            conditions={"StringEquals": {"aws:SourceAccount": self._account}},
                        )
                    ],
                    actions=["sns:Publish"],
                    resources=[self._topic_arn],
                )
            )
