"""`token-rotator plan` reads the same from a file as from what a CDK app synthesizes."""

from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from tests.support.infra_templates import (
    NAMED_SECRET,
    a_deployment,
    a_rotator,
    a_stack,
    app,
)
from token_rotator_cdk import TokenRotator
from token_rotator_cdk.stack import TokenRotatorStack
from token_rotator_cli.plan.planned import PlannedStack, stacks_of_assembly, stacks_of_file

CODE = lambda_.Code.from_inline("stub")


def synthesized(of: cdk.App) -> list[PlannedStack]:
    return [*stacks_of_assembly(Path(of.synth().directory))]


def test_a_file_and_its_templates_say_the_same():
    deployment = a_deployment(
        a_stack(account="111122223333", region="eu-west-1"),
        a_rotator(),
        sales=a_rotator(parameter_name="/sales", secret={"arn": NAMED_SECRET}),
        purchase=a_rotator(parameter_name="/purchase", value_format="token", stack="tokens-2"),
    )
    of_file = app()
    for stack in deployment.by_stack():
        TokenRotatorStack(of_file, deployment=stack, code=CODE)

    assert synthesized(of_file) == [*stacks_of_file(deployment)]


@pytest.mark.parametrize("place", [{}, {"account": "111122223333", "region": "eu-west-1"}])
def test_a_file_and_its_templates_say_the_same_of_keys_and_roles(place: dict[str, str]):
    key = "arn:aws:kms:eu-west-1:111122223333:key/mrk-" + "1234abcd" * 4
    deployment = a_deployment(
        a_stack(key_arn=key, role_path="/teams/", role_name_prefix="acme-", **place)
    )
    of_file = app()
    TokenRotatorStack(of_file, deployment=deployment, code=CODE)

    (of_templates,) = synthesized(of_file)

    assert [of_templates] == [*stacks_of_file(deployment)]
    (rotator,) = of_templates.rotators
    assert (rotator.key_arn, rotator.role_path) == (key, "/teams/")
    assert str(rotator.role_name).startswith("acme-rotate-tokens-marketing-")


def test_the_callers_account_and_region_are_no_names():
    of_file = app()
    TokenRotatorStack(of_file, deployment=a_deployment(), code=CODE)

    (stack,) = synthesized(of_file)

    assert (stack.account, stack.region) == (None, None)


def test_a_rotator_of_another_app_is_found_in_its_stages_and_by_its_stacks_own_name():
    theirs = app()
    stage = cdk.Stage(theirs, "Prod")
    stack = cdk.Stack(stage, "Tokens", stack_name="their-tokens")
    TokenRotator(stack, "Sales", parameter_name="/sales", code=CODE)
    TokenRotator(
        stack,
        "Marketing",
        parameter_name="/marketing",
        secret=secretsmanager.Secret(stack, "Ours", encryption_key=kms.Key(stack, "Key")),
        code=CODE,
    )
    lambda_.Function(stack, "Other", runtime=lambda_.Runtime.PYTHON_3_13, handler="a.b", code=CODE)

    (found,) = synthesized(theirs)

    assert found.name == "their-tokens"
    sales, marketing = found.rotators
    assert (sales.rotator, sales.parameter_name, sales.creates_secret) == (
        "their-tokens/Sales",
        "/sales",
        True,
    )
    assert replace(marketing, stack="") == replace(
        sales,
        stack="",
        rotator="their-tokens/Marketing",
        parameter_name="/marketing",
        creates_secret=False,
    )
