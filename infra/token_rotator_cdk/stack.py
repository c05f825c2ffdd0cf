"""What is in a deployment? What its rotators share, the rotators, and where to find them."""

from itertools import pairwise

from aws_cdk import ArnFormat, CfnOutput, Environment, RemovalPolicy, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from token_rotator.contract import StackOutput, output_of
from token_rotator_cdk.config.models import Deployment
from token_rotator_cdk.constructs.dashboard import RotatorsDashboard
from token_rotator_cdk.constructs.reader_layer import ReaderLayer
from token_rotator_cdk.constructs.secret_access_alerts import mailer_of
from token_rotator_cdk.constructs.token_rotator import TokenRotator


class TokenRotatorStack(Stack):
    """One CloudFormation stack of rotators."""

    def __init__(self, scope: Construct, *, deployment: Deployment, code: lambda_.Code) -> None:
        config = deployment.stack
        super().__init__(
            scope,
            config.name,
            description="Keeps fresh access tokens in SSM parameters",
            env=Environment(account=config.account, region=config.region),
            tags=dict(config.tags),
        )
        self.key = self._customer_key()
        if config.log_key:
            self._open_key_to_logs()
        self.alarm_topic: sns.ITopic = (
            sns.Topic.from_topic_arn(self, "AlarmTopic", config.alarm_topic_arn)
            if config.alarm_topic_arn is not None
            else self._alarm_topic(config.alarm_emails)
        )
        mailer = (
            mailer_of(
                self,
                "SecretReadsMailer",
                topic=self.alarm_topic,
                key=self.key if config.alarm_topic_arn is None else None,
            )
            if config.secret_access_alerts
            else None
        )
        self.rotators = {
            name: TokenRotator(
                self,
                f"{output_of(name)}Rotator",
                rotator_name=deployment.rotator_name(name),
                stack_config=config,
                config=rotator,
                key=self.key,
                alarm_topic=self.alarm_topic,
                code=code,
                mailer=mailer,
            )
            for name, rotator in deployment.rotators.items()
        }
        for before, after in pairwise(self.rotators.values()):
            after.triggers.created_after(before.triggers)
        self._outputs()
        if config.reader_layer:
            layer = ReaderLayer(self, "ReaderLayer")
            CfnOutput(self, StackOutput.READER_LAYER_ARN, value=layer.layer_version_arn)
        if config.dashboard:
            dashboard = RotatorsDashboard(self, "Dashboard", rotators=self.rotators)
            CfnOutput(self, StackOutput.DASHBOARD_URL, value=dashboard.url)
        if config.permissions_boundary is not None:
            boundary = iam.ManagedPolicy.from_managed_policy_arn(
                self, "PermissionsBoundary", config.permissions_boundary
            )
            iam.PermissionsBoundary.of(self).apply(boundary)
        for name, value in config.tags.items():
            Tags.of(self).add(name, value)

    def _customer_key(self) -> kms.Key:
        return kms.Key(
            self,
            "Key",
            description=f"Secrets, tokens and alarms of {self.stack_name}",
            enable_key_rotation=True,
            # the secrets that stay are unreadable without it
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )

    def _alarm_topic(self, emails: tuple[str, ...]) -> sns.Topic:
        # alarms cannot publish to an encrypted topic without it, and SnsAction does not add it
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsMayPublish",
                principals=[self._cloudwatch()],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # in a key's policy: this key
            )
        )
        topic = sns.Topic(self, "AlarmTopic", master_key=self.key, enforce_ssl=True)
        # the policy that enforces TLS takes the place of SNS's default one
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsMayPublish",
                principals=[self._cloudwatch()],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
            )
        )
        for email in emails:
            topic.add_subscription(subscriptions.EmailSubscription(email))
        return topic

    def _open_key_to_logs(self) -> None:
        # by name, because the groups depend on the key; CloudFormation puts the stack's in front
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        groups = self.format_arn(
            service="logs",
            resource="log-group",
            resource_name=f"{self.stack_name}-*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LogsOfThisStack",
                principals=[iam.ServicePrincipal(f"logs.{self.region}.amazonaws.com")],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )

    def _cloudwatch(self) -> iam.ServicePrincipal:
        return iam.ServicePrincipal(
            "cloudwatch.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": self.account}},
        )

    def _outputs(self) -> None:
        CfnOutput(self, StackOutput.ALARM_TOPIC_ARN, value=self.alarm_topic.topic_arn)
        for name, rotator in self.rotators.items():
            values = {
                StackOutput.FUNCTION_NAME: rotator.function.function_name,
                StackOutput.PARAMETER_NAME: rotator.parameter_name,
                StackOutput.READER_POLICY_ARN: rotator.reader_policy.managed_policy_arn,
                StackOutput.SECRET_ARN: rotator.secret_arn,
            }
            if rotator.shared_reader is not None:
                values[StackOutput.SHARED_READER_ROLE_ARN] = rotator.shared_reader.role_arn
            for output, value in values.items():
                CfnOutput(self, output_of(name, output), value=value)
