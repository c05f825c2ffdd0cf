"""Refused calls of a rotator's roles."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.audit.iam import operating
from tests.audit.iam.needed import key_use, log_stream
from tests.audit.iam.refusal import Refusal, Safeguard, rows
from tests.audit.iam.rotators import Rotator

ACTION, RESOURCE, CONDITION = Safeguard.ACTION, Safeguard.RESOURCE, Safeguard.CONDITION
BEYOND_READING_A_SECRET: Final = (
    *("PutSecretValue", "UpdateSecret", "DeleteSecret", "DescribeSecret", "RotateSecret"),
    *("UpdateSecretVersionStage", "ListSecretVersionIds", "PutResourcePolicy"),
)


def of_the_function(rotator: Rotator) -> Iterator[Refusal]:
    """The function deletes nothing, lists nothing and changes no secret."""
    role, place = rotator.role, rotator.place
    refresh = ("ssm:GetParameter", "ssm:PutParameter", "ssm:AddTagsToResource")
    yield from rows(RESOURCE, role, refresh, _near(rotator.parameter))
    beyond: tuple[str, ...] = (
        *("ssm:DeleteParameter", "ssm:GetParameters", "ssm:GetParameterHistory"),
        *("ssm:GetParametersByPath", "ssm:LabelParameterVersion", "ssm:RemoveTagsFromResource"),
        "ssm:ListTagsForResource",
    )
    yield from rows(ACTION, role, beyond, (rotator.parameter,))
    beyond = tuple(f"secretsmanager:{one}" for one in BEYOND_READING_A_SECRET)
    yield from rows(ACTION, role, beyond, (rotator.secret,))
    yield from rows(RESOURCE, role, ("secretsmanager:GetSecretValue",), _near(rotator.secret))
    yield from _keys_of_the_function(rotator)
    stream = log_stream(rotator)
    yield from rows(ACTION, role, ("logs:GetLogEvents", "logs:DeleteLogStream"), (stream,))
    neighbour = stream.replace(rotator.log_group, f"{rotator.log_group}2")
    yield from rows(RESOURCE, role, ("logs:CreateLogStream", "logs:PutLogEvents"), (neighbour,))
    everything = ACTION | RESOURCE
    beyond = ("lambda:InvokeFunction", "lambda:UpdateFunctionCode")
    yield from rows(everything, role, beyond, (rotator.function,))
    yield from rows(everything, role, ("iam:PassRole", "iam:PutRolePolicy"), (role,))
    yield from rows(
        everything, role, ("s3:GetObject",), (f"arn:{place.partition}:s3:::bucket/key",)
    )
    yield from rows(everything, role, ("ssm:DescribeParameters",), ("*",))
    yield from rows(everything, role, ("sns:Publish",), (place.arn("sns:another"),))


def _keys_of_the_function(rotator: Rotator) -> Iterator[Refusal]:
    role = rotator.role
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        own = key_use(rotator, role, action, rotator.parameter)
        for parameter in _near(rotator.parameter):
            yield Refusal(key_use(rotator, role, action, parameter), CONDITION)
        yield Refusal(replace(own, context={}), CONDITION)
        yield Refusal(replace(own, resource=rotator.place.arn("kms:key/another")), RESOURCE)
    own = key_use(rotator, role, "kms:Decrypt", rotator.parameter)
    for action in ("kms:Encrypt", "kms:ReEncryptFrom", "kms:GenerateDataKeyWithoutPlaintext"):
        yield Refusal(replace(own, action=action), ACTION)
    keys = (rotator.parameter_key,)
    destructive = ("kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:DisableKey")
    yield from rows(ACTION | CONDITION, role, destructive, keys)
    if rotator.secret_key is not None:
        own = key_use(rotator, role, "kms:Decrypt", rotator.secret)
        for secret in _near(rotator.secret):
            yield Refusal(key_use(rotator, role, "kms:Decrypt", secret), CONDITION)
        yield Refusal(replace(own, resource=rotator.place.arn("kms:key/another")), RESOURCE)
        for action in ("kms:GenerateDataKey", "kms:Encrypt"):
            yield Refusal(replace(own, action=action), ACTION)


def of_a_reader(rotator: Rotator, reader: str) -> Iterator[Refusal]:
    """A reader reads one parameter and not its history."""
    beyond = (
        *("ssm:PutParameter", "ssm:DeleteParameter", "ssm:AddTagsToResource"),
        *("ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"),
    )
    yield from rows(ACTION, reader, beyond, (rotator.parameter,))
    yield from rows(RESOURCE, reader, ("ssm:GetParameter",), _near(rotator.parameter))
    own = key_use(rotator, reader, "kms:Decrypt", rotator.parameter)
    for parameter in _near(rotator.parameter):
        yield Refusal(key_use(rotator, reader, "kms:Decrypt", parameter), CONDITION)
    yield Refusal(replace(own, context={}), CONDITION)
    yield Refusal(replace(own, resource=rotator.place.arn("kms:key/another")), RESOURCE)
    if rotator.secret_key == rotator.parameter_key:
        yield Refusal(key_use(rotator, reader, "kms:Decrypt", rotator.secret), CONDITION)
    for action in ("kms:GenerateDataKey", "kms:Encrypt"):
        yield Refusal(replace(own, action=action), ACTION)
    everything = ACTION | RESOURCE
    yield from rows(everything, reader, ("secretsmanager:GetSecretValue",), (rotator.secret,))
    yield from rows(everything, reader, ("lambda:InvokeFunction",), (rotator.function,))


BEYOND_OPERATING: Final = {
    "lambda:InvokeFunction": (
        *("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:GetFunction"),
        *("lambda:DeleteFunction", "lambda:PutFunctionConcurrency", "lambda:AddPermission"),
    ),
    "ssm:GetParameter": ("ssm:PutParameter", "ssm:DeleteParameter", "ssm:GetParameterHistory"),
    "logs:FilterLogEvents": ("logs:DeleteLogGroup", "logs:PutRetentionPolicy"),
    "kms:DescribeKey": ("kms:Decrypt", "kms:GenerateDataKey", "kms:DisableKey", "kms:PutKeyPolicy"),
    "sns:GetTopicAttributes": ("sns:Publish", "sns:Subscribe", "sns:SetTopicAttributes"),
    "iam:GetRole": ("iam:PassRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"),
    "scheduler:GetSchedule": ("scheduler:UpdateSchedule", "scheduler:DeleteSchedule"),
    "events:DescribeRule": ("events:DisableRule", "events:DeleteRule", "events:PutTargets"),
    "cloudformation:DescribeStacks": ("cloudformation:UpdateStack", "cloudformation:DeleteStack"),
    "cloudwatch:DescribeAlarms": ("ssm:DescribeParameters", "secretsmanager:ListSecrets"),
}
"""What is near to an action that an operator may do."""


def of_an_operator(rotator: Rotator, operator: str) -> Iterator[Refusal]:
    """An operator invokes one function, changes nothing, and reads no secret and no token."""
    for (first, *rest), resources in operating.of_an_operator(rotator):
        yield from rows(ACTION, operator, BEYOND_OPERATING[first], resources)
        if resources != ("*",):
            others = tuple(_neighbour(one) for one in resources)
            yield from rows(RESOURCE, operator, (first, *rest), others)
    yield Refusal(key_use(rotator, operator, "kms:Decrypt", rotator.parameter), ACTION)
    everything = ACTION | RESOURCE
    yield from rows(everything, operator, ("secretsmanager:GetSecretValue",), (rotator.secret,))
    yield from rows(everything, operator, ("secretsmanager:PutSecretValue",), (rotator.secret,))


def _neighbour(arn: str) -> str:
    """Another resource, whose name begins with this one's."""
    if ":stack/" in arn:
        return arn.replace("/0a1b2c3d", "2/0a1b2c3d")
    if arn.endswith(":*"):
        return f"{arn.removesuffix(':*')}2:*"
    return f"{arn}2"


def of_the_schedules(rotator: Rotator) -> Iterator[Refusal]:
    """The schedules invoke one function and not its versions."""
    role, function = rotator.invoke_role, rotator.function
    others = (f"{function}2", f"{function}:1", f"{function}:live", f"{function}:$LATEST")
    yield from rows(RESOURCE, role, ("lambda:InvokeFunction",), others)
    beyond = (
        *("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
        *("lambda:DeleteFunction", "lambda:GetFunction"),
    )
    yield from rows(ACTION, role, beyond, (function,))
    everything = ACTION | RESOURCE
    yield from rows(everything, role, ("ssm:GetParameter",), (rotator.parameter,))
    yield from rows(everything, role, ("secretsmanager:GetSecretValue",), (rotator.secret,))


def of_another_rotator(rotator: Rotator, other: Rotator) -> Iterator[Refusal]:
    """Two rotators of a stack share a KMS key and nothing else."""
    role = rotator.role
    yield from rows(RESOURCE, role, ("ssm:GetParameter", "ssm:PutParameter"), (other.parameter,))
    yield from rows(RESOURCE, role, ("secretsmanager:GetSecretValue",), (other.secret,))
    yield from rows(RESOURCE, role, ("logs:PutLogEvents",), (log_stream(other),))
    invoke = ("lambda:InvokeFunction",)
    yield from rows(RESOURCE, rotator.invoke_role, invoke, (other.function,))
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        yield Refusal(key_use(rotator, role, action, other.parameter), CONDITION)
    if rotator.secret_key is not None and rotator.secret_key == other.secret_key:
        yield Refusal(key_use(rotator, role, "kms:Decrypt", other.secret), CONDITION)


def of_an_operator_of_another(operator: str, other: Rotator) -> Iterator[Refusal]:
    """An operator of one rotator cannot operate another of the stack."""
    for actions, resources in (
        (("lambda:InvokeFunction", "lambda:GetFunctionConfiguration"), (other.function,)),
        (("ssm:GetParameter",), (other.parameter,)),
        (("scheduler:GetSchedule",), other.schedules),
    ):
        yield from rows(RESOURCE, operator, actions, resources)


def _near(arn: str) -> tuple[str, ...]:
    """ARNs that a wildcard would match, and ARNs that are similar."""
    beside, parent = f"{arn}2", arn.rsplit("/", 1)[0]
    region = arn.split(":")[3]
    return (beside, f"{arn}/child", f"{parent}/another", arn.replace(f":{region}:", ":eu-north-1:"))
