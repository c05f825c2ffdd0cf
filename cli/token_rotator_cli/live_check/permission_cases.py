"""Calls that each role must be allowed or denied, on the rotator's and other resources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from token_rotator_cdk.actions import Actions, EncryptionContext
from token_rotator_cli.deployment.find import Deployed

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
NO_KEY: Final = "00000000-0000-0000-0000-000000000000"
OTHER_SECRET: Final = "other-secret-AbCdEf"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionCase:
    """Calls on one resource with one context."""

    about: str
    """A description of the resource."""
    resource: str
    context: Mapping[str, str] = field(default_factory=lambda: _NONE)
    allowed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def function_cases(deployed: Deployed) -> Iterator[PermissionCase]:
    """The role rotates one token. It cannot change the key or read other secrets."""
    parameter, settings = deployed.parameter_arn, deployed.settings
    yield PermissionCase(
        about="its parameter",
        resource=parameter,
        allowed=Actions.WRITE_PARAMETER,
        refused=("ssm:DeleteParameter", "ssm:GetParameterHistory", "ssm:LabelParameterVersion"),
    )
    for neighbour in _neighbours(parameter):
        yield PermissionCase(
            about="a neighbour's parameter",
            resource=neighbour,
            refused=("ssm:GetParameter", "ssm:PutParameter"),
        )
    yield from _key(deployed, allowed=Actions.ENCRYPT_PARAMETER)
    yield PermissionCase(
        about="its secret",
        resource=settings.secret_arn,
        allowed=Actions.READ_SECRET,
        refused=(
            "secretsmanager:PutSecretValue",
            "secretsmanager:DeleteSecret",
            "secretsmanager:PutResourcePolicy",
        ),
    )
    yield PermissionCase(
        about="another secret",
        resource=_sibling(settings.secret_arn, ":", OTHER_SECRET),
        refused=("secretsmanager:GetSecretValue",),
    )
    yield PermissionCase(
        about="the key, for another secret",
        resource=settings.parameter_key_arn,
        context={EncryptionContext.SECRET: _sibling(settings.secret_arn, ":", OTHER_SECRET)},
        refused=("kms:Decrypt", "kms:GenerateDataKey"),
    )
    yield PermissionCase(
        about="another key, for its secret",
        resource=_sibling(settings.parameter_key_arn, "/", NO_KEY),
        context={EncryptionContext.SECRET: settings.secret_arn},
        refused=("kms:Decrypt", "kms:GenerateDataKey"),
    )
    yield PermissionCase(
        about="everything",
        resource="*",
        refused=("iam:PassRole", "sts:AssumeRole", "lambda:InvokeFunction", "logs:PutLogEvents"),
    )


def reader_cases(deployed: Deployed) -> Iterator[PermissionCase]:
    """Consumers read one token, the current one."""
    parameter, settings = deployed.parameter_arn, deployed.settings
    yield PermissionCase(
        about="the parameter",
        resource=parameter,
        allowed=Actions.READ_PARAMETER,
        refused=("ssm:GetParameterHistory", "ssm:PutParameter", "ssm:DeleteParameter"),
    )
    for neighbour in _neighbours(parameter):
        yield PermissionCase(
            about="a neighbour's parameter", resource=neighbour, refused=("ssm:GetParameter",)
        )
    yield from _key(deployed, allowed=Actions.DECRYPT_PARAMETER)
    yield PermissionCase(
        about="the secret",
        resource=settings.secret_arn,
        refused=("secretsmanager:GetSecretValue",),
    )


def schedule_cases(deployed: Deployed) -> Iterator[PermissionCase]:
    """Scheduler invokes one function."""
    function = deployed.function_arn
    call = Actions.INVOKE_FUNCTION
    yield PermissionCase(about="the function", resource=function, allowed=call)
    yield PermissionCase(about="a version of it", resource=f"{function}:1", refused=call)
    yield PermissionCase(
        about="another function", resource=_sibling(function, ":", "other-function"), refused=call
    )


def _key(deployed: Deployed, *, allowed: tuple[str, ...]) -> Iterator[PermissionCase]:
    key, parameter = deployed.settings.parameter_key_arn, deployed.parameter_arn
    both = Actions.ENCRYPT_PARAMETER
    never = ("kms:Encrypt", "kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
    yield PermissionCase(
        about="the key, for the parameter",
        resource=key,
        context={EncryptionContext.PARAMETER: parameter},
        allowed=allowed,
        refused=(*never, *(action for action in both if action not in allowed)),
    )
    for neighbour in _neighbours(parameter):
        yield PermissionCase(
            about="the key, for a neighbour's parameter",
            resource=key,
            context={EncryptionContext.PARAMETER: neighbour},
            refused=both,
        )
    yield PermissionCase(about="the key, for anything", resource=key, refused=both)
    yield PermissionCase(
        about="another key",
        resource=_sibling(key, "/", NO_KEY),
        context={EncryptionContext.PARAMETER: parameter},
        refused=both,
    )


def _neighbours(parameter: str) -> tuple[str, ...]:
    """A parameter whose name has this one's as a prefix, and one below it."""
    return f"{parameter}-neighbour", f"{parameter}/neighbour"


def _sibling(arn: str, separator: str, name: str) -> str:
    return f"{arn.rpartition(separator)[0]}{separator}{name}"
