"""Is the parameter what the function asks for, and did it outlive its earlier expirations?"""

import itertools
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from token_rotator_cli import published
from token_rotator_cli.aws import calling
from token_rotator_cli.findings import Finding, Result
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.errors import CannotBeShown, NotAsPromised
from token_rotator_cli.live_check.invocations import Invocation

if TYPE_CHECKING:
    from mypy_boto3_ssm.type_defs import ParameterMetadataTypeDef

LOOKS = 5
"""A rotation may come in between reading the value and describing the parameter."""


def parameter(evidence: LiveCheckContext) -> Finding:
    """Type, tier, key and policy, as Parameter Store describes them."""
    if evidence.aws.is_local:
        return Finding(says="a local AWS describes no policies", result=Result.UNKNOWN)
    settings = evidence.deployed.settings
    for _ in range(LOOKS):
        there = published.read(evidence.aws, settings)
        described = _described(evidence)
        if described.get("Version") == there.version:
            break
        evidence.clock.sleep(1)
    else:
        raise CannotBeShown("Every look came upon another version. Try again.")
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
        raise NotAsPromised(f"Version {there.version}: {'; '.join(wrong)}.")
    return Finding(
        says=f"version {there.version}: SecureString, Advanced, the customer key, and a pending "
        f"Expiration at {due:%H:%M:%S} UTC, {settings.expiration_grace.seconds // 60} minutes "
        "after its token's",
        facts={"version": there.version, "expiration": due.isoformat()},
    )


def versions(evidence: LiveCheckContext) -> Finding:
    """Does a fresh put really cancel the Expiration of the version before it?"""
    kept = evidence.deployed.settings.expiration_grace
    runs = [one for one in evidence.invocations if one.published]
    if len(runs) < 2:  # noqa: PLR2004
        return Finding(says="too few publications so far; come back", result=Result.UNKNOWN)
    lives = _lives(sorted(runs, key=_ended))
    for life, next_life in itertools.pairwise(lives):
        due, again = max(map(_expires, life)) + kept, _ended(next_life[0])
        if again < due:
            raise NotAsPromised(
                f"The parameter was deleted before {again:%H:%M:%S} UTC, when it was made anew "
                f"with version 1: its Expiration was due at {due:%H:%M:%S}. Consumers were "
                "without a token that had not expired."
            )
    outlived = sum(_expires(run) + kept < evidence.clock.now() for run in runs)
    facts: dict[str, object] = {"publications": len(runs), "expirations_outlived": outlived}
    told = (
        f"{len(runs)} publications: the parameter outlived {outlived} expirations of its versions"
    )
    if len(lives) > 1:
        told += ", and went away when no token had come for long"
    if unknown := [version for life in lives for version in _unknown(life)]:
        return Finding(
            says=f"{told}. Nobody logged {', '.join(map(str, unknown))}: the answer to a put was "
            "lost, or somebody else writes (CloudTrail's PutParameter says who)",
            result=Result.WARNING,
            facts={**facts, "versions_not_logged": unknown},
        )
    if evidence.aws.is_local:
        says = f"{len(runs)} publications; a local AWS expires none"
        return Finding(says=says, result=Result.UNKNOWN, facts=facts)
    return Finding(says=told, facts=facts)


def _lives(runs: list[Invocation]) -> list[list[Invocation]]:
    """A parameter that was deleted begins anew, with version 1."""
    lives: list[list[Invocation]] = [[]]
    for run in runs:
        if run.parameter_version == 1 and lives[-1]:
            lives.append([])
        lives[-1].append(run)
    return lives


def _unknown(life: list[Invocation]) -> list[int]:
    """Versions in between; runs that overlap may log theirs in another order."""
    logged = {run.parameter_version or 0 for run in life}
    return [version for version in range(min(logged), max(logged)) if version not in logged]


def _ended(run: Invocation) -> datetime:
    return run.ended_at or run.started_at


def _expires(run: Invocation) -> datetime:
    assert run.expires_at is not None  # noqa: S101 - narrows the type
    return run.expires_at


def _described(evidence: LiveCheckContext) -> "ParameterMetadataTypeDef | dict[str, Any]":
    name = evidence.deployed.settings.parameter_name
    with calling("ssm:DescribeParameters"):
        pages = evidence.aws.parameters.get_paginator("describe_parameters").paginate(
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
    """``Expiration 2026-11-24T12:00:00Z``, and its status unless it is to come."""
    policy = json.loads(text)
    timestamp = policy.get("Attributes", {}).get("Timestamp")
    at = f" {datetime.fromisoformat(timestamp):%Y-%m-%dT%H:%M:%S}Z" if timestamp else ""
    return f"{policy.get('Type')}{at}{'' if status in ('', 'Pending') else f' ({status})'}"
