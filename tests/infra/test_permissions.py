"""Who may do what? Every statement, word by word: one more is as wrong as one less."""

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam

from tests.support.infra_templates import (
    NAMED_KEY,
    NAMED_SECRET,
    a_rotator,
    a_stack,
    arn,
    attribute,
    logical_id,
    only,
    rendered,
    resources,
    role_for,
    synthesized,
    template,
)

PARAMETER = arn("ssm:parameter/marketing/token")


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return list(policy["PolicyDocument"]["Statement"])


def of_role(document: dict[str, Any], service: str) -> list[dict[str, Any]]:
    (policy,) = role_for(document, service)["Policies"]
    return statements(policy)


def allow(actions: str | list[str], resource: Any, **context: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    conditions = {f"kms:EncryptionContext:{name}": value for name, value in context.items()}
    return statement | ({"Condition": {"StringEquals": conditions}} if conditions else {})


def test_the_function_may_do_what_a_rotation_needs_and_nothing_else():
    document = template()

    key = attribute(document, "AWS::KMS::Key", "Arn")
    secret = attribute(document, "AWS::SecretsManager::Secret", "Id")
    logs = attribute(document, "AWS::Logs::LogGroup", "Arn")
    assert of_role(document, "lambda") == [
        allow("secretsmanager:GetSecretValue", secret),
        allow(["ssm:AddTagsToResource", "ssm:GetParameter", "ssm:PutParameter"], PARAMETER),
        allow(["kms:Decrypt", "kms:GenerateDataKey"], key, PARAMETER_ARN=PARAMETER),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], logs),
        allow("kms:Decrypt", key, SecretARN=secret),
    ]


@pytest.mark.parametrize(
    ("settings", "decrypts"),
    [
        ({"secret_arn": NAMED_SECRET}, []),
        (
            {"secret_arn": NAMED_SECRET, "secret_key_arn": NAMED_KEY},
            [allow("kms:Decrypt", NAMED_KEY, SecretARN=NAMED_SECRET)],
        ),
    ],
)
def test_a_named_secret_is_read_and_decrypted_with_its_own_key_only(settings, decrypts):
    document = template(a_stack(), a_rotator(**settings))

    allowed = of_role(document, "lambda")
    assert allowed[0] == allow("secretsmanager:GetSecretValue", NAMED_SECRET)
    assert [s for s in allowed if "SecretARN" in str(s.get("Condition"))] == decrypts
    assert resources(document, "AWS::SecretsManager::Secret") == {}


def test_the_schedules_may_invoke_this_function_and_no_version_of_it():
    document = template()

    function = attribute(document, "AWS::Lambda::Function", "Arn")
    assert of_role(document, "scheduler") == [allow("lambda:InvokeFunction", function)]


def test_the_schedulers_role_is_for_this_account_only():
    trust = role_for(template(), "scheduler")["AssumeRolePolicyDocument"]["Statement"]

    assert trust[0]["Condition"]["StringEquals"] == {
        "aws:SourceAccount": {"Ref": "AWS::AccountId"},
        "aws:SourceArn": arn("scheduler:schedule-group/default"),
    }


def test_the_reader_policy_allows_to_read_one_parameter():
    document = template()

    assert statements(only(document, "AWS::IAM::ManagedPolicy")) == [
        allow("ssm:GetParameter", PARAMETER),
        allow("kms:Decrypt", attribute(document, "AWS::KMS::Key", "Arn"), PARAMETER_ARN=PARAMETER),
    ]


def test_a_workload_that_is_granted_reading_can_do_what_the_reader_policy_says():
    stack = synthesized(a_stack(), a_rotator())
    workload = iam.Role(stack, "Workload", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"))

    stack.rotators["marketing"].grant_read(workload)

    document = rendered(stack)
    granted = statements(only(document, "AWS::IAM::Policy"))
    assert granted == statements(only(document, "AWS::IAM::ManagedPolicy"))


def test_a_workload_of_another_stack_can_be_granted_reading():
    owner = synthesized(a_stack(), a_rotator())
    other = Stack(App.of(owner), "other")
    workload = iam.Role(other, "Workload", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"))

    owner.rotators["marketing"].grant_read(workload)

    granted = statements(only(rendered(other), "AWS::IAM::Policy"))
    assert [statement["Action"] for statement in granted] == ["ssm:GetParameter", "kms:Decrypt"]


def test_no_role_and_no_policy_names_every_resource_or_every_action():
    document = template(a_stack(), a_rotator(), a_rotator(name="sales", parameter_name="/s"))

    policies = [
        policy
        for role in resources(document, "AWS::IAM::Role").values()
        for policy in role["Policies"]
    ]
    policies += resources(document, "AWS::IAM::ManagedPolicy").values()
    allowed = [statement for policy in policies for statement in statements(policy)]
    assert len(policies) == 2 * 3
    assert not [s for s in allowed if "*" in str(s["Resource"]) or "*" in str(s["Action"])]
    assert not [
        r for r in resources(document, "AWS::IAM::Role").values() if "ManagedPolicyArns" in r
    ]
    assert resources(document, "AWS::IAM::Policy") == {}


def test_every_role_is_within_the_permissions_boundary():
    boundary = "arn:aws:iam::111122223333:policy/boundary"

    roles = resources(template(a_stack(permissions_boundary=boundary)), "AWS::IAM::Role")

    assert {role["PermissionsBoundary"] for role in roles.values()} == {boundary}


def test_alarms_may_use_the_topics_key_and_publish_from_this_account_only():
    document = template()

    by_cloudwatch = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        "Sid": "AlarmsMayPublish",
    }
    key_policy = only(document, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    assert by_cloudwatch | {"Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"} in (
        key_policy
    )
    topic = {"Ref": logical_id(document, "AWS::SNS::Topic")}
    deny, may_publish = statements(only(document, "AWS::SNS::TopicPolicy"))
    assert may_publish == by_cloudwatch | {"Action": "sns:Publish", "Resource": topic}
    assert deny["Effect"] == "Deny"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_nobody_outside_the_account_is_let_in_by_the_key():
    document = template()

    principals = [
        statement["Principal"]
        for statement in only(document, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    ]
    assert "*" not in principals
    assert {name for principal in principals for name in principal} == {"AWS", "Service"}
