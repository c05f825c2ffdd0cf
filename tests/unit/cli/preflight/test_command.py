"""What is deployed where, and with whose credentials the command reads."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.preflight_account import PARAMETER, ROTATOR, PreflightAccount, steps_of
from tests.support.terminal import shown
from tests.unit.cli.preflight.bad_accounts import CREATED, with_a_renamed_rotator
from tests.unit.cli.preflight.conftest import written
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError


def test_a_renamed_rotator_has_to_be_accepted_by_its_parameter(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with_a_renamed_rotator(account)
    file = written(tmp_path, CREATED)

    refused = account.preflight(file), capsys.readouterr().out
    other = account.preflight(file, "--accept", "/other"), capsys.readouterr().out
    accepted = account.preflight(file, "--accept", f"/other {PARAMETER}"), capsys.readouterr().out

    result, loss = steps_of(refused[1])["losses"]
    assert (result, loss.split(" becomes ")[0]) == ("WRONG", f"{PARAMETER}: tokens/before")
    assert f'make deploy ACCEPT="{PARAMETER}"' in refused[1].splitlines()[-1]
    assert (refused[0], other) == (1, refused)
    assert accepted[0] == 0
    assert steps_of(accepted[1])["losses"][0] == "warning"
    assert "ACCEPT=" not in accepted[1]


def test_only_the_chosen_stack_is_deployed(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account.deploy()
    second = '[rotators.other]\nparameter_name = "/other"\nstack = "tokens"\n'
    file = written(tmp_path, CREATED.replace('"tokens"', '"tokens-2"') + second)

    whole = account.preflight(file), capsys.readouterr().out
    only = account.preflight(file, "--stack", "tokens-2"), capsys.readouterr().out
    neither = account.preflight(file, "--stack", "tokens-3"), shown(capsys)

    assert whole[0] == only[0] == neither[0] == 1
    assert f"{ROTATOR} becomes tokens-2/marketing" in whole[1]
    assert f"{ROTATOR} writes it and stays deployed" in only[1]
    assert "There is no stack tokens-3 to deploy. The stacks are: tokens-2, tokens." in neither[1]


def test_functions_that_are_no_rotators_are_none_of_its_business(
    account: PreflightAccount, tmp_path: Path
):
    account.deploy()
    account.functions.functions |= {
        "theirs": {"PARAMETER_NAME": PARAMETER, "ROTATOR": "x"},
        "plain": {},
    }

    assert account.preflight(written(tmp_path, CREATED)) == 0


@pytest.mark.parametrize(
    ("options", "profile"),
    [
        ([], None),
        (["--profile", "prod"], "prod"),
        (["--cdk-arguments=--require-approval never --profile prod -v"], "prod"),
        (["--cdk-arguments=--profile=prod"], "prod"),
        (["--cdk-arguments=--force"], None),
        (["--profile", "mine", "--cdk-arguments=--profile prod"], "mine"),
    ],
)
def test_it_reads_with_the_profile_that_the_cdk_is_given(
    options: list[str], profile: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    asked: list[dict[str, Any]] = []

    def connect(**given: Any) -> Aws:
        asked.append(given)
        raise CallerError("Reading the AWS configuration", code="ProfileNotFound", fix="")

    region = 'region = "eu-west-1"\n\n[rotators'
    file = written(tmp_path, CREATED.replace("[rotators", region))
    assert main(["preflight", "--config", str(file), *options], connect=connect) == 0

    assert asked == [{"profile": profile, "region": "eu-west-1"}]
    assert [*steps_of(capsys.readouterr().out)] == ["account"]


def test_a_folder_without_a_cloud_assembly_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["preflight", "--app", str(tmp_path)]) == 1

    assert f"{tmp_path} is neither a cloud assembly nor a package" in capsys.readouterr().err
