"""No command reads or writes anything with credentials of another account than the rotator's."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.operated_aws import STACK
from tests.support.operating import FUNCTION, OperatedRotator
from tests.unit.cli.test_deployment import deploy
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError

OURS, THEIRS = "123456789012", "444455556666"
"""moto's account, and its twin."""

OF_ONE_ROTATOR = ["upload", "check", "status", "rotate"]


class Untouchable:
    """A client of which nobody may make use."""

    def __getattr__(self, operation: str) -> Any:
        pytest.fail(f"{operation} was called")


def config(directory: Path, account: str) -> str:
    file = directory / "prod.toml"
    file.write_text(
        f'[stack]\nname = "{STACK}"\naccount = "{account}"\n'
        '[rotators.marketing]\nparameter_name = "/marketing/token"\n'
    )
    return str(file)


def lock(aws: Aws) -> None:
    """Allows no call, except to STS."""
    for name in [*vars(aws)]:
        if name not in {"account", "_session"}:
            vars(aws)[name] = Untouchable()


def command(verb: str, rotator: OperatedRotator, directory: Path) -> list[str]:
    if verb != "upload":
        return [verb]
    file = directory / "downloaded.txt"
    file.write_text(rotator.account.as_downloaded())
    return [verb, str(file)]


@pytest.mark.parametrize("verb", OF_ONE_ROTATOR)
@pytest.mark.parametrize(
    "function",
    [f"arn:aws:lambda:eu-west-1:{THEIRS}:function:{FUNCTION}", f"{THEIRS}:function:{FUNCTION}"],
)
def test_so_does_the_arn_of_a_function(
    rotator: OperatedRotator,
    verb: str,
    function: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    lock(rotator.aws)

    assert rotator.run(*command(verb, rotator, tmp_path), "--function", function) == 1

    assert f"The function's ARN names account {THEIRS}" in capsys.readouterr().err


def test_with_credentials_of_the_files_account_the_file_is_followed(
    rotator: OperatedRotator, tmp_path: Path
):
    deploy(rotator, MarketingFunctionName=FUNCTION)

    assert rotator.run("status", "--config", config(tmp_path, OURS)) == 0


def test_an_account_that_cannot_be_compared_is_not_called(
    rotator: OperatedRotator,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    def offline(_: Aws) -> str:
        raise CallerError("sts:GetCallerIdentity", code="EndpointConnectionError", fix="Try again.")

    lock(rotator.aws)
    del vars(rotator.aws)["account"]
    monkeypatch.setattr(Aws, "account", property(offline))

    assert rotator.run("rotate", "--config", config(tmp_path, OURS)) == 1

    assert "sts:GetCallerIdentity failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "options", "region"),
    [
        ('region = "eu-central-1"', [], "eu-central-1"),
        ('region = "eu-central-1"', ["--region", "us-east-1"], "us-east-1"),
        ("", [], "ap-south-1"),
    ],
)
def test_the_files_region_counts_before_that_of_the_environment(
    line: str,
    options: list[str],
    region: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    file = tmp_path / "prod.toml"
    file.write_text(
        f'[stack]\nname = "tokens"\n{line}\n[rotators.marketing]\nparameter_name = "/a/b"\n'
    )
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    seen = []

    def connect(**asked: Any) -> Aws:
        seen.append(Aws(**asked).logs.meta.region_name)
        raise KeyboardInterrupt

    main(["status", "--config", str(file), *options], connect=connect)

    assert seen == [region]
