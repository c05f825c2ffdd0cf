"""What does one credential need in AWS? A function, its triggers, its alarms, and who may read."""

import json

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from token_rotator.contract import (
    FUNCTION_TIMEOUT_SECONDS,
    HANDLER,
    PLACEHOLDER_FIELD,
    Actions,
)
from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cdk.config.environment import environment
from token_rotator_cdk.config.models import RotatorConfig, StackConfig
from token_rotator_cdk.constructs import permissions
from token_rotator_cdk.constructs.alarms import RotatorAlarms
from token_rotator_cdk.constructs.secret_access_alerts import SecretAccessAlerts
from token_rotator_cdk.constructs.shared_reader import SharedReader
from token_rotator_cdk.constructs.triggers import Triggers


class TokenRotator(Construct):
    """Keeps a fresh access token of one credential in one SSM parameter."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rotator_name: str,
        stack_config: StackConfig,
        config: RotatorConfig,
        key: kms.IKey,
        alarm_topic: sns.ITopic,
        code: lambda_.Code,
        mailer: iam.IRole | None = None,
    ) -> None:
        """``key`` encrypts the parameter, and the secret unless ``config`` names one.

        ``mailer`` tells the topic who else reads the secret; None: nobody does.
        """
        super().__init__(scope, construct_id)
        self._config = config
        self._key = key
        self.name = rotator_name
        self._label = rotator_name.rpartition("/")[2]
        self.parameter_name = config.parameter_name
        self.parameter_arn = Stack.of(self).format_arn(
            service="ssm", resource="parameter", resource_name=config.parameter_name.lstrip("/")
        )
        self.secret, self.secret_arn = self._credential()
        self.log_group = logs.LogGroup(
            self,
            "LogGroup",
            removal_policy=RemovalPolicy.DESTROY,
            encryption_key=key if stack_config.log_key else None,
        )
        _retain_for(self.log_group, days=config.log_retention_days)
        role = self._execution_role(self.log_group)
        self.function = lambda_.Function(
            self,
            "Function",
            description=f"Keeps a fresh access token in {config.parameter_name}"[:256],
            code=code,
            handler=HANDLER,
            # a local AWS ignores both, and runs the bundle on its own interpreter (`-c local=true`)
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=config.memory_mb,
            timeout=Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
            environment=environment(
                config,
                rotator_name=rotator_name,
                parameter_tags=stack_config.tags,
                secret_arn=self.secret_arn,
                key_arn=key.key_arn,
            ),
            role=role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            # one writer at a time; Parameter Store has no conditional put
            reserved_concurrent_executions=1 if config.reserve_concurrency else None,
            # the watchdog is the retry
            retry_attempts=0,
            max_event_age=Duration.minutes(1),
            code_signing_config=self._code_signing(stack_config),
        )
        if mailer is not None:
            SecretAccessAlerts(
                self,
                "SecretAccessAlerts",
                rotator=self.name,
                secret_arn=self.secret_arn,
                secret_name=self._secret_name(),
                role_arn=role.role_arn,
                topic=alarm_topic,
                mailer=mailer,
            )
        self.triggers = Triggers(
            self,
            "Triggers",
            label=self._label,
            config=config,
            function=self.function,
            secret_arn=self.secret_arn,
        )
        self.alarms = RotatorAlarms(
            self,
            "Alarms",
            rotator=self.name,
            interval_minutes=config.interval_minutes,
            keys_expire=PROFILES[config.identity_provider.profile].key_lifetime_days is not None,
            function=self.function,
            topic=alarm_topic,
        )
        self.reader_policy = iam.ManagedPolicy(
            self,
            "ReaderPolicy",
            description=f"Reads the access token in {config.parameter_name}"[:256],
            statements=permissions.read_parameter(self.parameter_arn, key),
        )

        self.shared_reader = (
            SharedReader(
                self,
                "SharedReaderRole",
                share_with=config.share_with,
                parameter_name=self.parameter_name,
                parameter_arn=self.parameter_arn,
                key=key,
            )
            if config.share_with
            else None
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets a workload read the parameter and decrypt it, and nothing else.

        For workloads of this account; those of others assume the role of ``share_with``.
        """
        may_get = iam.Grant.add_to_principal(
            grantee=grantee, actions=[*Actions.READ_PARAMETER], resource_arns=[self.parameter_arn]
        )
        may_decrypt = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[*Actions.DECRYPT_PARAMETER],
            resource_arns=[self._key.key_arn],
            conditions=permissions.parameter_context(self.parameter_arn),
        )
        return may_get.combine(may_decrypt)

    def _credential(self) -> tuple[secretsmanager.ISecret, str]:
        if self._config.secret is not None:
            arn = self._config.secret.arn
            return secretsmanager.Secret.from_secret_complete_arn(self, "Secret", arn), arn
        created = secretsmanager.Secret(
            self,
            "Secret",
            secret_name=self.name,
            description="Service account: store the downloaded file here as it is",
            generate_secret_string=_placeholder(),
            # kept when the stack goes, but not when its first deployment fails: the name is taken
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        resource = created.node.default_child
        assert isinstance(resource, secretsmanager.CfnSecret)  # noqa: S101 - narrows the type
        # as `encryption_key` it would open the key to the whole account a second time
        resource.kms_key_id = self._key.key_arn
        # both are the ARN in AWS; a local AWS answers `Ref` with the name
        return created, resource.attr_id

    def _secret_name(self) -> str:
        if self._config.secret is None:
            return self.name
        # without the hyphen and six characters that Secrets Manager adds
        return self._config.secret.arn.split(":")[-1].rpartition("-")[0]

    def _code_signing(self, stack: StackConfig) -> lambda_.ICodeSigningConfig | None:
        arn = stack.code_signing_config_arn
        if arn is None:
            return None
        return lambda_.CodeSigningConfig.from_code_signing_config_arn(self, "CodeSigning", arn)

    def _execution_role(self, log_group: logs.ILogGroup) -> iam.IRole:
        statements = [
            permissions.read_secret(self.secret_arn),
            permissions.write_parameter(self.parameter_arn),
            permissions.use_key_for_parameter(self.parameter_arn, self._key),
            permissions.write_logs(log_group.log_group_arn),
        ]
        secret_key_arn = (
            self._key.key_arn if self._config.secret is None else self._config.secret.key_arn
        )
        if secret_key_arn is not None:
            statements.append(permissions.decrypt_secret(self.secret_arn, secret_key_arn))
        role = iam.Role(
            self,
            "Role",
            description=f"Rotates {self._label}",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"Rotate": iam.PolicyDocument(statements=statements)},
        )
        return role.without_policy_updates()


def _placeholder() -> secretsmanager.SecretStringGenerator:
    """What the function takes for "nobody has stored a key yet": contract.PLACEHOLDER_FIELD."""
    text = {PLACEHOLDER_FIELD: "put the downloaded file here, in place of all of this"}
    return secretsmanager.SecretStringGenerator(
        secret_string_template=json.dumps(text), generate_string_key="random"
    )


def _retain_for(log_group: logs.LogGroup, *, days: int) -> None:
    # the L2 takes names (ONE_MONTH) where rotators.toml takes CloudWatch's numbers
    resource = log_group.node.default_child
    assert isinstance(resource, logs.CfnLogGroup)  # noqa: S101 - narrows the type
    resource.retention_in_days = days
