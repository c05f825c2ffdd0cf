"""`token-rotator preflight` reads the same from a file as from what a CDK app synthesizes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

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
from tests.support.packaged import packaged
from token_rotator_cdk import TokenRotator
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.stack import TokenRotatorStack
from token_rotator_cli.preflight.bootstrap import bootstrap_of_file
from token_rotator_cli.preflight.planned.from_file import MIN_RESOURCES_PER_ROTATOR, stacks_of_file
from token_rotator_cli.preflight.planned.from_templates import stacks_of_directory
from token_rotator_cli.preflight.planned.stacks import PlannedStack

CODE = lambda_.Code.from_inline("stub")


def synthesized(of: cdk.App) -> list[PlannedStack]:
    return [*stacks_of_directory(Path(of.synth().directory))]


NAMES_ALL = {
    "alarm_topic_arn": "arn:aws:sns:eu-west-1:111122223333:alarms",
    "permissions_boundary": "arn:aws:iam::111122223333:policy/boundary",
    "code_signing_config_arn": (
        "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0123456789abcdef0"
    ),
}


def of_file_and_app(deployment: Deployment) -> tuple[list[PlannedStack], list[PlannedStack]]:
    of_file = app()
    for stack in deployment.by_stack():
        TokenRotatorStack(of_file, deployment=stack, code=CODE)
    return [*stacks_of_file(deployment)], synthesized(of_file)


@pytest.mark.parametrize("named", [{}, NAMES_ALL])
@pytest.mark.parametrize("place", [{}, {"account": "111122223333", "region": "eu-west-1"}])
def test_a_file_and_its_templates_say_the_same(named: dict[str, str], place: dict[str, str]):
    deployment = a_deployment(
        a_stack(**place, **named),
        a_rotator(),
        sales=a_rotator(
            parameter_name="/sales", secret={"arn": NAMED_SECRET}, reserve_concurrency=False
        ),
        purchase=a_rotator(parameter_name="/purchase", value_format="token", stack="tokens-2"),
    )

    file, templates = of_file_and_app(deployment)

    assert file == templates
    assert {one.arn for one in templates[0].references} == {*named.values()}
    assert all(stack.bootstrap for stack in file)


@pytest.mark.parametrize(
    "settings",
    [
        {"watchdog_min_remaining_seconds": 0, "reserve_concurrency": False},
        {"value_format": "token", "identity_provider": {"profile": "rfc7523"}},
        {"secret": {"arn": NAMED_SECRET}, "share_with": ("444455556666",)},
    ],
)
def test_a_template_has_at_least_what_is_counted_for_a_file(settings: dict[str, Any]):
    deployment = a_deployment(a_stack(**NAMES_ALL), a_rotator(**settings))

    ((of_file,), (of_template,)) = of_file_and_app(deployment)

    for kind, least in of_file.resources.items():
        assert of_template.resources[kind] >= least > 0, kind
    assert {*of_file.resources} == {*MIN_RESOURCES_PER_ROTATOR}


def test_a_stack_that_is_deployed_with_the_callers_own_roles_needs_no_bootstrap():
    theirs = app()
    synthesizer = cdk.CliCredentialsStackSynthesizer()
    stack = cdk.Stack(theirs, "Tokens", synthesizer=synthesizer)
    TokenRotator(stack, "Sales", parameter_name="/sales", code=CODE)

    (found,) = synthesized(theirs)

    assert found.bootstrap is None


def test_another_qualifier_is_another_bootstrap():
    theirs = app()
    synthesizer = cdk.DefaultStackSynthesizer(qualifier="platform")
    stack = cdk.Stack(theirs, "Tokens", synthesizer=synthesizer)
    TokenRotator(stack, "Sales", parameter_name="/sales", code=CODE)

    (found,) = synthesized(theirs)

    assert found.bootstrap == bootstrap_of_file(a_stack(bootstrap={"qualifier": "platform"}))


def test_a_key_that_an_app_names_is_found_and_one_that_it_creates_is_not():
    theirs = app()
    stack = cdk.Stack(theirs, "Tokens")
    arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000"
    key = kms.Key.from_key_arn(stack, "Ours", arn)
    TokenRotator(stack, "Sales", parameter_name="/sales", encryption_key=key, code=CODE)
    TokenRotator(stack, "Marketing", parameter_name="/marketing", code=CODE)

    (found,) = synthesized(theirs)

    assert [(one.kind.name, one.arn) for one in found.references] == [("key", arn)]


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


def test_a_package_says_the_same_as_its_file_and_asks_for_no_bootstrap(tmp_path: Path):
    deployment = a_deployment(a_stack(), a_rotator(share_with=("444455556666",)))
    (tmp_path / "tokens.template.json").write_text(json.dumps(packaged(deployment)))

    (planned,) = stacks_of_directory(tmp_path)
    (of_file,) = stacks_of_file(deployment)

    assert planned.bootstrap is None
    assert planned.name == of_file.name
    assert (planned.account, planned.region) == (None, None)
    assert [one.rotator for one in planned.rotators] == [one.rotator for one in of_file.rotators]
    assert [replace(one, has_shared_reader=True) for one in planned.rotators] == [*of_file.rotators]
