"""The construct ``TokenRotator``."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from token_rotator.contract import ValueFormat
from token_rotator_cdk.bundle.asset import function_code
from token_rotator_cdk.bundle.targets import BY_ARCHITECTURE
from token_rotator_cdk.config.combinations.conflict import RotatorContext
from token_rotator_cdk.config.environment import environment
from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.constructs import permissions
from token_rotator_cdk.constructs.arguments import Arguments, place_of
from token_rotator_cdk.constructs.certificates import certificates_of, issues_of_certificates
from token_rotator_cdk.constructs.credential import CreatedSecret, customer_key
from token_rotator_cdk.constructs.function import RotatorFunction
from token_rotator_cdk.constructs.identity_provider import IdentityProvider
from token_rotator_cdk.constructs.monitoring.metrics import rotator_metric
from token_rotator_cdk.constructs.monitoring.monitor import monitor
from token_rotator_cdk.constructs.naming import (
    RoleNames,
    default_rotator_name,
    issues_of_duplicates,
)
from token_rotator_cdk.constructs.network import Network
from token_rotator_cdk.constructs.operators import OperatorPolicy
from token_rotator_cdk.constructs.readers import Readers
from token_rotator_cdk.constructs.references import arn_of, issues_of_references
from token_rotator_cdk.constructs.triggers import Triggers


class TokenRotator(Construct):
    """Keeps a fresh access token of one credential in one SSM parameter.

    Omitted resources are created; other omitted arguments have the defaults of ``rotators.toml``
    (docs/configure/settings.md). Raises ``ConfigurationIssues`` with every issue of the arguments.
    CDK tokens are not checked.
    """

    name: str
    """Its name in alarms, metrics and logs."""
    parameter_name: str
    """The parameter that workloads read."""
    parameter_arn: str
    """Its ARN. The function creates the parameter, not the stack."""
    reader_policy: iam.ManagedPolicy
    """The same permissions as ``grant_read``, for workloads in other stacks."""
    operator_policy: iam.ManagedPolicy
    """Allows ``check``, ``status`` and ``rotate``, without access to the secret or the token."""
    shared_reader: iam.Role | None
    """The role for other accounts, with ``share_with``."""
    secret: secretsmanager.ISecret
    """The secret that holds the service account."""
    encryption_key: kms.IKey
    """The key that encrypts the parameter, and the secret if it was created."""
    function: RotatorFunction
    """The function. It has Lambda's own metrics, such as ``function.metric_errors()``."""
    log_group: logs.ILogGroup
    """The function's log group (docs/reference/log-line.md)."""
    alarms: Mapping[str, cloudwatch.Alarm]
    """Alarms by name, such as ``alarms["TokenNotRefreshed"]`` (docs/operate/monitoring.md)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parameter_name: str,
        rotator_name: str | None = None,
        identity_provider: IdentityProvider | None = None,
        secret: secretsmanager.ISecret | None = None,
        encryption_key: kms.IKey | None = None,
        alarm_topic: sns.ITopic | None = None,
        alarm_actions_enabled: bool = True,
        secret_access_alerts: bool = False,
        runbook_url: str | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        allow_ipv6_for_dual_stack: bool = False,
        token_lifetime: Duration | None = None,
        interval: Duration | None = None,
        watchdog_min_remaining: Duration | None = None,
        value_format: ValueFormat | None = None,
        share_with: Sequence[str] = (),
        expiration_grace: Duration | None = None,
        parameter_tags: Mapping[str, str] | None = None,
        memory_size: int | None = None,
        reserve_concurrency: bool = True,
        log_retention: logs.RetentionDays | None = None,
        log_group_name: str | None = None,
        log_encryption_key: kms.IKey | None = None,
        code_signing_config: lambda_.ICodeSigningConfig | None = None,
        role_path: str | None = None,
        role_name_prefix: str | None = None,
        architecture: lambda_.Architecture | None = None,
        fips: bool = False,
        code: lambda_.Code | None = None,
    ) -> None:
        """Creates the function, its triggers, alarms, roles and policies.

        :param parameter_name: name of the SSM parameter, which the function creates and owns.
        :param rotator_name: name in alarms, metrics and logs, and of the created secret. Default:
            the stack's name and the construct's path in it.
        :param identity_provider: ``IdentityProvider.intelligence(...)``,
            ``IdentityProvider.rfc7523(...)`` or ``IdentityProvider.jwt_bearer(...)``
            (docs/configure/providers.md). Default: ``IdentityProvider.intelligence()``.
        :param secret: an existing secret with the service account, imported with its complete ARN
            and, if it has a customer managed key, its ``encryption_key``. Default: one is created.
        :param encryption_key: encrypts the parameter and a created secret. You manage the policy of
            an imported key (docs/security/hardened.md). Default: a customer managed key that is
            retained.
        :param alarm_topic: a standard SNS topic, of any account in the stack's region. Alarms are
            added to its policy and its key's policy; an imported topic must allow them already
            (docs/security/hardened.md#the-policy-of-an-alarm-topic).
            Default: the alarms have no actions.
        :param alarm_actions_enabled: ``False``: alarms change their state but notify no one.
        :param secret_access_alerts: notifies the topic when anyone else reads the secret.
        :param runbook_url: URL of your copy of docs/operate/runbook.md, for alarms and alerts.
            Default: no link.
        :param vpc: the VPC that the function is attached to (docs/network/vpc.md). Default: none.
        :param vpc_subnets: private subnets, as for ``aws_lambda.Function``. Default: the private
            subnets of ``vpc``.
        :param security_groups: default: with a ``vpc``, one is created that allows only outbound
            HTTPS. ``function.connections`` adds rules.
        :param allow_ipv6_for_dual_stack: allows outbound IPv6 from dual-stack subnets.
        :param token_lifetime: maximum lifetime of a token. Default: that of
            ``token_lifetime_seconds``.
        :param interval: how often a token is obtained. Default: that of ``interval_minutes``.
        :param watchdog_min_remaining: a watchdog replaces a token with less time left than this;
            ``Duration.seconds(0)``: no watchdog. Default: that of
            ``watchdog_min_remaining_seconds``.
        :param value_format: ``ValueFormat.RECORD`` or ``ValueFormat.TOKEN``, the bare token.
            Default: the record (docs/reference/record.md).
        :param share_with: accounts, organizational units and organizations that may read the token
            (docs/consume/other-accounts.md).
        :param expiration_grace: SSM deletes the parameter this long after its token expires.
            Default: that of ``expiration_grace_minutes``.
        :param parameter_tags: tags of the parameter. The AWS CDK's tags do not apply to it, because
            the function creates it. Default: none.
        :param memory_size: the function's memory in MB. Default: that of ``memory_mb``.
        :param reserve_concurrency: reserves a concurrency of 1 for the function.
        :param log_retention: how long the log is kept. Default: that of ``log_retention_days``.
        :param log_group_name: name of the created log group. Default: CloudFormation generates one.
        :param log_encryption_key: encrypts the log. CloudWatch Logs is added to its policy; an
            imported key must allow it already. Default: CloudWatch's own key.
        :param code_signing_config: checks the signature of the function's code. Default: none.
        :param role_path: IAM path of the roles and policies. Default: ``/``.
        :param role_name_prefix: prefix of their names. Default: CloudFormation generates names.
        :param architecture: processor architecture (docs/network/partitions.md#processors).
            Default: ``Architecture.ARM_64``.
        :param fips: the function uses the FIPS endpoints of AWS. The stack's ``env`` must have a
            region with them (docs/network/partitions.md#fips-endpoints).
        :param code: replaces the function's code in tests. Default: this distribution's function.
        """
        super().__init__(scope, construct_id)
        self.name = rotator_name or default_rotator_name(self)
        self.parameter_name = parameter_name
        self.parameter_arn = Stack.of(self).format_arn(
            service="ssm",
            resource=f"parameter{parameter_name}",
            arn_format=ArnFormat.NO_RESOURCE_NAME,
        )
        tags = parameter_tags or {}
        processors = architecture or lambda_.Architecture.ARM_64
        network = Network(
            vpc=vpc,
            vpc_subnets=vpc_subnets,
            security_groups=security_groups,
            allow_ipv6_for_dual_stack=allow_ipv6_for_dual_stack,
        )
        settings, issues = Arguments(
            parameter_name=parameter_name,
            identity_provider=identity_provider,
            secret=secret,
            token_lifetime=token_lifetime,
            interval=interval,
            watchdog_min_remaining=watchdog_min_remaining,
            value_format=value_format,
            share_with=share_with,
            expiration_grace=expiration_grace,
            memory_size=memory_size,
            reserve_concurrency=reserve_concurrency,
            log_retention=log_retention,
            log_group_name=log_group_name,
            **network.settings(),
        ).settings(
            RotatorContext(
                rotator_name=self.name,
                place=place_of(self),
                parameter_tags=tags,
                fips=fips,
            )
        )
        issues += issues_of_references(
            self,
            rotator_name=self.name,
            parameter_tags=tags,
            alarm_topic=alarm_topic,
            secret_access_alerts=secret_access_alerts,
            runbook_url=runbook_url,
            role_path=role_path,
            role_name_prefix=role_name_prefix,
            encryption_key=arn_of(encryption_key),
            log_encryption_key=arn_of(log_encryption_key),
            architecture=processors.name,
            fips=fips,
            code_signing_config=getattr(code_signing_config, "code_signing_config_arn", None),
        )
        issues += network.issues()
        issues += issues_of_certificates(identity_provider)
        issues += issues_of_duplicates(
            self, parameter_name=parameter_name, log_group_name=log_group_name
        )
        if issues:
            raise ConfigurationIssues(self.node.path, issues)

        names = RoleNames(rotator=self.name, path=role_path, prefix=role_name_prefix)
        self.encryption_key = encryption_key or customer_key(
            self, "Key", description=f"Secret and token of {self.name}"
        )
        self.secret = secret or CreatedSecret(
            self, "Secret", name=self.name, key=self.encryption_key
        )
        self.secret_arn: str = (
            self.secret.arn if isinstance(self.secret, CreatedSecret) else self.secret.secret_arn
        )
        self.function = RotatorFunction(
            self,
            "Function",
            settings=settings,
            code=code
            or function_code(BY_ARCHITECTURE[processors.name], certificates_of(identity_provider)),
            architecture=processors,
            environment=environment(
                settings,
                rotator_name=self.name,
                parameter_tags=tags,
                fips=fips,
                secret_arn=self.secret_arn,
                key_arn=self.encryption_key.key_arn,
            ),
            statements=permissions.rotate(
                secret_arn=self.secret_arn,
                secret_key=secret.encryption_key if secret else self.encryption_key,
                parameter_arn=self.parameter_arn,
                key=self.encryption_key,
            ),
            network=network,
            log_encryption_key=log_encryption_key,
            code_signing_config=code_signing_config,
            names=names,
        )
        self.log_group = self.function.log_group
        self.triggers = Triggers(
            self,
            "Triggers",
            settings=settings,
            function=self.function,
            secret_arn=self.secret_arn,
            parameter_name=parameter_name,
            names=names,
        )
        self.alarms = monitor(
            self,
            name=self.name,
            settings=settings,
            function=self.function,
            secret_arn=self.secret_arn,
            secret_name=self.secret.secret_name if secret else self.name,
            topic=alarm_topic,
            actions_enabled=alarm_actions_enabled,
            secret_access_alerts=secret_access_alerts,
            runbook_url=runbook_url,
            names=names,
        )
        self.operator_policy = OperatorPolicy(
            self,
            "OperatorPolicy",
            function=self.function,
            triggers=self.triggers,
            parameter_arn=self.parameter_arn,
            key=self.encryption_key,
            topic=alarm_topic,
            names=names,
        )
        self._readers = Readers(
            self,
            parameter_arn=self.parameter_arn,
            key=self.encryption_key,
            share_with=settings.share_with,
            names=names,
        )
        self.reader_policy = self._readers.policy
        self.shared_reader = self._readers.shared

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants a workload in this account permission to read and decrypt the parameter.

        Workloads in other accounts assume the role of ``share_with``. The workload must read the
        parameter whenever it uses the token: ``ecs.Secret`` and dynamic references read it only
        once, but a token expires within minutes (docs/deploy/construct.md).
        """
        return self._readers.grant(grantee)

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """A custom metric of the function, such as ``Metric.TOKEN_PUBLISHED``.

        ``options`` are those of ``aws_cloudwatch.Metric``. For Lambda's own metrics, use
        ``function``, for example ``function.metric_errors()``.
        """
        return rotator_metric(self.name, metric_name, **options).attach_to(self)

    def create_schedules_after(self, other: "TokenRotator") -> None:
        """Prevents the schedules of two rotators from firing together (docs/deploy/many.md)."""
        self.triggers.created_after(other.triggers)
