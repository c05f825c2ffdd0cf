"""The rotator's function, its role and its log group."""

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, HANDLER
from token_rotator_cdk.config import key_policy
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.rules.iam import RoleKind
from token_rotator_cdk.constructs import permissions
from token_rotator_cdk.constructs.log_retention import RETENTION
from token_rotator_cdk.constructs.naming import RoleNames
from token_rotator_cdk.constructs.network import Attachment, Network


class RotatorFunction(lambda_.Function):
    """The function. Its role and log group are siblings in the construct tree."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: RotatorConfig,
        code: lambda_.Code,
        architecture: lambda_.Architecture,
        environment: Mapping[str, str],
        statements: list[iam.PolicyStatement],
        network: Network,
        log_encryption_key: kms.IKey | None,
        code_signing_config: lambda_.ICodeSigningConfig | None,
        names: RoleNames,
    ) -> None:
        """``statements`` are added to those for the log and the network."""
        attachment = Attachment(scope, network)
        if log_encryption_key is not None:
            allow_logs_to_use_key(scope, log_encryption_key, settings.log_group_name)
        log_group = logs.LogGroup(
            scope,
            "LogGroup",
            log_group_name=settings.log_group_name,
            retention=RETENTION[settings.log_retention_days],
            removal_policy=RemovalPolicy.DESTROY,
            encryption_key=log_encryption_key,
        )
        allowed = [
            *statements,
            permissions.write_logs(log_group.log_group_arn),
            *attachment.statements,
        ]
        role = iam.Role(
            scope,
            "Role",
            path=names.path,
            role_name=names.name(scope, RoleKind.ROTATE),
            description="Execution role of a token rotator",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"Rotate": iam.PolicyDocument(statements=allowed)},
        ).without_policy_updates()
        super().__init__(
            scope,
            construct_id,
            description=f"Keeps a fresh access token in {settings.parameter_name}"[:256],
            code=code,
            handler=HANDLER,
            # the local AWS emulator ignores both and uses its own interpreter (`-c local=true`)
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=architecture,
            memory_size=settings.memory_mb,
            timeout=Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
            environment=dict(environment),
            role=role,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            # one writer at a time: Parameter Store has no conditional put
            reserved_concurrent_executions=1 if settings.reserve_concurrency else None,
            # the watchdog is the retry
            retry_attempts=0,
            max_event_age=Duration.minutes(1),
            code_signing_config=code_signing_config,
            **attachment.function_arguments,
        )
        self.execution_role: iam.IRole = role


def allow_logs_to_use_key(
    scope: Construct, key: kms.IKey, log_group_name: str | None, *, stack_name: str | None = None
) -> None:
    """Lets CloudWatch Logs use a key for one rotator's log group.

    By name, because the group's ARN would be a circular dependency. CloudFormation's generated
    names begin with the stack's name: ``stack_name`` if it is known only at deployment.
    """
    stack = Stack.of(scope)
    sid, group = "LogsOfThisStack", f"{stack_name or stack.stack_name}-*"
    if log_group_name is not None:
        # statement ids must be unique within a policy
        sid, group = f"LogsOf{scope.node.addr[-8:]}", log_group_name
    statement = key_policy.logs_may_encrypt(sid, [group], stack_place(stack))
    key.add_to_resource_policy(iam.PolicyStatement.from_json(statement))


def stack_place(stack: Stack) -> key_policy.StackPlace:
    """The stack's place, with CDK tokens for values that are known only at deployment."""
    return key_policy.StackPlace(
        partition=stack.partition,
        region=stack.region,
        account=stack.account,
        dns_suffix=stack.url_suffix,
    )
