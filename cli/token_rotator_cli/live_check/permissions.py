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
_ROLE_POLICY_FIX: Final = f"The role's own policies do not allow it: {RESTORE}."
Simulate = Callable[..., Mapping[str, Any]]


def permissions(context: LiveCheckContext) -> Finding:
    """The function, Scheduler and consumers have least privilege."""
    simulated, too_much, too_little = 0, list[str](), list[str]()
    limits: set[str] = set()
    for principal, simulate, cases in _principals(context):
        for case in cases:
            answers = _simulate(simulate, case)
            decisions = {action: one["EvalDecision"] == ALLOWED for action, one in answers.items()}
            refused = [action for action in case.allowed if not decisions[action]]
            simulated += len(decisions)
            too_much += _describe(principal, case, (a for a in case.refused if decisions[a]))
            too_little += _describe(principal, case, refused)
            limits |= {limit for action in refused for limit in _limits(answers[action])}
    if too_much:
        raise CheckFailed(f"IAM's simulator allows {'; '.join(too_much)}.")
    if too_little and context.aws.is_local:
        return Finding(
            message=f"{simulated} calls simulated: those that must be refused are refused; a local "
            "AWS simulates no conditions",
            result=Result.UNKNOWN,
        )
    if too_little:
        raise CheckFailed(
            f"IAM's simulator refuses {'; '.join(too_little)}. "
            + (f"What refuses it: {' and '.join(sorted(limits))}." if limits else _ROLE_POLICY_FIX)
        )
    return Finding(
        message=f"{simulated} calls simulated: the required ones are allowed, the others refused. "
        "Identity policies, permissions boundaries and service control policies were evaluated, "
        "resource policies were not",
        facts={"asked": simulated},
    )


def _principals(
    context: LiveCheckContext,
) -> Iterator[tuple[str, Simulate, Iterator[PermissionCase]]]:
    deployed = context.deployed
    yield (
        "the function",
        _role_simulator(context, deployed.role_arn),
        permission_cases.function_cases(deployed),
    )
    for role in sorted({one.role_arn for one in context.schedules}):
        yield "Scheduler", _role_simulator(context, role), permission_cases.schedule_cases(deployed)
    yield "a consumer", _reader_policy_simulator(context), permission_cases.reader_cases(deployed)


def _describe(principal: str, case: PermissionCase, actions: Iterable[str]) -> list[str]:
    return [f"{principal} {action} on {case.about} ({case.resource})" for action in actions]


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


def _role_simulator(context: LiveCheckContext, role_arn: str) -> Simulate:
    def simulate(**request: Any) -> Mapping[str, Any]:
        with calling("iam:SimulatePrincipalPolicy"):
            return context.aws.iam.simulate_principal_policy(PolicySourceArn=role_arn, **request)

    return simulate


def _reader_policy_simulator(context: LiveCheckContext) -> Simulate:
    arn = output_for(context.outputs, context.target, StackOutput.READER_POLICY_ARN)
    with calling("iam:GetPolicy"):
        version = context.aws.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    with calling("iam:GetPolicyVersion"):
        policy_version = context.aws.iam.get_policy_version(PolicyArn=arn, VersionId=version)
    document = policy_version["PolicyVersion"]["Document"]
    # botocore decodes it, where the service encoded it
    text = json.dumps(document) if isinstance(document, dict) else unquote(str(document))

    def simulate(**request: Any) -> Mapping[str, Any]:
        with calling("iam:SimulateCustomPolicy"):
            return context.aws.iam.simulate_custom_policy(PolicyInputList=[text], **request)

    return simulate


def _entries(context: Mapping[str, str]) -> "list[ContextEntryTypeDef]":
    return [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
        for key, value in context.items()
    ]
