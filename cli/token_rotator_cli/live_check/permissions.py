"""The step that asks IAM's policy simulator about the deployed policies."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from token_rotator.contract import RESTORE, StackOutput
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.deployment.outline import output_for
from token_rotator_cli.errors import CheckFailed
from token_rotator_cli.live_check import permission_cases
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.permission_cases import PermissionCase
from token_rotator_cli.steps import Finding, Result

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef

ALLOWED: Final = "allowed"
_BY_THE_POLICY: Final = f"The role's own policies do not allow it: {RESTORE}."
Simulate = Callable[..., Mapping[str, Any]]


def permissions(context: LiveCheckContext) -> Finding:
    """The function, Scheduler and consumers have least privilege."""
    asked, too_much, too_little = 0, list[str](), list[str]()
    limits: set[str] = set()
    for who, simulate, cases in _principals(context):
        for case in cases:
            answers = _simulate(simulate, case)
            decisions = {action: one["EvalDecision"] == ALLOWED for action, one in answers.items()}
            refused = [action for action in case.allowed if not decisions[action]]
            asked += len(decisions)
            too_much += _describe(who, case, (a for a in case.refused if decisions[a]))
            too_little += _describe(who, case, refused)
            limits |= {limit for action in refused for limit in _limits(answers[action])}
    if too_much:
        raise CheckFailed(f"IAM's simulator allows {'; '.join(too_much)}.")
    if too_little and context.aws.is_local:
        return Finding(
            message=f"{asked} simulated, what has to be refused is; a local AWS simulates no "
            "conditions",
            result=Result.UNKNOWN,
        )
    if too_little:
        raise CheckFailed(
            f"IAM's simulator refuses {'; '.join(too_little)}. "
            + (f"What refuses it: {' and '.join(sorted(limits))}." if limits else _BY_THE_POLICY)
        )
    return Finding(
        message=f"{asked} calls simulated: those that are needed are allowed, others refused; by "
        "policies of identities, boundaries and service control policies, not by those of "
        "resources",
        facts={"asked": asked},
    )


def _principals(
    context: LiveCheckContext,
) -> Iterator[tuple[str, Simulate, Iterator[PermissionCase]]]:
    deployed = context.deployed
    yield (
        "the function",
        _role(context, deployed.role_arn),
        permission_cases.of_function(deployed),
    )
    for role in sorted({one.role_arn for one in context.schedules}):
        yield "Scheduler", _role(context, role), permission_cases.of_schedules(deployed)
    yield "a consumer", _reader(context), permission_cases.of_reader(deployed)


def _describe(who: str, case: PermissionCase, actions: Iterable[str]) -> list[str]:
    return [f"{who} {action} on {case.about} ({case.resource})" for action in actions]


def _limits(answer: Mapping[str, Any]) -> Iterator[str]:
    """Policies that deny a call, besides the role's own."""
    if not answer.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True):
        yield "a service control policy of the organization"
    boundary = answer.get("PermissionsBoundaryDecisionDetail", {})
    if not boundary.get("AllowedByPermissionsBoundary", True):
        yield "the permissions boundary"


def _simulate(simulate: Simulate, case: PermissionCase) -> dict[str, Mapping[str, Any]]:
    """Returns the simulator's results by action.

    It evaluates identity policies, permissions boundaries, and service control policies with their
    conditions. It does not evaluate resource policies (such as the key's), resource control
    policies or VPC endpoint policies.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    answer = simulate(
        ActionNames=[*case.allowed, *case.refused],
        ResourceArns=[case.resource],
        ContextEntries=_entries(case.context),
    )
    return {one["EvalActionName"]: one for one in answer["EvaluationResults"]}


def _role(context: LiveCheckContext, role_arn: str) -> Simulate:
    def simulate(**asked: Any) -> Mapping[str, Any]:
        with calling("iam:SimulatePrincipalPolicy"):
            return context.aws.iam.simulate_principal_policy(PolicySourceArn=role_arn, **asked)

    return simulate


def _reader(context: LiveCheckContext) -> Simulate:
    arn = output_for(context.outputs, context.target, StackOutput.READER_POLICY_ARN)
    with calling("iam:GetPolicy"):
        version = context.aws.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    with calling("iam:GetPolicyVersion"):
        there = context.aws.iam.get_policy_version(PolicyArn=arn, VersionId=version)
    document = there["PolicyVersion"]["Document"]
    # botocore decodes it, where the service encoded it
    text = json.dumps(document) if isinstance(document, dict) else unquote(str(document))

    def simulate(**asked: Any) -> Mapping[str, Any]:
        with calling("iam:SimulateCustomPolicy"):
            return context.aws.iam.simulate_custom_policy(PolicyInputList=[text], **asked)

    return simulate


def _entries(context: Mapping[str, str]) -> "list[ContextEntryTypeDef]":
    return [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
        for key, value in context.items()
    ]
