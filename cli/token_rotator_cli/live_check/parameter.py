"""Steps that check the parameter's attributes and the expirations of its earlier versions."""

import itertools
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.deployment.parameter import read_published
from token_rotator_cli.deployment.rotation_log import LoggedRotation
from token_rotator_cli.errors import CheckFailed, CheckNotPossible
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.invocations import publications
from token_rotator_cli.steps import Finding, Result

if TYPE_CHECKING:
    from mypy_boto3_ssm.type_defs import ParameterMetadataTypeDef

ATTEMPTS: Final = 5
"""A rotation may happen between reading the value and describing the parameter."""


def parameter(context: LiveCheckContext) -> Finding:
    """Type, tier, key and policy are what the function asks for."""
    if context.aws.is_local:
        return Finding(message="a local AWS describes no policies", result=Result.UNKNOWN)
    settings = context.deployed.settings
    for _ in range(ATTEMPTS):
        there = read_published(context.aws, settings)
        described = _describe(context)
        if described.get("Version") == there.version:
            break
        context.clock.sleep(1)
    else:
        raise CheckNotPossible("Each attempt read two different versions. Try again.")
    due = there.record.expires_at + settings.expiration_grace
    wrong = [
        f"{what} is {has}, not {wanted}"
        for what, has, wanted in (
            ("type", described.get("Type"), "SecureString"),
            ("tier", described.get("Tier"), "Advanced"),
            ("key", described.get("KeyId"), settings.parameter_key_arn),
            ("policies", _policies(described), [f"Expiration {due:%Y-%m-%dT%H:%M:%S}Z"]),
        )
        if has != wanted
    ]
    if wrong:
        raise CheckFailed(f"Version {there.version}: {'; '.join(wrong)}.")
    return Finding(
        message=f"version {there.version}: SecureString, Advanced, the customer key, and a pending "
        f"Expiration at {due:%H:%M:%S} UTC, {settings.expiration_grace.seconds // 60} minutes "
        "after its token's",
        facts={"version": there.version, "expiration": due.isoformat()},
    )


def versions(context: LiveCheckContext) -> Finding:
    """A new version cancels the Expiration of the previous one: the parameter outlives them."""
    grace = context.deployed.settings.expiration_grace
    rotations = publications(context.invocations)
    if len(rotations) < 2:  # noqa: PLR2004
        return Finding(message="too few publications; try again later", result=Result.UNKNOWN)
    lives = _lives(sorted(rotations, key=lambda one: one.at))
    for life, next_life in itertools.pairwise(lives):
        due, again = max(map(_expiry, life)) + grace, next_life[0].at
        if again < due:
            raise CheckFailed(
                f"The parameter was deleted before its Expiration at {due:%H:%M:%S}, and created "
                f"again with version 1 at {again:%H:%M:%S} UTC. Consumers had no token although it "
                "had not expired."
            )
    outlived = sum(_expiry(one) + grace < context.clock.now() for one in rotations)
    facts: dict[str, object] = {"publications": len(rotations), "expirations_outlived": outlived}
    message = (
        f"{len(rotations)} publications: the parameter outlived {outlived} expirations of its "
        "versions"
    )
    if len(lives) > 1:
        message += ", and was deleted when there was no token for long"
    if unknown := [version for life in lives for version in _unlogged(life)]:
        return Finding(
            message=f"{message}. Versions not logged: {', '.join(map(str, unknown))}. The "
            "response of a put was lost, or another principal writes (see PutParameter in "
            "CloudTrail)",
            result=Result.WARNING,
            facts={**facts, "versions_not_logged": unknown},
        )
    if context.aws.is_local:
        message = f"{len(rotations)} publications; a local AWS expires none"
        return Finding(message=message, result=Result.UNKNOWN, facts=facts)
    return Finding(message=message, facts=facts)


def _lives(rotations: Sequence[LoggedRotation]) -> list[list[LoggedRotation]]:
    """Publications, split where the parameter was deleted and its versions restart at 1."""
    lives: list[list[LoggedRotation]] = [[]]
    for rotation in rotations:
        if rotation.parameter_version == 1 and lives[-1]:
            lives.append([])
        lives[-1].append(rotation)
    return lives


def _unlogged(life: Sequence[LoggedRotation]) -> list[int]:
    """Missing versions. Overlapping rotations may log out of order."""
    logged = {rotation.parameter_version or 0 for rotation in life}
    return [version for version in range(min(logged), max(logged)) if version not in logged]


def _expiry(rotation: LoggedRotation) -> datetime:
    assert rotation.expires_at is not None  # noqa: S101 - narrows the type
    return rotation.expires_at


def _describe(context: LiveCheckContext) -> "ParameterMetadataTypeDef | dict[str, Any]":
    name = context.deployed.settings.parameter_name
    with calling("ssm:DescribeParameters"):
        pages = context.aws.parameters.get_paginator("describe_parameters").paginate(
            ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [name]}]
        )
        # a page may be empty and not be the last
        found = [one for page in pages for one in page["Parameters"]]
    return found[0] if found else {}


def _policies(described: "ParameterMetadataTypeDef | dict[str, Any]") -> list[str]:
    return [
        _policy(one.get("PolicyText", "{}"), one.get("PolicyStatus", ""))
        for one in described.get("Policies", [])
    ]


def _policy(text: str, status: str) -> str:
    """``Expiration 2026-11-24T12:00:00Z``, and the status unless it is pending."""
    policy = json.loads(text)
    timestamp = policy.get("Attributes", {}).get("Timestamp")
    at = f" {datetime.fromisoformat(timestamp):%Y-%m-%dT%H:%M:%S}Z" if timestamp else ""
    return f"{policy.get('Type')}{at}{'' if status in ('', 'Pending') else f' ({status})'}"
