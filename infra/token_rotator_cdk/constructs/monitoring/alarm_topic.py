"""The topic that alarms tell, unless the deployment names one."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from token_rotator_cdk.config import key_policy


class AlarmTopic(sns.Topic):
    """An encrypted topic that takes TLS alone, and lets the alarms of its account publish."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        own_key: kms.IKey | None,
        emails: Sequence[str],
    ) -> None:
        """``own_key``: the stack's own key, whose policy lets alarms use it. None: it has none."""
        account = Stack.of(scope).account
        if own_key is not None:
            may_publish = key_policy.alarms_may_publish(account)
            own_key.add_to_resource_policy(iam.PolicyStatement.from_json(may_publish))
        super().__init__(scope, construct_id, master_key=key, enforce_ssl=True)
        # the policy that enforces TLS takes the place of SNS's default one
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsMayPublish",
                principals=[
                    iam.ServicePrincipal(
                        key_policy.CLOUDWATCH,
                        conditions={"StringEquals": {"aws:SourceAccount": account}},
                    )
                ],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
            )
        )
        for email in emails:
            self.add_subscription(subscriptions.EmailSubscription(email))
