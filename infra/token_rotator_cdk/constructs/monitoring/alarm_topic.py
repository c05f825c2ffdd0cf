"""The topic that alarms tell: one of the app, or the one that a stack creates."""

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
    """An encrypted topic that takes TLS alone."""

    def __init__(
        self, scope: Construct, construct_id: str, *, key: kms.IKey, emails: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id, master_key=key, enforce_ssl=True)
        for email in emails:
            self.add_subscription(subscriptions.EmailSubscription(email))


def open_to_alarms(topic: sns.ITopic, stack: Stack) -> None:
    """Lets the alarms of a stack publish, as far as the policies of topic and key are the app's.

    The AWS CDK does not (``SnsAction``), and alarms that may not publish tell nobody.
    """
    if topic.master_key is not None:
        may_use = key_policy.alarms_may_publish(stack.account)
        topic.master_key.add_to_resource_policy(iam.PolicyStatement.from_json(may_use))
    Aspects.of(topic).add(_AlarmsMayPublish(topic.topic_arn, stack.account))


@jsii.implements(IAspect)
class _AlarmsMayPublish:
    """Adds to the policy of a topic, if it has one of its own.

    Without one it has SNS's default policy, which takes the alarms of its account. A policy of its
    own, such as the one that enforces TLS, takes the place of that:
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
