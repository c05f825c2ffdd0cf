"""Whose token a deployment would take away is said before it happens, and has to be accepted."""

import tomllib
from typing import Any

import pytest

from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cli.deployment.inventory import DeployedRotator
from token_rotator_cli.preflight.losses import Loss, losses
from token_rotator_cli.preflight.planned.from_file import stacks_of_file

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
        ["tokens/marketing writes /elsewhere instead: this parameter is no longer written"],
    ),
    "a table that is gone": (
        [MARKETING, deployed("tokens/sales", "/sales")],
        {"sales": table("/sales")},
        ["tokens/marketing is removed"],
    ),
    "the table's name and its parameter": (
        [MARKETING],
        {"sales": table("/elsewhere", secret=KEPT)},
        ["tokens/marketing is removed"],
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
        ["old-tokens/marketing writes it and stays deployed, and tokens/marketing would also "],
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

    assert "its last token expires within 1200 s" in lost.message


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
