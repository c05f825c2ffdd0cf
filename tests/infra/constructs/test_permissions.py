"""Grants to workloads, and the boundary of the roles.

What the policies let through, and what they do not, is evaluated: tests/audit/test_checks.py.
"""

from typing import Any

from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam

from tests.audit import deployments
from tests.support.infra_templates import (
    a_deployment,
    a_stack,
    only,
    reader_policy,
    rendered,
    resources,
    synthesized,
    template,
)


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return list(policy["PolicyDocument"]["Statement"])


def test_a_workload_that_is_granted_reading_can_do_what_the_reader_policy_says():
    stack = synthesized(a_deployment())
    workload = iam.Role(stack, "Workload", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"))

    stack.rotators["marketing"].grant_read(workload)

    document = rendered(stack)
    granted = statements(only(document, "AWS::IAM::Policy"))
    assert granted == statements(reader_policy(document))


def test_a_workload_of_another_stack_can_be_granted_reading():
    owner = synthesized(a_deployment())
    other = Stack(App.of(owner), "other")
    workload = iam.Role(other, "Workload", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"))

    owner.rotators["marketing"].grant_read(workload)

    granted = statements(only(rendered(other), "AWS::IAM::Policy"))
    assert [statement["Action"] for statement in granted] == ["ssm:GetParameter", "kms:Decrypt"]


def test_every_role_is_within_the_permissions_boundary():
    boundary = "arn:aws:iam::111122223333:policy/boundary"

    roles = resources(template(a_stack(permissions_boundary=boundary)), "AWS::IAM::Role")

    assert {role["PermissionsBoundary"] for role in roles.values()} == {boundary}


def test_what_a_role_of_a_stack_may_do_is_in_the_role_itself():
    """CloudFormation sees no drift of AWS::IAM::Policy, and could not restore it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-iam-policy.html
    """
    document = deployments.template_of("everything set")

    assert resources(document, "AWS::IAM::Policy") == {}
    assert all("Policies" in role for role in resources(document, "AWS::IAM::Role").values())
