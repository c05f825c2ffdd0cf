"""The policies in examples/pipelines allow what a deployment calls, and nothing beside it.

What CloudFormation calls with its execution role no emulator shows: the local one reaches its
services without their APIs. The schemas of the resource types say it. What the CDK CLI calls is
recorded in tests/e2e/test_bootstrap.py.
"""

import copy
import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest

from local import ROOT
from tests.audit.deploying import schemas
from tests.audit.deploying.calls import Deployed
from tests.audit.deployments import DEPLOYMENTS, HARDENED, template_of
from tests.audit.iam.account import Account, Policy
from tests.audit.iam.call import ALLOWED, REFUSED, Call, decisions
from tests.audit.iam.intrinsics import Place

HERE = ROOT / "examples" / "pipelines"
STACK = "intelligence-tokens"
"""The stack of the sample, whose name the policy has."""

ROLE = "arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1"
BUCKET = "cdk-hnb659fds-assets-111122223333-eu-west-1"


@cache
def policy() -> Policy:
    document: Policy = json.loads((HERE / "cloudformation-execution-role.json").read_text())
    return document


def in_the_sample(template: dict[str, Any], stack: str) -> dict[str, Any]:
    """The same template for the sample's stack."""
    text = json.dumps(template)
    for end in ("/", "-"):
        text = text.replace(f'"{stack}{end}', f'"{STACK}{end}')
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def templates() -> dict[str, dict[str, Any]]:
    return {
        name: in_the_sample(template_of(name), deployment.stack.name)
        for name, deployment in DEPLOYMENTS.items()
        if deployment is not HARDENED  # names of one's own are in no sample
    }


def calls_for(template: dict[str, Any]) -> Iterator[Call]:
    deployed = Deployed(template=template, stack_name=STACK, assets_bucket=BUCKET, role=ROLE)
    yield from deployed.calls()


@cache
def calls() -> tuple[Call, ...]:
    every = {str(call): call for template in templates().values() for call in calls_for(template)}
    return tuple(every.values())


def account(document: Policy) -> Account:
    return Account(
        place=Place(),
        policies={"execution": document},
        of_principal={ROLE: ("execution",)},
        of_resource={},
    )


def refused(document: Policy, asked: Iterable[Call]) -> list[str]:
    """The calls that are not allowed, each with the answer."""
    each = tuple(asked)
    answers = decisions((account(document), call) for call in each)
    return [f"{call}: {ok}" for call, ok in zip(each, answers, strict=True) if ok != ALLOWED]


def without_each_action(document: Policy) -> Iterator[tuple[str, Policy]]:
    for number, statement in enumerate(document["Statement"]):
        named = statement["Action"]
        for action in [named] if isinstance(named, str) else named:
            less = copy.deepcopy(document)
            rest = [one for one in ([named] if isinstance(named, str) else named) if one != action]
            if rest:
                less["Statement"][number]["Action"] = rest
            else:
                del less["Statement"][number]
            yield f"{statement['Sid']}: {action}", less


def test_cloudformation_may_make_every_call_that_the_schemas_name() -> None:
    assert len(calls()) > 300
    assert refused(policy(), calls()) == []


def test_without_any_of_its_actions_a_call_is_refused() -> None:
    asked: list[tuple[str, Policy, Call]] = []
    for says, less in without_each_action(policy()):
        action = says.rpartition(": ")[2]
        asked += [(says, less, call) for call in calls() if call.action == action]
    answers = decisions((account(less), call) for _, less, call in asked)

    needed = {says for (says, _, _), ok in zip(asked, answers, strict=True) if ok in REFUSED}
    assert {says for says, _ in without_each_action(policy())} - needed == set()


@pytest.mark.parametrize(
    ("kind", "properties", "action"),
    [
        ("AWS::SQS::Queue", {}, "sqs:CreateQueue"),
        ("AWS::Lambda::Alias", {"FunctionName": "x"}, "lambda:CreateAlias"),
        ("AWS::IAM::Role", {"ManagedPolicyArns": ["x"]}, "iam:AttachRolePolicy"),
        ("AWS::Lambda::Function", {"KmsKeyArn": "x"}, "kms:CreateGrant"),
    ],
)
def test_what_a_template_gains_is_noticed(
    kind: str, properties: dict[str, Any], action: str
) -> None:
    needed = schemas.actions({"Type": kind, "Properties": properties})

    assert action in needed
    assert action not in {says.rpartition(": ")[2] for says, _ in without_each_action(policy())}


def test_a_new_type_of_resource_is_refused_until_the_policy_has_it() -> None:
    template = copy.deepcopy(templates()["the defaults"])
    template["Resources"]["More"] = {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {"LogGroupName": "x"},
    }

    with pytest.raises(KeyError, match=r"calls\.py does not know .* AWS::Logs::MetricFilter"):
        list(calls_for(template))


def test_an_action_is_left_out_for_a_property_that_the_schema_knows() -> None:
    for kind, properties in schemas.OF_A_PROPERTY.items():
        known = schemas.schema(kind)
        named = {
            action for handler in known["handlers"].values() for action in handler["permissions"]
        }
        for name, actions in properties.items():
            assert name in known["properties"], (kind, name)
            assert named >= {*actions}, (kind, name)


ELSEWHERE = [
    ("lambda:UpdateFunctionCode", Place().arn("lambda:function:billing-Pay-1")),
    ("lambda:UpdateFunctionCode", Place(region="us-east-1").arn(f"lambda:function:{STACK}-x")),
    ("lambda:UpdateFunctionCode", Place(account="444455556666").arn(f"lambda:function:{STACK}-x")),
    ("lambda:InvokeFunction", Place().arn(f"lambda:function:{STACK}-x")),
    ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/administrator"),
    ("iam:CreateRole", "arn:aws:iam::111122223333:role/another"),
    ("iam:AttachRolePolicy", f"arn:aws:iam::111122223333:role/{STACK}-x"),
    ("iam:CreateUser", f"arn:aws:iam::111122223333:user/{STACK}-x"),
    ("secretsmanager:GetSecretValue", Place().arn("secretsmanager:secret:billing/x-AbCdEf")),
    ("kms:Decrypt", Place().arn("kms:key/12345678-1234-1234-1234-123456789012")),
    ("ssm:GetParameter", Place().arn("ssm:parameter/marketing/token")),
    ("s3:GetObject", "arn:aws:s3:::releases/0123.zip"),
    ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/0123.zip"),
    ("sns:DeleteTopic", Place().arn("sns:billing")),
    ("logs:DeleteLogGroup", Place().arn("logs:log-group:billing")),
    ("scheduler:DeleteSchedule", Place().arn("scheduler:schedule/default/billing")),
]


def test_cloudformation_may_not_touch_what_is_not_the_stacks() -> None:
    asked = [Call(principal=ROLE, action=action, resource=arn) for action, arn in ELSEWHERE]
    asked.append(
        Call(
            principal=ROLE,
            action="iam:PassRole",
            resource="arn:aws:iam::111122223333:role/intelligence-tokens-x",
            context={"iam:PassedToService": "ec2.amazonaws.com"},
        )
    )

    answers = decisions((account(policy()), call) for call in asked)

    wrong = [f"{call}: {ok}" for call, ok in zip(asked, answers, strict=True) if ok not in REFUSED]
    assert wrong == []


BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"


@pytest.mark.parametrize(
    ("action", "boundary", "decision"),
    [
        ("iam:CreateRole", BOUNDARY, ALLOWED),
        ("iam:PutRolePolicy", BOUNDARY, ALLOWED),
        ("iam:PutRolePermissionsBoundary", BOUNDARY, ALLOWED),
        ("iam:GetRole", None, ALLOWED),
        ("iam:CreateRole", None, "ExplicitlyDenied"),
        ("iam:CreateRole", f"{BOUNDARY}-2", "ExplicitlyDenied"),
        ("iam:PutRolePolicy", None, "ExplicitlyDenied"),
        ("iam:PutRolePermissionsBoundary", f"{BOUNDARY}-2", "ExplicitlyDenied"),
        ("iam:DeleteRolePermissionsBoundary", BOUNDARY, "ExplicitlyDenied"),
    ],
)
def test_with_the_second_policy_no_role_is_without_the_boundary(
    action: str, boundary: str | None, decision: str
) -> None:
    bounded = copy.deepcopy(policy())
    bounded["Statement"] += json.loads((HERE / "within-the-boundary.json").read_text())["Statement"]
    call = Call(
        principal=ROLE,
        action=action,
        resource=f"arn:aws:iam::111122223333:role/{STACK}-x",
        context={"iam:PermissionsBoundary": boundary} if boundary else {},
    )

    (decided,) = decisions([(account(bounded), call)])

    assert decided == decision


def test_the_policy_is_short_enough_for_a_managed_policy() -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(json.dumps(policy(), separators=(",", ":"))) <= 6144


def test_the_policy_is_written_for_the_sample() -> None:
    assert f'name = "{STACK}"' in (ROOT / "rotators.toml").read_text(encoding="utf-8")
