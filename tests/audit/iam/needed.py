"""The calls that a deployment needs, computed from its template. All of them must be allowed.

tests/e2e/test_used_permissions.py compares the calls of a rotation and of a consumer with the
recorded calls of the end-to-end run. The calls that AWS makes on their behalf follow from AWS's
documentation. The actions are written out here, because this list is what the actions in
token_rotator.contract are compared with.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.audit.iam.account import Account
from tests.audit.iam.call import Call
from tests.audit.iam.monitoring import of_encrypted_logs, of_the_alarms, of_the_alerts
from tests.audit.iam.operating import by_an_operator, operators
from tests.audit.iam.rotators import Rotator

BY_THE_FUNCTION: Final = (
    "ssm:GetParameter",
    "ssm:PutParameter",
    "ssm:AddTagsToResource",
    "secretsmanager:GetSecretValue",
)


BY_A_CONSUMER: Final = ("ssm:GetParameter",)


CREATE_INTERFACE: Final = "ec2:CreateNetworkInterface"


OF_AN_INTERFACE: Final = (
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


OF_A_NETWORK: Final = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")
"""They take no resource."""


def requested(rotator: Rotator, principal: str, action: str) -> Iterator[Call]:
    """A call for the rotator's parameter or secret, and the resulting call for the KMS key."""
    is_for = {"ssm": rotator.parameter, "secretsmanager": rotator.secret}
    yield Call(principal=principal, action=action, resource=is_for[action.partition(":")[0]])
    match action:
        case "ssm:GetParameter":
            yield key_use(rotator, principal, "kms:Decrypt", rotator.parameter)
        case "ssm:PutParameter":
            # an advanced parameter is envelope-encrypted
            # https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
            yield key_use(rotator, principal, "kms:GenerateDataKey", rotator.parameter)
        case "secretsmanager:GetSecretValue" if rotator.secret_key is not None:
            yield key_use(rotator, principal, "kms:Decrypt", rotator.secret)


def key_use(rotator: Rotator, principal: str, action: str, ciphered: str) -> Call:
    """The KMS call of SSM or Secrets Manager on behalf of a principal, for ``ciphered``'s ARN.

    https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    is_parameter = ":ssm:" in ciphered
    key = rotator.parameter_key if is_parameter else rotator.secret_key
    assert key is not None
    service = "ssm" if is_parameter else "secretsmanager"
    return Call(
        principal=principal,
        action=action,
        resource=key,
        context={
            f"kms:EncryptionContext:{'PARAMETER_ARN' if is_parameter else 'SecretARN'}": ciphered,
            "kms:ViaService": rotator.place.service(service),
        },
    )


def needed(
    template: Mapping[str, Any], account: Account, each: tuple[Rotator, ...]
) -> Iterator[Call]:
    """All calls that must be allowed."""
    for rotator in each:
        yield from _of_a_rotator(rotator)
        for reader in readers(account, rotator):
            for action in BY_A_CONSUMER:
                yield from requested(rotator, reader, action)
            for other in shared_with(account, reader):
                yield Call(principal=other, action="sts:AssumeRole", resource=reader)
        for operator in operators(account, rotator):
            yield from by_an_operator(rotator, operator)
    yield from of_the_alarms(template, account.place)
    yield from of_encrypted_logs(template, account.place)
    yield from of_the_alerts(template, account.place)
    for key in (arn for arn in account.of_resource if ":kms:" in arn):
        # a key whose policy allows no principal cannot be changed or deleted any more
        # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
        yield Call(principal=account.administrator, action="kms:PutKeyPolicy", resource=key)


def readers(account: Account, rotator: Rotator) -> list[str]:
    """Principals with a policy for the parameter, other than the function's role."""
    return [
        principal
        for principal, names in account.of_principal.items()
        if principal not in {rotator.role, *operators(account, rotator)}
        and any(
            statement["Resource"] == rotator.parameter
            for name in names
            for statement in account.policies[name]["Statement"]
        )
    ]


def shared_with(account: Account, role: str) -> list[str]:
    """The administrators of the other accounts that the role's trust policy names."""
    trust = account.policies[account.of_resource[role]] if role in account.of_resource else {}
    return [
        f"{named.removesuffix(':root')}:role/administrator"
        for statement in trust.get("Statement", [])
        for named in [statement["Principal"].get("AWS", "")]
        if named.endswith(":root")
    ]


def _of_a_rotator(rotator: Rotator) -> Iterator[Call]:
    yield Call(principal="lambda.amazonaws.com", action="sts:AssumeRole", resource=rotator.role)
    for action in BY_THE_FUNCTION:
        yield from requested(rotator, rotator.role, action)
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        yield Call(principal=rotator.role, action=action, resource=log_stream(rotator))
    yield from attachment(rotator)
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    yield Call(
        principal="scheduler.amazonaws.com",
        action="sts:AssumeRole",
        resource=rotator.invoke_role,
        context=by_scheduler(rotator),
    )
    yield Call(
        principal=rotator.invoke_role,
        action="lambda:InvokeFunction",
        resource=rotator.function,
    )
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    for rule in rotator.rules:
        yield Call(
            principal="events.amazonaws.com",
            action="lambda:InvokeFunction",
            resource=rotator.function,
            context={"aws:SourceArn": rule, "aws:SourceAccount": rotator.place.account},
        )


def attachment(rotator: Rotator, context: Mapping[str, str] | None = None) -> Iterator[Call]:
    """Lambda's calls with the function's role to attach the function to its VPC, if it has one.

    Lambda calls without a source function; with one, it is the function's code that calls.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    if not rotator.subnets:
        return
    # before the creation, Lambda asks for all interfaces: docs/understand/decisions/0030
    interfaces = (interface(rotator), rotator.place.arn("ec2:network-interface/*"))
    asked = [(action, "*") for action in OF_A_NETWORK]
    asked += [(action, one) for action in OF_AN_INTERFACE for one in interfaces]
    used = (*interfaces, *rotator.subnets, *rotator.security_groups)
    for action, resource in (*asked, *((CREATE_INTERFACE, one) for one in used)):
        yield Call(principal=rotator.role, action=action, resource=resource, context=context or {})


def interface(rotator: Rotator) -> str:
    """The ARN of a network interface."""
    return rotator.place.arn("ec2:network-interface/eni-0123456789abcdef0")


def log_stream(rotator: Rotator) -> str:
    """The ARN of one of the function's log streams."""
    return rotator.place.arn(f"logs:log-group:{rotator.log_group}:log-stream:2026/11/24/[$LATEST]1")


def by_scheduler(rotator: Rotator) -> dict[str, str]:
    """The condition keys with which EventBridge Scheduler assumes a role."""
    place = rotator.place
    return {
        "aws:SourceAccount": place.account,
        "aws:SourceArn": place.arn("scheduler:schedule-group/default"),
    }
