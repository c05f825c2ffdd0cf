"""Checks the arguments of ``TokenRotator`` with the rules of ``rotators.toml``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final

from aws_cdk import Duration, Stack, Token
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from token_rotator_cdk.config.combinations.conflict import RotatorContext
from token_rotator_cdk.config.combinations.rotator import conflicts
from token_rotator_cdk.config.document.check import check
from token_rotator_cdk.config.issues import ConfigIssue, KeyPath
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.places import Place
from token_rotator_cdk.constructs.identity_provider import IdentityProvider
from token_rotator_cdk.constructs.log_retention import DAYS

SETTINGS: Final[Mapping[str, KeyPath]] = MappingProxyType(
    {
        "parameter_name": ("parameter_name",),
        "token_lifetime": ("token_lifetime_seconds",),
        "interval": ("interval_minutes",),
        "watchdog_min_remaining": ("watchdog_min_remaining_seconds",),
        "value_format": ("value_format",),
        "share_with": ("share_with",),
        "expiration_grace": ("expiration_grace_minutes",),
        "memory_size": ("memory_mb",),
        "reserve_concurrency": ("reserve_concurrency",),
        "log_retention": ("log_retention_days",),
        "log_group_name": ("log_group_name",),
        "vpc_subnets": ("vpc", "subnet_ids"),
        "security_groups": ("vpc", "security_group_ids"),
        "allow_ipv6_for_dual_stack": ("vpc", "allow_ipv6_for_dual_stack"),
        "secret": ("secret", "arn"),
        "secret.encryption_key": ("secret", "key_arn"),
        **{
            f"identity_provider.{field.name}": ("identity_provider", field.name)
            for field in fields(IdentityProvider)
        },
        "identity_provider.assertion_lifetime": ("identity_provider", "assertion_lifetime_seconds"),
        "identity_provider.assertion_backdate": ("identity_provider", "assertion_backdate_seconds"),
    }
)
"""The setting of each argument."""

_ARGUMENTS: Final = {setting: argument for argument, setting in SETTINGS.items()}
_UNIT: Final = re.compile("_(seconds|minutes|days)$")
_PLACEHOLDER_NAME: Final = "/known-at-deployment"


class Arguments:
    """The arguments of one construct, converted to settings."""

    def __init__(self, **given: Any) -> None:
        self._issues: list[ConfigIssue] = []
        self._known: dict[KeyPath, object] = {}
        self._unresolved: dict[KeyPath, object] = {}
        for argument, value in _flatten(given):
            path = SETTINGS[argument]
            if _must_be_resolved(argument, value):
                fix = "pass a value that is known at synthesis: the template depends on it"
                self._issues.append(ConfigIssue(key=argument, fix=fix))
            elif _is_unresolved(value):
                self._unresolved[path] = value
            else:
                self._known[path] = _plain(value, path)

    def settings(self, context: RotatorContext) -> tuple[RotatorConfig, list[ConfigIssue]]:
        """The settings, and all their issues.

        Values that are known only at deployment (CDK tokens) are not checked.
        """
        checked = check(RotatorConfig, self._document())
        found = conflicts(checked.value, context, checked.usable)
        issues = [*checked.issues, *(checked.conflict(path, fix) for path, fix in found)]
        settings = checked.value
        for (*table, key), value in self._unresolved.items():
            if not table:
                settings = settings.model_copy(update={key: value})
            elif table == ["identity_provider"]:
                provider = settings.identity_provider.model_copy(update={key: value})
                settings = settings.model_copy(update={"identity_provider": provider})
        return settings, [*self._issues, *map(_argument_issue, issues)]

    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"parameter_name": _PLACEHOLDER_NAME}
        for (*table, key), value in self._known.items():
            inner = document.setdefault(table[0], {}) if table else document
            inner[key] = value
        return document


def place_of(scope: Construct) -> Place:
    """The account and region of the scope's stack, as far as they are known at synthesis."""
    stack = Stack.of(scope)
    return Place(region=resolved(stack.region), account=resolved(stack.account))


def resolved(text: str | None) -> str | None:
    """The string, or None if it is a CDK token."""
    return None if text is None or Token.is_unresolved(text) else text


def _flatten(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The given arguments. Fields of an argument have paths such as ``identity_provider.scope``."""
    for argument, value in given.items():
        if isinstance(value, IdentityProvider):
            for field in fields(value):
                inner = getattr(value, field.name)
                if inner is not None:
                    yield f"{argument}.{field.name}", inner
        elif argument == "secret" and value is not None:
            yield from _secret_arguments(argument, value)
        elif value is not None:
            yield argument, value


def _secret_arguments(argument: str, secret: secretsmanager.ISecret) -> Iterator[tuple[str, Any]]:
    # without a complete ARN, the rule for complete ARNs reports the issue
    arn = secret.secret_full_arn or resolved(secret.secret_name) or "a partial ARN"
    yield argument, arn
    if secret.encryption_key is not None and resolved(secret.secret_full_arn):
        place = arn.replace(":secretsmanager:", ":kms:").partition(":secret:")[0]
        known = resolved(secret.encryption_key.key_arn)
        yield f"{argument}.encryption_key", known or f"{place}:key{_PLACEHOLDER_NAME}"


def _must_be_resolved(argument: str, value: object) -> bool:
    if isinstance(value, Duration):
        return value.is_unresolved()
    return argument == "share_with" and _is_unresolved(value)


def _is_unresolved(value: object) -> bool:
    if isinstance(value, Mapping):
        return False  # tokens inside its strings are rendered unchanged
    if isinstance(value, list | tuple):
        return any(map(Token.is_unresolved, value))
    return not isinstance(value, Duration) and Token.is_unresolved(value)


def _plain(value: object, path: KeyPath) -> object:
    if isinstance(value, Duration):
        unit = _UNIT.search(path[-1])
        number = value.to_minutes if unit and unit[1] == "minutes" else value.to_seconds
        amount = number(integral=False)
        return int(amount) if amount == int(amount) else amount
    if isinstance(value, logs.RetentionDays):
        return DAYS[value]
    return dict(value) if isinstance(value, Mapping) else value


def _argument_issue(issue: ConfigIssue) -> ConfigIssue:
    """Converts the issue of a setting to one of the argument."""
    path = (*issue.table, issue.key)
    unit = _UNIT.search(issue.key)
    value = issue.value
    if value is not None and unit:
        value = re.sub(r"^\S+", rf"\g<0> {unit[1]}", value)
    fix = issue.fix
    for setting, argument in _ARGUMENTS.items():
        if _UNIT.search(setting[-1]):
            fix = re.sub(rf"\b{setting[-1]}\b", argument, fix)
    # a map such as claims is one argument, but a table in the file
    argument = _ARGUMENTS.get(path) or _ARGUMENTS.get(issue.table, issue.key)
    return ConfigIssue(key=argument, value=value, fix=fix)
