"""The CloudFormation stack of a ``rotators.toml``."""

from itertools import pairwise
from pathlib import Path

from aws_cdk import CfnOutput, Duration, Environment, IStackSynthesizer, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from token_rotator.contract import VERSION, StackOutput, output_of
from token_rotator_cdk.bundle.asset import function_code
from token_rotator_cdk.bundle.targets import Target
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.identity_provider import IdentityProviderConfig
from token_rotator_cdk.config.models.rotator import RotatorConfig, SecretConfig
from token_rotator_cdk.config.models.stack import Architecture, StackConfig
from token_rotator_cdk.constructs.certificates import certificates_of
from token_rotator_cdk.constructs.credential import customer_key
from token_rotator_cdk.constructs.identity_provider import IdentityProvider
from token_rotator_cdk.constructs.log_retention import RETENTION
from token_rotator_cdk.constructs.monitoring.alarm_topic import AlarmTopic
from token_rotator_cdk.constructs.monitoring.dashboard import RotatorsDashboard
from token_rotator_cdk.constructs.network import imported_network
from token_rotator_cdk.constructs.reader_layer import ReaderLayer
from token_rotator_cdk.constructs.synthesizer import synthesizer
from token_rotator_cdk.constructs.token_rotator import TokenRotator

_ARCHITECTURES = {
    Architecture.ARM64: lambda_.Architecture.ARM_64,
    Architecture.X86_64: lambda_.Architecture.X86_64,
}


class TokenRotatorStack(Stack):
    """A stack with rotators and their shared key, alarm topic and dashboard."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        directory: Path = Path(),
        target: Target | None = None,
        code: lambda_.Code | None = None,
    ) -> None:
        """Creates the stack of a deployment.

        :param directory: base directory of relative paths in the deployment's file.
        :param target: the interpreter that runs the functions. Default: Lambda's, with the
            configured architecture.
        :param code: replaces the functions' code in tests. Default: this distribution's function.
        """
        config = deployment.stack
        super().__init__(
            scope,
            config.name,
            description=f"Keeps fresh access tokens in SSM parameters (token-rotator {VERSION})",
            env=Environment(account=config.account, region=config.region),
            tags=dict(config.tags),
            synthesizer=self._synthesizer(config),
        )
        # the policy of an existing key is managed by its owner: `token-rotator key-policy`
        self._own_key = (
            customer_key(
                self, "Key", description=f"Secrets, tokens and alarms of {self.stack_name}"
            )
            if config.key_arn is None
            else None
        )
        self.key: kms.IKey = self._key(config)
        self.alarm_topic: sns.ITopic = self._alarm_topic(config)
        self._signing = (
            None
            if config.code_signing_config_arn is None
            else lambda_.CodeSigningConfig.from_code_signing_config_arn(
                self, "CodeSigning", config.code_signing_config_arn
            )
        )
        self._directory = directory
        self._target = target
        self._code = code
        self.rotators = {
            name: self._rotator(name, rotator, deployment)
            for name, rotator in deployment.rotators.items()
        }
        for before, after in pairwise(self.rotators.values()):
            after.create_schedules_after(before)
        self._outputs()
        if config.reader_layer:
            layer = ReaderLayer(self, "ReaderLayer")
            CfnOutput(self, StackOutput.READER_LAYER_ARN, value=layer.layer_version_arn)
        if config.dashboard:
            dashboard = RotatorsDashboard(self, "Dashboard", rotators=self.rotators.values())
            if dashboard.link is not None:
                url, exists = dashboard.link
                CfnOutput(self, StackOutput.DASHBOARD_URL, value=url, condition=exists)
        if config.permissions_boundary is not None:
            self._apply_permissions_boundary(config.permissions_boundary)
        for name, value in config.tags.items():
            Tags.of(self).add(name, value)

    def _synthesizer(self, config: StackConfig) -> IStackSynthesizer | None:
        return synthesizer(config.bootstrap)

    def _key(self, config: StackConfig) -> kms.IKey:
        if self._own_key is not None:
            return self._own_key
        return kms.Key.from_key_arn(self, "NamedKey", str(config.key_arn))

    def _alarm_topic(self, config: StackConfig) -> sns.ITopic:
        if config.alarm_topic_arn is not None:
            return sns.Topic.from_topic_arn(self, "AlarmTopic", config.alarm_topic_arn)
        return AlarmTopic(self, "AlarmTopic", key=self.key, emails=config.alarm_emails)

    def _apply_permissions_boundary(self, arn: str) -> None:
        boundary = iam.ManagedPolicy.from_managed_policy_arn(self, "PermissionsBoundary", arn)
        iam.PermissionsBoundary.of(self).apply(boundary)

    def _rotator(self, name: str, rotator: RotatorConfig, deployment: Deployment) -> TokenRotator:
        stack = deployment.stack
        construct_id = f"{output_of(name)}Rotator"
        provider = _identity_provider(rotator.identity_provider, self._directory)
        network = imported_network(self, construct_id, rotator.vpc)
        return TokenRotator(
            self,
            construct_id,
            parameter_name=rotator.parameter_name,
            rotator_name=deployment.rotator_name(name),
            identity_provider=provider,
            secret=None if rotator.secret is None else self._secret(construct_id, rotator.secret),
            encryption_key=self.key,
            alarm_topic=self.alarm_topic,
            alarm_actions_enabled=stack.alarm_actions_enabled,
            secret_access_alerts=stack.secret_access_alerts,
            runbook_url=stack.runbook_url,
            vpc=network.vpc,
            vpc_subnets=network.vpc_subnets,
            security_groups=network.security_groups,
            allow_ipv6_for_dual_stack=network.allow_ipv6_for_dual_stack,
            token_lifetime=Duration.seconds(rotator.token_lifetime_seconds),
            interval=Duration.minutes(rotator.interval_minutes),
            watchdog_min_remaining=Duration.seconds(rotator.watchdog_min_remaining_seconds),
            value_format=rotator.value_format,
            share_with=rotator.share_with,
            expiration_grace=Duration.minutes(rotator.expiration_grace_minutes),
            parameter_tags=stack.tags,
            memory_size=rotator.memory_mb,
            reserve_concurrency=rotator.reserve_concurrency,
            log_retention=RETENTION[rotator.log_retention_days],
            log_group_name=rotator.log_group_name,
            log_encryption_key=self.key if stack.log_key else None,
            code_signing_config=self._signing,
            role_path=stack.role_path,
            role_name_prefix=stack.role_name_prefix,
            architecture=_ARCHITECTURES[stack.architecture],
            fips=stack.fips,
            code=self._code_for(provider),
        )

    def _secret(self, construct_id: str, secret: SecretConfig) -> secretsmanager.ISecret:
        key = (
            None
            if secret.key_arn is None
            else kms.Key.from_key_arn(self, f"{construct_id}SecretKey", secret.key_arn)
        )
        return secretsmanager.Secret.from_secret_attributes(
            self,
            f"{construct_id}Secret",
            secret_complete_arn=secret.arn,
            encryption_key=key,
        )

    def _outputs(self) -> None:
        CfnOutput(self, StackOutput.ALARM_TOPIC_ARN, value=self.alarm_topic.topic_arn)
        for name, rotator in self.rotators.items():
            values = {
                StackOutput.FUNCTION_NAME: rotator.function.function_name,
                StackOutput.PARAMETER_NAME: rotator.parameter_name,
                StackOutput.OPERATOR_POLICY_ARN: rotator.operator_policy.managed_policy_arn,
                StackOutput.READER_POLICY_ARN: rotator.reader_policy.managed_policy_arn,
                StackOutput.SECRET_ARN: rotator.secret_arn,
            }
            if rotator.shared_reader is not None:
                values[StackOutput.SHARED_READER_ROLE_ARN] = rotator.shared_reader.role_arn
            for output, value in values.items():
                CfnOutput(self, output_of(name, output), value=value)

    def _code_for(self, provider: IdentityProvider) -> lambda_.Code | None:
        """The functions' code, or None for the construct's default."""
        if self._code is not None or self._target is None:
            return self._code
        return function_code(self._target, certificates_of(provider))


def _identity_provider(config: IdentityProviderConfig, directory: Path) -> IdentityProvider:
    lifetime, authorities = config.assertion_lifetime_seconds, config.extra_ca_certificates
    return IdentityProvider(
        profile=config.profile,
        discovery_endpoint=config.discovery_endpoint,
        token_endpoint=config.token_endpoint,
        allowed_token_hosts=config.allowed_token_hosts,
        allow_private_addresses=config.allow_private_addresses,
        extra_ca_certificates=None if authorities is None else str(directory / authorities),
        audience=config.audience,
        request_style=config.request_style,
        assertion_lifetime=None if lifetime is None else Duration.seconds(lifetime),
        assertion_backdate=Duration.seconds(config.assertion_backdate_seconds),
        algorithm=config.algorithm,
        key_id=config.key_id,
        scope=config.scope,
        scope_in=config.scope_in,
        subject=config.subject,
        claims=config.claims,
        headers=config.headers,
    )
