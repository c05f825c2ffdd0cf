"""``token-rotator preflight``: checks whether a deployment would fail or break consumers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.console import Console
from token_rotator_cli.deployment.target import CONFIG, read_config
from token_rotator_cli.errors import ConfigFileError
from token_rotator_cli.place import Place, merged
from token_rotator_cli.preflight import place_steps, quota_steps, rotator_steps
from token_rotator_cli.preflight.context import PreflightContext
from token_rotator_cli.preflight.planned.from_file import stacks_of_file
from token_rotator_cli.preflight.planned.from_templates import stacks_of_directory
from token_rotator_cli.preflight.planned.stacks import PlannedStack
from token_rotator_cli.steps import (
    Finding,
    Result,
    Step,
    as_json,
    conclude,
    findings_of,
    result_text,
    verdict,
)

_LIST_FUNCTIONS: Final = "lambda:ListFunctions"
_LIST_RESOURCES: Final = "cloudformation:ListStackResources"
_QUOTA: Final = "servicequotas:GetServiceQuota"


def _step(
    run: Callable[[PreflightContext], Finding | Sequence[Finding]],
    *actions: str,
    needs: str | None = "account",
) -> Step[PreflightContext]:
    return Step(run=run, needs=needs, optional=True, actions=actions)


STEPS: Final = (
    _step(place_steps.account, "sts:AssumeRole", needs=None),
    _step(place_steps.services, "ssm:GetParameters"),
    _step(place_steps.bootstrap, "ssm:GetParameter"),
    _step(
        place_steps.named,
        "sns:GetTopicAttributes",
        "iam:GetPolicy",
        "lambda:GetCodeSigningConfig",
        "kms:DescribeKey",
    ),
    _step(
        quota_steps.concurrency,
        "lambda:GetAccountSettings",
        _LIST_FUNCTIONS,
        "lambda:GetFunctionConcurrency",
    ),
    _step(quota_steps.roles, "iam:GetAccountSummary", _LIST_RESOURCES),
    _step(quota_steps.policies, "iam:GetAccountSummary", _LIST_RESOURCES),
    _step(quota_steps.rules, "events:ListRules", _LIST_RESOURCES, _QUOTA),
    _step(quota_steps.alarms, "cloudwatch:DescribeAlarms", _LIST_RESOURCES, _QUOTA),
    _step(quota_steps.code_storage, "lambda:GetAccountSettings", _LIST_RESOURCES),
    _step(
        rotator_steps.parameters,
        "ssm:DescribeParameters",
        _LIST_FUNCTIONS,
        "ssm:ListTagsForResource",
    ),
    _step(
        rotator_steps.secrets, "secretsmanager:DescribeSecret", _LIST_RESOURCES, "kms:DescribeKey"
    ),
    _step(rotator_steps.keys, _LIST_FUNCTIONS, "kms:DescribeKey"),
    _step(
        rotator_steps.network,
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
        "ec2:GetSecurityGroupsForVpc",
        "ec2:DescribeNetworkInterfaces",
    ),
    _step(rotator_steps.moves, _LIST_FUNCTIONS),
    _step(rotator_steps.losses, _LIST_FUNCTIONS),
)
"""The steps, in the order of the output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightOptions:
    """The options of the command."""

    config: Path | None
    app: Path | None
    """A cloud assembly or a package to read instead of the file."""
    stack: str | None
    """The name of the only stack to deploy, or a pattern; None: all."""
    accepted: frozenset[str]
    """The parameters whose consumers may lose their token."""


def preflight(
    options: PreflightOptions, console: Console, connect: Callable[[str | None], Aws]
) -> int:
    """Runs the command. Returns 1 if anything is wrong except accepted losses.

    ``connect`` is called with the region. Raises ConfigFileError.
    """
    found: list[tuple[str, Finding]] = []
    rows: list[dict[str, object]] = []
    places: list[Place] = []
    for region, stacks in _by_place(_stacks(options)):
        context = PreflightContext(
            partial(connect, region), stacks, accepted=options.accepted, console=console
        )
        names = [stack.name for stack in stacks]
        console.place = Place()
        for step, finding in findings_of(STEPS, context, console):
            found.append((step, finding))
            rows.append({**as_json(step, finding), "stacks": names})
            _show(step, finding, console)
        places.append(console.place)
    console.place = merged(places)
    for sentence in _summary(found):
        console.text(sentence)
    return conclude(found, rows, console)


def _stacks(options: PreflightOptions) -> list[PlannedStack]:
    stacks = list(
        stacks_of_directory(options.app)
        if options.app is not None
        else stacks_of_file(read_config(options.config or CONFIG))
    )
    chosen = [one for one in stacks if fnmatchcase(one.name, options.stack or "*")]
    if not chosen:
        names = ", ".join(one.name for one in stacks) or "none"
        raise ConfigFileError(
            f"There is no stack {options.stack} to deploy. The stacks are: {names}."
        )
    return chosen


def _by_place(
    stacks: Sequence[PlannedStack],
) -> Iterator[tuple[str | None, list[PlannedStack]]]:
    """Groups stacks by account and region. Returns the regions and the stacks."""

    def place(stack: PlannedStack) -> tuple[str, str]:
        return stack.account or "", stack.region or ""

    for (_, region), members in groupby(sorted(stacks, key=place), place):
        yield region or None, list(members)


def _show(step: str, finding: Finding, console: Console) -> None:
    """Prints a finding unless it is ok."""
    if finding.result in (Result.OK, Result.SKIPPED):
        return
    widths = (max(map(len, Result)), max(len(step.name) for step in STEPS))
    console.row(result_text(finding), step, finding.message, widths=widths)


def _summary(found: Sequence[tuple[str, Finding]]) -> Iterator[str]:
    yield verdict(found)
    lost = [
        str(finding.facts["parameter"])
        for step, finding in found
        if finding.result is Result.WRONG and step == rotator_steps.losses.__name__
    ]
    if lost:
        yield (
            "This deployment would leave consumers without a token. docs/deploy/renaming.md shows "
            f'how to avoid that. To deploy anyway: make deploy ACCEPT="'
            f'{" ".join(dict.fromkeys(lost))}" (token-rotator preflight --accept).'
        )
