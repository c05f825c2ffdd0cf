"""Least-privilege statements for the roles."""

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from token_rotator_cdk.actions import Actions, EncryptionContext


def rotate(
    *, secret_arn: str, secret_key: kms.IKey | None, parameter_arn: str, key: kms.IKey
) -> list[iam.PolicyStatement]:
    """Permissions of the function, except for its log."""
    statements = [
        read_secret(secret_arn),
        write_parameter(parameter_arn),
        use_key_for_parameter(parameter_arn, key),
    ]
    if secret_key is not None:
        statements.append(decrypt_secret(secret_arn, secret_key.key_arn))
    return statements


def read_secret(secret_arn: str) -> iam.PolicyStatement:
    """Reads the current and the previous version of the secret."""
    return iam.PolicyStatement(actions=[*Actions.READ_SECRET], resources=[secret_arn])


def decrypt_secret(secret_arn: str, key_arn: str) -> iam.PolicyStatement:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""
    return iam.PolicyStatement(
        actions=[*Actions.DECRYPT_SECRET],
        resources=[key_arn],
        conditions=_context(EncryptionContext.SECRET, secret_arn),
    )


def write_parameter(parameter_arn: str) -> iam.PolicyStatement:
    """Writes and tags the parameter."""
    return iam.PolicyStatement(
        actions=[*Actions.WRITE_PARAMETER],
        resources=[parameter_arn],
    )


def use_key_for_parameter(parameter_arn: str, key: kms.IKey) -> iam.PolicyStatement:
    """Encrypts and decrypts an advanced parameter, which uses envelope encryption.

    https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
    """
    return iam.PolicyStatement(
        actions=[*Actions.ENCRYPT_PARAMETER],
        resources=[key.key_arn],
        conditions=parameter_context(parameter_arn),
    )


def read_parameter(parameter_arn: str, key: kms.IKey) -> list[iam.PolicyStatement]:
    """Permissions of a consumer. No GetParameterHistory, which returns the last 100 tokens."""
    return [
        iam.PolicyStatement(actions=[*Actions.READ_PARAMETER], resources=[parameter_arn]),
        iam.PolicyStatement(
            actions=[*Actions.DECRYPT_PARAMETER],
            resources=[key.key_arn],
            conditions=parameter_context(parameter_arn),
        ),
    ]


def operate(
    *,
    function_arn: str,
    log_group_arn: str,
    parameter_arn: str,
    key_arn: str,
    topic_arns: list[str],
    role_arns: list[str],
    schedule_arns: list[str],
    rule_arns: list[str],
    stack_arn: str,
) -> list[iam.PolicyStatement]:
    """Permissions of an operator. No access to the secret, and no decryption of the parameter."""
    actions_and_resources = (
        (Actions.OPERATE_FUNCTION, [function_arn]),
        (Actions.READ_LOG, [log_group_arn]),
        (Actions.READ_PARAMETER, [parameter_arn]),
        (Actions.DESCRIBE_KEY, [key_arn]),
        (Actions.DESCRIBE_TOPIC, topic_arns),
        (Actions.DESCRIBE_ROLE, role_arns),
        (Actions.DESCRIBE_SCHEDULE, schedule_arns),
        (Actions.DESCRIBE_RULE, rule_arns),
        (Actions.DESCRIBE_STACK, [stack_arn]),
        (Actions.LIST, ["*"]),
    )
    return [
        iam.PolicyStatement(actions=[*actions], resources=resources)
        for actions, resources in actions_and_resources
        if resources
    ]


def publish_to(topic_arn: str) -> iam.PolicyStatement:
    """Publishes to one topic."""
    return iam.PolicyStatement(actions=["sns:Publish"], resources=[topic_arn])


def use_key_for_topic(topic_arn: str, key: kms.IKey) -> iam.PolicyStatement:
    """Uses the key to publish to one encrypted topic.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return iam.PolicyStatement(
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=[key.key_arn],
        conditions=_context("kms:EncryptionContext:aws:sns:topicArn", topic_arn),
    )


def write_logs(log_group_arn: str) -> iam.PolicyStatement:
    """Writes to one log group. ``log_group_arn`` ends with ``:*``, the group's streams."""
    return iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group_arn]
    )


def attach_to_vpc(
    stack: Stack, *, subnet_ids: Iterable[str], security_group_ids: Iterable[str]
) -> list[iam.PolicyStatement]:
    """Lets Lambda attach the function to the VPC, and denies the same to the function's code.

    Network interfaces are limited to the given subnets and groups, which may be shared by another
    account. The other actions do not support resources, or Lambda requires them on all resources.
    Requests of the code have a source function; requests of Lambda itself do not.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    network_resources = (
        *(("subnet", one) for one in subnet_ids),
        *(("security-group", one) for one in security_group_ids),
    )
    network_arns = (_network_arn(stack, kind, one) for kind, one in network_resources)
    return [_create_interface(_interfaces(stack), *network_arns), *_manage_interfaces()]


def attach_to_listed_vpc(
    stack: Stack, *, subnet_ids: Sequence[str], security_group_ids: Sequence[str]
) -> list[iam.PolicyStatement]:
    """The same for lists known only at deployment, whose entries cannot become ARNs.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    return [
        _create_interface(_interfaces(stack)),
        _create_interface(_network_arn(stack, "subnet", "*"), only={"ec2:SubnetID": [*subnet_ids]}),
        _create_interface(
            _network_arn(stack, "security-group", "*"),
            only={"ec2:SecurityGroupID": [*security_group_ids]},
        ),
        *_manage_interfaces(),
    ]


def _interfaces(stack: Stack) -> str:
    return stack.format_arn(service="ec2", resource="network-interface", resource_name="*")


def _network_arn(stack: Stack, kind: str, name: str) -> str:
    return stack.format_arn(service="ec2", account="*", resource=kind, resource_name=name)


def _create_interface(
    *resources: str, only: Mapping[str, Sequence[str]] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=[*Actions.CREATE_INTERFACE],
        resources=[*resources],
        conditions=None if only is None else {"StringEquals": only},
    )


def _manage_interfaces() -> list[iam.PolicyStatement]:
    every_action = [*Actions.CREATE_INTERFACE, *Actions.MANAGE_INTERFACES]
    return [
        iam.PolicyStatement(actions=[*Actions.MANAGE_INTERFACES], resources=["*"]),
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=every_action,
            resources=["*"],
            conditions={"Null": {"lambda:SourceFunctionArn": "false"}},
        ),
    ]


def parameter_context(parameter_arn: str) -> Mapping[str, Mapping[str, str]]:
    """Limits the use of a key to one parameter, by SSM's encryption context.

    ``kms:ViaService`` is not needed in addition: only SSM uses this context.
    """
    return _context(EncryptionContext.PARAMETER, parameter_arn)


def _context(key: str, value: str) -> Mapping[str, Mapping[str, str]]:
    return {"StringEquals": {key: value}}
