"""Are the roles refused elsewhere? IAM's simulator is asked about the deployed policies."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from token_rotator.contract import StackOutput
from token_rotator_cli.aws import calling
from token_rotator_cli.deployment import output_for
from token_rotator_cli.findings import Finding, Result
from token_rotator_cli.live_check import permission_cases
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.errors import NotAsPromised
from token_rotator_cli.live_check.permission_cases import Question

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef

ALLOWED: Final = "allowed"
Simulate = Callable[..., Mapping[str, Any]]


def permissions(evidence: LiveCheckContext) -> Finding:
    """Of the function, of Scheduler, and of a consumer with the reader policy."""
    deployed = evidence.deployed
    asked, too_much, too_little = 0, list[str](), list[str]()
    for who, simulate, about in (
        (
            "the function",
            _role(evidence, deployed.role_arn),
            permission_cases.of_function(deployed),
        ),
        *(
            ("Scheduler", _role(evidence, role), permission_cases.of_schedules(deployed))
            for role in sorted({one.role_arn for one in evidence.schedules})
        ),
        ("a consumer", _reader(evidence), permission_cases.of_reader(deployed)),
    ):
        for question in about:
            decisions = _answers(simulate, question)
            asked += len(decisions)
            too_much += _told(who, question, (a for a in question.refused if decisions[a]))
            too_little += _told(who, question, (a for a in question.allowed if not decisions[a]))
    if too_much:
        raise NotAsPromised(f"IAM's simulator would allow {'; '.join(too_much)}.")
    if too_little and evidence.aws.is_local:
        return Finding(
            says=f"{asked} asked, what has to be refused is; a local AWS simulates no conditions",
            result=Result.UNKNOWN,
        )
    if too_little:
        raise NotAsPromised(
            f"IAM's simulator would refuse {'; '.join(too_little)}. Look for a permissions "
            "boundary or service control policy."
        )
    return Finding(
        says=f"{asked} asked of IAM's simulator: ours allowed, neighbours and the rest refused",
        facts={"asked": asked},
    )


def _told(who: str, question: Question, actions: Iterable[str]) -> list[str]:
    return [f"{who} {action} on {question.about} ({question.resource})" for action in actions]


def _answers(simulate: Simulate, question: Question) -> dict[str, bool]:
    answer = simulate(
        ActionNames=[*question.allowed, *question.refused],
        ResourceArns=[question.resource],
        ContextEntries=_entries(question.context),
    )
    return {
        one["EvalActionName"]: one["EvalDecision"] == ALLOWED for one in answer["EvaluationResults"]
    }


def _role(evidence: LiveCheckContext, role_arn: str) -> Simulate:
    def simulate(**asked: Any) -> Mapping[str, Any]:
        with calling("iam:SimulatePrincipalPolicy"):
            return evidence.aws.iam.simulate_principal_policy(PolicySourceArn=role_arn, **asked)

    return simulate


def _reader(evidence: LiveCheckContext) -> Simulate:
    arn = output_for(evidence.outputs, evidence.asked.place, StackOutput.READER_POLICY_ARN)
    with calling("iam:GetPolicy"):
        version = evidence.aws.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    with calling("iam:GetPolicyVersion"):
        there = evidence.aws.iam.get_policy_version(PolicyArn=arn, VersionId=version)
    document = there["PolicyVersion"]["Document"]
    # botocore decodes it, where the service encoded it
    text = json.dumps(document) if isinstance(document, dict) else unquote(str(document))

    def simulate(**asked: Any) -> Mapping[str, Any]:
        with calling("iam:SimulateCustomPolicy"):
            return evidence.aws.iam.simulate_custom_policy(PolicyInputList=[text], **asked)

    return simulate


def _entries(context: Mapping[str, str]) -> "list[ContextEntryTypeDef]":
    return [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
        for key, value in context.items()
    ]
