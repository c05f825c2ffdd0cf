"""Arguments of a place where the stack cannot use them are refused, with the texts of the file."""

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import CfnParameter, Environment
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns

from tests.infra.config.test_places import (
    KEY,
    OF_THE_STACK,
    SECRET,
    SIGNING,
    TOPIC,
    UNIT,
    document,
    place,
)
from tests.infra.constructs.test_token_rotator import a_rotator, a_stack
from tests.infra.constructs.test_wrong_arguments import said
from tests.support.config_files import issues

ACCOUNT = "111122223333"
ARNS = {
    "alarm_topic": TOPIC,
    "code_signing_config": SIGNING,
    "encryption_key": KEY,
    "log_encryption_key": KEY,
    "secret": SECRET,
    "share_with": UNIT,
}
SETTINGS = {"alarm_topic": "alarm_topic_arn", "code_signing_config": "code_signing_config_arn"}


def stack_in(region: str = "eu-west-1", account: str = ACCOUNT) -> Any:
    return a_stack(env=Environment(region=region, account=account))


def imported(stack: Any, argument: str, arn: str) -> Any:
    match argument:
        case "alarm_topic":
            return sns.Topic.from_topic_arn(stack, "Topic", arn)
        case "code_signing_config":
            from_arn = lambda_.CodeSigningConfig.from_code_signing_config_arn
            return from_arn(stack, "Signing", arn)
        case "secret":
            return secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", arn)
        case "share_with":
            return [arn]
    return kms.Key.from_key_arn(stack, "Key", arn)


def fix_of_file(directory: Path, stack: str, argument: str) -> str:
    """The file's fix for the setting of the same name. A key of the app's has no setting."""
    if setting := SETTINGS.get(argument):
        text = document(stack=f'{stack}\n{setting} = "{OF_THE_STACK[setting]}"')
    elif argument == "secret":
        text = document(stack=stack, secret=f'arn = "{SECRET}"')
    elif argument == "share_with":
        text = document(stack=stack, rotator=f'share_with = ["{UNIT}"]')
    else:
        return fix_of_file(directory, stack, "alarm_topic").replace("a topic", "a key")
    (found,) = re.findall(": ((?:write|set) .*)", issues(directory, text))
    return str(found)


ELSEWHERE = [
    (argument, region)
    for argument in ARNS
    for region in ("us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-east-1")
    if (argument, region) != ("share_with", "us-east-1")  # an organization has no region
]


@pytest.mark.parametrize(("argument", "region"), ELSEWHERE)
def test_what_is_in_another_partition_or_region_is_refused_with_the_files_text(
    tmp_path: Path, argument: str, region: str
):
    stack = stack_in(region)

    shown = said(stack, **{argument: imported(stack, argument, ARNS[argument])})

    assert f"Tokens/Marketing: {argument} = " in shown
    assert fix_of_file(tmp_path, place(region), argument) in shown
    assert len(shown.splitlines()) == 2


def test_a_code_signing_config_of_another_account_is_refused_with_the_files_text(tmp_path: Path):
    stack = stack_in(account="999999999999")
    fix = fix_of_file(tmp_path, place(account="999999999999"), "code_signing_config")

    assert fix in said(stack, code_signing_config=imported(stack, "code_signing_config", SIGNING))


def test_a_secret_of_another_account_without_its_key_is_refused_with_the_files_text(
    tmp_path: Path,
):
    stack = stack_in(account="999999999999")
    fix = fix_of_file(tmp_path, place(account="999999999999"), "secret")

    assert fix in said(stack, secret=imported(stack, "secret", SECRET))


@pytest.mark.parametrize("key", [KEY, "known at deployment"])
def test_a_secret_of_another_account_with_its_key_is_accepted(key: str):
    stack = stack_in(account="999999999999")
    if key != KEY:
        key = CfnParameter(stack, "KeyArn").value_as_string
    secret = secretsmanager.Secret.from_secret_attributes(
        stack,
        "Secret",
        secret_complete_arn=SECRET,
        encryption_key=kms.Key.from_key_arn(stack, "Key", key),
    )

    a_rotator(stack, secret=secret)


@pytest.mark.parametrize("argument", ["alarm_topic", "encryption_key", "log_encryption_key"])
def test_topics_and_keys_may_be_of_another_account(argument: str):
    stack = stack_in(account="999999999999")

    a_rotator(stack, **{argument: imported(stack, argument, ARNS[argument])})


@pytest.mark.parametrize("argument", ARNS)
def test_where_nobody_knows_where_the_stack_goes_nothing_is_compared(argument: str):
    stack = a_stack()

    a_rotator(stack, **{argument: imported(stack, argument, ARNS[argument])})
