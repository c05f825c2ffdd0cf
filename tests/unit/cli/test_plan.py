"""Whose token a deployment would take away is said before it happens, and has to be accepted."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.operating import PARAMETER, OperatedRotator, Refusing, shown
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.inventory import DeployedRotator
from token_rotator_cli.errors import CallerError
from token_rotator_cli.plan.losses import Loss, losses
from token_rotator_cli.plan.planned import stacks_of_file

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
NAMED = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/credential-AbCdEf"


def created(rotator: str) -> str:
    return f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{rotator}-AbCdEf"


def deployed(rotator: str, parameter: str, **others: str) -> DeployedRotator:
    return DeployedRotator(
        **{
            "function_arn": f"arn:aws:lambda:eu-west-1:123456789012:function:{rotator}",
            "rotator": rotator,
            "parameter_name": parameter,
            "secret_arn": created(rotator),
            "key_arn": KEY,
            "role_arn": f"arn:aws:iam::123456789012:role/{rotator.replace('/', '-')}-Role-1A2B3C",
            "value_format": "record",
            "token_lifetime_seconds": "300",
            **others,
        }
    )


def table(parameter: str, **settings: Any) -> RotatorConfig:
    return RotatorConfig(parameter_name=parameter, **settings)


def found(there: list[DeployedRotator], rotators: dict[str, RotatorConfig]) -> list[Loss]:
    file = Deployment(stack=StackConfig(name="tokens"), rotators=rotators)
    return [*losses([*stacks_of_file(file)], there)]


KEPT = {"arn": created("tokens/marketing"), "key_arn": KEY}
MARKETING = deployed("tokens/marketing", "/marketing")

UNCHANGED: dict[str, tuple[list[DeployedRotator], dict[str, RotatorConfig]]] = {
    "a first deployment": ([], {"marketing": table("/marketing")}),
    "nothing": ([MARKETING], {"marketing": table("/marketing")}),
    "another rotator, beside": (
        [MARKETING],
        {"marketing": table("/marketing"), "sales": table("/sales")},
    ),
    "settings that consumers do not see": (
        [MARKETING],
        {"marketing": table("/marketing", memory_mb=512, interval_minutes=2)},
    ),
    "a secret of one's own": (
        [MARKETING],
        {"marketing": table("/marketing", secret={"arn": NAMED})},
    ),
    "a table with another name and the same secret": (
        [MARKETING],
        {"sales": table("/marketing", secret=KEPT)},
    ),
    "two rotators that change their parameters": (
        [MARKETING, deployed("tokens/sales", "/sales")],
        {"marketing": table("/sales"), "sales": table("/marketing")},
    ),
    "beside a stack of other people": (
        [deployed("theirs/marketing", "/theirs")],
        {"marketing": table("/marketing")},
    ),
}

LOST: dict[str, tuple[list[DeployedRotator], dict[str, RotatorConfig], list[str]]] = {
    "a table with another name": (
        [MARKETING],
        {"sales": table("/marketing")},
        ["tokens/marketing becomes tokens/sales, with a new and empty secret"],
    ),
    "another parameter_name": (
        [MARKETING],
        {"marketing": table("/elsewhere")},
        ["tokens/marketing writes /elsewhere instead: nobody writes this parameter any more"],
    ),
    "a table that is gone": (
        [MARKETING, deployed("tokens/sales", "/sales")],
        {"sales": table("/sales")},
        ["tokens/marketing goes away"],
    ),
    "the table's name and its parameter": (
        [MARKETING],
        {"sales": table("/elsewhere", secret=KEPT)},
        ["tokens/marketing goes away"],
    ),
    "a secret that was named and is not any more": (
        [deployed("tokens/marketing", "/marketing", secret_arn=NAMED)],
        {"marketing": table("/marketing")},
        ["tokens/marketing, with a new and empty secret"],
    ),
    "another value_format": (
        [MARKETING],
        {"marketing": table("/marketing", value_format="token")},
        ["changes value_format from record to token"],
    ),
    "a stack with another name": (
        [deployed("old-tokens/marketing", "/marketing")],
        {"marketing": table("/marketing")},
        ["old-tokens/marketing writes it and stays deployed, and tokens/marketing would write it"],
    ),
    "a move to another stack of the file": (
        [MARKETING, deployed("tokens/sales", "/sales")],
        {
            "sales": table("/sales"),
            "marketing": table("/marketing", stack="tokens-2", secret=KEPT),
        },
        ["tokens/marketing becomes tokens-2/marketing: another stack's key"],
    ),
    "another name, read by other accounts": (
        [MARKETING],
        {"sales": table("/marketing", secret=KEPT, share_with=("444455556666",))},
        ["workloads of other accounts assume the role of tokens/marketing"],
    ),
    "two that write the same from now on": (
        [],
        {"marketing": table("/marketing"), "sales": table("/marketing", stack="tokens-2")},
        ["tokens/marketing and tokens-2/sales would both write it"],
    ),
}


@pytest.mark.parametrize("name", LOST)
def test_what_consumers_would_lose_is_named_by_parameter_with_the_reason(name: str):
    there, rotators, reasons = LOST[name]

    lost = found(there, rotators)

    assert [one.parameter_name for one in lost] == ["/marketing"] * len(reasons)
    for one, reason in zip(lost, reasons, strict=True):
        assert reason in one.message


def test_how_long_the_last_token_lives_is_what_was_deployed():
    there = [deployed("tokens/marketing", "/marketing", token_lifetime_seconds="1200")]

    (lost,) = found(there, {"marketing": table("/elsewhere")})

    assert "its last token lives for 1200 s" in lost.message


@pytest.mark.parametrize(
    ("there", "settings"),
    [
        (MARKETING, KEPT),
        (deployed("tokens/marketing", "/marketing", secret_arn=NAMED), {"arn": NAMED}),
    ],
)
def test_the_line_that_keeps_the_secret_is_one_for_the_file(
    there: DeployedRotator, settings: dict[str, str]
):
    (lost,) = found([there], {"sales": table("/marketing")})

    told = lost.message.partition("into [rotators.sales]: ")[2].partition("}")[0] + "}"
    assert tomllib.loads(told.replace(", and key_arn if it has a customer key", "")) == {
        "secret": settings
    }
    assert found([there], {"sales": table("/marketing", secret=settings)}) == []


def config(directory: Path, name: str = "marketing", stack: str = "stack", **place: str) -> str:
    file = directory / "rotators.toml"
    lines = [f'{key} = "{value}"' for key, value in place.items()]
    file.write_text(
        "\n".join(
            [
                *("[stack]", f'name = "{stack}"', *lines),
                *(f"[rotators.{name}]", f'parameter_name = "{PARAMETER}"'),
            ]
        )
    )
    return str(file)


def test_a_deployment_that_changes_nothing_for_consumers_may_go_on(
    rotator: OperatedRotator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = config(tmp_path)

    for_people = rotator.run("plan", "--config", file), capsys.readouterr().out
    for_programs = rotator.run("plan", "--config", file, "--json"), capsys.readouterr().out

    assert for_people == (0, "No consumer of what is deployed loses its token.\n")
    assert for_programs[0] == 0
    nothing: dict[str, list[str]] = {"losses": [], "notes": [], "not_compared": []}
    assert json.loads(for_programs[1]) == {"ok": True, **nothing}


def test_a_renamed_rotator_has_to_be_accepted_by_its_parameter(
    rotator: OperatedRotator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = config(tmp_path, "sales")

    refused = rotator.run("plan", "--config", file), capsys.readouterr().out
    other = rotator.run("plan", "--config", file, "--accept", "/other"), capsys.readouterr().out
    accepted = (
        rotator.run("plan", "--config", file, "--accept", f"/other {PARAMETER}"),
        capsys.readouterr().out,
    )

    first, *_, last = refused[1].splitlines()
    assert first.startswith(f"LOSS  {PARAMETER}: stack/marketing becomes stack/sales")
    assert f'secret = {{ arn = "{rotator.secret}"' in first
    assert f'make deploy ACCEPT="{PARAMETER}"' in last
    assert (refused[0], other) == (1, refused)
    assert accepted[0] == 0
    assert accepted[1].startswith(f"accepted  {PARAMETER}: ")
    assert "ACCEPT" not in accepted[1]


def test_only_the_chosen_stack_is_deployed(
    rotator: OperatedRotator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = Path(config(tmp_path, stack="stack-2"))
    with file.open("a") as more:
        more.write('\n[rotators.other]\nparameter_name = "/other"\nstack = "stack"\n')

    whole = rotator.run("plan", "--config", str(file)), capsys.readouterr().out
    second = rotator.run("plan", "--config", str(file), "--stack", "stack-2"), shown(capsys)
    neither = rotator.run("plan", "--config", str(file), "--stack", "stack-3"), shown(capsys)

    assert whole[0] == second[0] == neither[0] == 1
    assert "stack/marketing becomes stack-2/marketing" in whole[1]
    assert "stack/marketing writes it and stays deployed" in second[1]
    assert "There is no stack stack-3 to deploy. There is: stack-2, stack." in neither[1]


def test_functions_that_are_no_rotators_are_none_of_its_business(
    rotator: OperatedRotator, tmp_path: Path
):
    rotator.create_function("theirs", {"PARAMETER_NAME": PARAMETER, "ROTATOR": "x"})
    rotator.create_function("plain", {})

    assert rotator.run("plan", "--config", config(tmp_path)) == 0


def test_what_it_cannot_compare_it_says_and_does_not_stand_in_the_way(
    rotator: OperatedRotator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    elsewhere = rotator.run("plan", "--config", config(tmp_path, "sales", account="444455556666"))
    said_of_elsewhere = capsys.readouterr()
    vars(rotator.aws)["function_list"] = Refusing()
    refused = rotator.run("plan", "--config", config(tmp_path, "sales"), "--json")
    said_of_refusal = capsys.readouterr()

    assert elsewhere == refused == 0
    assert said_of_elsewhere.out == ""
    assert said_of_elsewhere.err.startswith(
        "Not compared with what is deployed. The deployment names account 444455556666"
    )
    (reason,) = json.loads(said_of_refusal.out)["not_compared"]
    assert "ask for lambda:ListFunctions" in reason
    assert reason in said_of_refusal.err


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
def test_it_looks_with_the_profile_that_the_cdk_is_given(
    options: list[str], profile: str | None, tmp_path: Path
):
    asked: list[dict[str, Any]] = []

    def connect(**given: Any) -> Aws:
        asked.append(given)
        raise CallerError("Reading the AWS configuration", code="ProfileNotFound", fix="")

    file = config(tmp_path, region="eu-central-1")
    assert main(["plan", "--config", file, *options], connect=connect) == 0

    assert asked == [{"profile": profile, "region": "eu-central-1"}]


def test_a_folder_without_a_cloud_assembly_is_named(
    rotator: OperatedRotator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["plan", "--app", str(tmp_path)]) == 1

    assert f"{tmp_path} holds no cloud assembly: run `cdk synth` first" in capsys.readouterr().err
