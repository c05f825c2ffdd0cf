"""Steps that check the parameter's attributes and the expirations of its earlier versions."""

import itertools
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from token_rotator_cli.deployment.parameter import describe_parameters, read_published
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
        published = read_published(context.aws, settings)
        metadata = next(describe_parameters(context.aws, [settings.parameter_name]), None)
        if metadata is not None and metadata.get("Version") == published.version:
            break
        context.clock.sleep(1)
    else:
        raise CheckNotPossible("Each attempt read two different versions. Try again.")
    due = published.record.expires_at + settings.expiration_grace
    wrong = [
        f"{what} is {has}, not {wanted}"
        for what, has, wanted in (
            ("type", metadata.get("Type"), "SecureString"),
            ("tier", metadata.get("Tier"), "Advanced"),
            ("key", metadata.get("KeyId"), settings.parameter_key_arn),
            ("policies", _policy_texts(metadata), [f"Expiration {due:%Y-%m-%dT%H:%M:%S}Z"]),
        )
        if has != wanted
    ]
    if wrong:
        raise CheckFailed(f"Version {published.version}: {'; '.join(wrong)}.")
    return Finding(
        message=f"version {published.version}: SecureString, Advanced, the customer key, and a "
        f"pending Expiration at {due:%H:%M:%S} UTC, {settings.expiration_grace.seconds // 60} "
        "minutes after its token's",
        facts={"version": published.version, "expiration": due.isoformat()},
    )


def versions(context: LiveCheckContext) -> Finding:
    """A new version cancels the Expiration of the previous one: the parameter outlives them."""
    grace = context.deployed.settings.expiration_grace
    rotations = publications(context.invocations)
    if len(rotations) < 2:  # noqa: PLR2004
        return Finding(message="too few publications; try again later", result=Result.UNKNOWN)
    periods = _split_at_deletions(sorted(rotations, key=lambda one: one.at))
    for period, next_period in itertools.pairwise(periods):
        due, again = max(map(_expiry, period)) + grace, next_period[0].at
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
    if len(periods) > 1:
        message += ", and was deleted when there was no token for long"
    if unknown := [version for period in periods for version in _missing_versions(period)]:
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


def _split_at_deletions(rotations: Sequence[LoggedRotation]) -> list[list[LoggedRotation]]:
    """Publications, split where the parameter was deleted and its versions restart at 1."""
    periods: list[list[LoggedRotation]] = [[]]
    for rotation in rotations:
        if rotation.parameter_version == 1 and periods[-1]:
            periods.append([])
        periods[-1].append(rotation)
    return periods


def _missing_versions(period: Sequence[LoggedRotation]) -> list[int]:
    """Missing versions. Overlapping rotations may log out of order."""
    logged = {rotation.parameter_version or 0 for rotation in period}
    return [version for version in range(min(logged), max(logged)) if version not in logged]


def _expiry(rotation: LoggedRotation) -> datetime:
    assert rotation.expires_at is not None  # noqa: S101 - narrows the type
    return rotation.expires_at


def _policy_texts(metadata: "ParameterMetadataTypeDef") -> list[str]:
    return [
        _policy_text(one.get("PolicyText", "{}"), one.get("PolicyStatus", ""))
        for one in metadata.get("Policies", [])
    ]


def _policy_text(text: str, status: str) -> str:
    """``Expiration 2026-11-24T12:00:00Z``, and the status unless it is pending."""
    policy = json.loads(text)
    timestamp = policy.get("Attributes", {}).get("Timestamp")
    at = f" {datetime.fromisoformat(timestamp):%Y-%m-%dT%H:%M:%S}Z" if timestamp else ""
    return f"{policy.get('Type')}{at}{'' if status in ('', 'Pending') else f' ({status})'}"
