"""A deployment is found by its function, its stack's outputs, or the functions of its stack."""

import json
from datetime import UTC, datetime

import pytest

from tests.support.operated_aws import STACK, FakeStacks, Refusing
from tests.support.operating import FUNCTION, OperatedRotator
from tests.support.terminal import shown
from token_rotator.contract import Variable
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws


def deploy(rotator: OperatedRotator, *functions: str, **outputs: str) -> None:
    vars(rotator.aws)["cloudformation"] = FakeStacks(outputs=outputs, functions=functions)


def test_the_only_rotator_of_a_stack_needs_no_name(rotator: OperatedRotator):
    deploy(rotator, MarketingFunctionName=FUNCTION, AlarmTopicArn="arn")

    assert rotator.run("status", "--stack", STACK) == 0


def test_one_of_several_is_named_as_in_the_configuration(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    deploy(rotator, MarketingDataFunctionName=FUNCTION, SalesFunctionName="other")

    assert rotator.run("status", "marketing-data", "--stack", STACK) == 0
    assert rotator.run("status", "--stack", STACK) == 1
    assert rotator.run("status", "purchase", "--stack", STACK) == 1

    said = [line for line in capsys.readouterr().err.splitlines() if "Error: " in line]
    assert said == [
        (
            f"ConfigurationError: The stack {STACK} has several rotators. Choose one of them: "
            "marketing-data, sales."
        ),
        (
            f"ConfigurationError: The stack {STACK} has no rotator purchase. "
            "It has: marketing-data, sales."
        ),
    ]


def test_a_rotator_of_an_app_is_named_by_its_path_in_the_stack(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.create_function(
        "other", rotator.environment | {Variable.ROTATOR: f"{STACK}/Team/Sales"}
    )
    deploy(rotator, FUNCTION, "other", "the-apps-own", Address="https://example.com")

    assert rotator.run("status", "marketing", "--stack", STACK) == 0
    assert rotator.run("status", "--stack", STACK) == 1
    assert rotator.run("status", "Sales", "--stack", STACK) == 1

    assert [
        line.partition(". ")[2]
        for line in [
            line for line in capsys.readouterr().err.splitlines() if not line.startswith("Account ")
        ]
    ] == [
        "Choose one of them: Team/Sales, marketing.",
        "It has: Team/Sales, marketing.",
    ]


def test_the_only_rotator_of_an_app_needs_no_name(rotator: OperatedRotator):
    theirs = {Variable.ROTATOR: "other/marketing"}
    rotator.create_function("of-another-stack", rotator.environment | theirs)
    deploy(rotator, FUNCTION)

    assert rotator.run("status", "--stack", STACK) == 0


def test_a_stack_of_something_else_is_named(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    deploy(rotator, Address="https://example.com")

    assert rotator.run("status", "--stack", STACK) == 1

    assert f"The stack {STACK} has no rotator. Check its name." in shown(capsys)


def test_a_stack_that_is_not_there_is_named_with_its_region(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):

    deploy(rotator)

    assert rotator.run("check", "--stack", "nowhere") == 1

    assert "The stack nowhere does not exist in eu-west-1." in shown(capsys)


@pytest.mark.parametrize(
    ("code", "fix"),
    [
        ("AccessDenied", "ask for cloudformation:DescribeStacks"),
        ("ExpiredToken", "log in"),
        ("Throttling", "Try again"),
        ("Other", "API reference"),
    ],
)
def test_what_aws_refuses_the_caller_says_what_to_do(
    rotator: OperatedRotator, code: str, fix: str, capsys: pytest.CaptureFixture[str]
):
    vars(rotator.aws)["cloudformation"] = Refusing(code)

    assert rotator.run("rotate", "--stack", STACK) == 1

    said = capsys.readouterr().err
    assert f"({code})" in said
    assert fix in said
    assert "sentinel" not in said


def test_a_function_may_be_named_by_its_arn_which_says_the_region(rotator: OperatedRotator):
    arn = f"{rotator.function_arn}:$LATEST"

    assert rotator.run("check", "--function", arn) == 0


def test_an_encrypted_environment_that_the_caller_cannot_read_is_named(
    rotator: OperatedRotator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    found = rotator.functions.get_function_configuration(FUNCTION)
    error = {"ErrorCode": "AccessDeniedException", "Message": "sentinel"}
    monkeypatch.setattr(
        rotator.functions,
        "get_function_configuration",
        lambda **_: found | {"Environment": {"Error": error}},
    )

    assert rotator.run("status") == 1

    said = capsys.readouterr().err
    assert "ask for kms:Decrypt" in said
    assert "sentinel" not in said


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
    ],
)
def test_the_region_is_the_environments_as_for_the_aws_cli(
    variables: dict[str, str], region: str, monkeypatch: pytest.MonkeyPatch
):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert Aws().logs.meta.region_name == region
    assert Aws(region="us-east-1").logs.meta.region_name == "us-east-1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--profile", "nowhere"], "(ProfileNotFound)"),
        (["--region", "eu-west-1"], "(NoCredentialsError)"),
        ([], "(NoRegionError)"),
    ],
)
def test_a_caller_without_an_account_is_told_so(
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    assert main(["status", "--function", "f", *arguments], connect=Aws) == 1

    assert said in capsys.readouterr().err


def test_the_log_group_is_the_one_that_the_function_writes_to(
    rotator: OperatedRotator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """``log_group_name``: whatever it is called."""
    name = "/acme/tokens/marketing"
    found = rotator.functions.get_function_configuration(FUNCTION)
    monkeypatch.setattr(
        rotator.functions,
        "get_function_configuration",
        lambda **_: found | {"LoggingConfig": {"LogFormat": "JSON", "LogGroup": name}},
    )
    rotator.aws.logs.create_log_group(logGroupName=name)
    rotator.aws.logs.create_log_stream(logGroupName=name, logStreamName="s")
    line = json.dumps({"outcome": "failed", "error": "Elsewhere", "error_message": "of this group"})
    rotator.aws.logs.put_log_events(
        logGroupName=name,
        logStreamName="s",
        logEvents=[{"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": line}],
    )

    assert rotator.run("status") == 0

    assert "Elsewhere: of this group" in capsys.readouterr().out
