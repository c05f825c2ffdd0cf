"""Checks the existing resources that are passed to a ``TokenRotator``."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct
from pydantic import Field

from token_rotator_cdk.config.document.check import check
from token_rotator_cdk.config.issues import ConfigIssue, shown
from token_rotator_cdk.config.models.stack import Architecture
from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.places import (
    CODE_SIGNING,
    KEY,
    TOPIC,
    ResourceKind,
    fix_of_fips,
    misplaced,
)
from token_rotator_cdk.config.rules.arns import CodeSigningConfigArn, KeyArn, TopicArn
from token_rotator_cdk.config.rules.aws import RotatorName, RunbookUrl, Tags
from token_rotator_cdk.config.rules.iam import RoleNamePrefix, RolePath
from token_rotator_cdk.constructs.arguments import place_of, resolved

_KINDS: Final[Mapping[str, ResourceKind]] = MappingProxyType(
    {
        "encryption_key": KEY,
        "log_encryption_key": KEY,
        "alarm_topic": TOPIC,
        "code_signing_config": CODE_SIGNING,
    }
)
"""The kind of resource of each argument."""


class _References(Table):
    """Arguments that are known at synthesis."""

    rotator_name: RotatorName | None = None
    parameter_tags: Tags
    runbook_url: RunbookUrl | None = None
    role_path: RolePath | None = None
    role_name_prefix: RoleNamePrefix | None = None
    architecture: Annotated[Architecture, Field(strict=False)]
    encryption_key: KeyArn | None = None
    log_encryption_key: KeyArn | None = None
    alarm_topic: TopicArn | None = None
    code_signing_config: CodeSigningConfigArn | None = None


def issues_of_references(
    scope: Construct,
    *,
    rotator_name: str,
    parameter_tags: Mapping[str, str],
    alarm_topic: sns.ITopic | None,
    secret_access_alerts: bool,
    runbook_url: str | None,
    role_path: str | None,
    role_name_prefix: str | None,
    architecture: str,
    fips: bool,
    **arns: str | None,
) -> Iterator[ConfigIssue]:
    """Issues of names, tags and ARNs that AWS would reject or that do not match the stack."""
    arns["alarm_topic"] = alarm_topic.topic_arn if alarm_topic else None
    known: dict[str, Any] = {
        "rotator_name": resolved(rotator_name),
        "parameter_tags": dict(parameter_tags),
        "runbook_url": resolved(runbook_url),
        "role_path": resolved(role_path),
        "role_name_prefix": resolved(role_name_prefix),
        "architecture": architecture,
        **{name: resolved(arn) for name, arn in arns.items()},
    }
    known = {name: value for name, value in known.items() if value is not None}
    checked = check(_References, known)
    yield from checked.issues
    for name, kind in _KINDS.items():
        if name not in known or not checked.usable(name):
            continue
        if fix := misplaced(kind, known[name], place_of(scope)):
            yield ConfigIssue(key=name, value=shown(known[name]), fix=fix)
    if fips and (fix := fix_of_fips(place_of(scope))):
        yield ConfigIssue(key="fips", value="true", fix=fix)
    if alarm_topic and _uses_aws_managed_key(alarm_topic):
        fix = "encrypt the topic with a customer managed key: alarms cannot use alias/aws/sns"
        yield ConfigIssue(key="alarm_topic", fix=fix)
    if secret_access_alerts and alarm_topic is None:
        fix = "pass alarm_topic too: it receives the alerts"
        yield ConfigIssue(key="secret_access_alerts", value="true", fix=fix)


def _uses_aws_managed_key(topic: sns.ITopic) -> bool:
    """Whether the topic uses alias/aws/sns, whose fixed key policy does not let alarms publish."""
    key = topic.master_key
    return key is not None and key.key_arn.endswith("alias/aws/sns")


def arn_of(key: kms.IKey | None) -> str | None:
    """The ARN of a key, or an invalid ARN if only an alias is known."""
    if key is None or ":alias/" not in key.key_arn:
        return None if key is None else key.key_arn
    return f"alias/{key.key_arn.rpartition(':alias/')[2]}"
