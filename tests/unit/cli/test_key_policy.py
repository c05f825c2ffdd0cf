"""`key-policy` prints what the owner of a key has to allow, before anything is deployed."""

import json
from pathlib import Path
from typing import Any

import pytest

from token_rotator_cli.__main__ import main

KEY = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-abcd-1234-1234567890ab"


@pytest.fixture
def asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def ask(stack: str, *options: str, rotators: str = "") -> tuple[int, str, str]:
        file = tmp_path / "rotators.toml"
        marketing = '[rotators.marketing]\nparameter_name = "/marketing/token"\n'
        file.write_text(f'[stack]\nname = "tokens"\n{stack}\n{marketing}{rotators}')
        code = main(["key-policy", "--config", str(file), *options], connect=refuse)
        out, err = capsys.readouterr()
        return code, out, err

    return ask


def refuse(**_: object) -> Any:
    pytest.fail("it calls AWS")


def test_the_statements_are_those_of_the_file(asked: Any):
    code, out, _ = asked(f'key_arn = "{KEY}"\nlog_key = true', "--json")

    answer = json.loads(out)
    assert (code, answer["key_arn"]) == (0, KEY)
    logs = next(one for one in answer["for_services"] if one["Sid"] == "LogsOfThisStack")
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert logs["Condition"]["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": (
            "arn:aws:logs:eu-west-1:111122223333:log-group:tokens-*"
        )
    }
    assert [one["Sid"] for one in answer["unless_iam_decides"]] == [
        *("TokenRotatorParameters", "TokenRotatorSecrets")
    ]


def test_all_stacks_of_the_file_are_in_the_statements(asked: Any):
    other = (
        '[rotators.sales]\nstack = "more"\nparameter_name = "/sales/token"\n'
        '[rotators.named]\nparameter_name = "/named/token"\nlog_group_name = "/acme/named"\n'
    )

    _, out, _ = asked(f'key_arn = "{KEY}"\nlog_key = true', "--json", rotators=other)

    for one in ("log-group:more-*", "log-group:tokens-*", "log-group:/acme/named"):
        assert one in out
    for one in ("parameter/sales/token", "parameter/marketing/token", "secret:more/sales-??????"):
        assert one in out


def test_a_person_can_copy_what_is_printed(asked: Any):
    _, out, err = asked(f'key_arn = "{KEY}"')

    heading, _, rest = out.partition("\n")
    services, _, roles = rest.partition("For the roles of account 111122223333, ")
    assert heading == "Always, for AWS services:"
    assert json.loads(services)[0]["Sid"] == "AlarmsMayPublish"
    assert "arn:aws:iam::111122223333:root kms:*" in roles.splitlines()[0]
    assert len(json.loads(roles.partition("\n")[2])) == 2
    assert err.splitlines() == [
        (
            "Does not call AWS: account 111122223333, region eu-west-1, stack tokens, "
            "rotator marketing."
        )
    ]


def test_the_key_may_be_of_another_account_than_the_stack(asked: Any):
    foreign = KEY.replace("111122223333", "999999999999")

    _, out, _ = asked(f'key_arn = "{foreign}"\naccount = "111122223333"', "--json")

    assert "999999999999" not in json.dumps(json.loads(out)["unless_iam_decides"])


@pytest.mark.parametrize(
    ("region", "arn", "suffix"),
    [
        ("us-gov-west-1", "arn:aws-us-gov:", "amazonaws.com"),
        ("cn-north-1", "arn:aws-cn:", "amazonaws.com.cn"),
        ("eusc-de-east-1", "arn:aws-eusc:", "amazonaws.eu"),
    ],
)
def test_another_partition_has_its_own_arns_and_names_of_services(
    asked: Any, region: str, arn: str, suffix: str
):
    where = f'region = "{region}"\naccount = "111122223333"\nlog_key = true'

    _, out, err = asked(where, "--json")

    assert "arn:aws:" not in out
    assert arn in out
    assert f"logs.{region}.{suffix}" in out
    assert "has no key_arn: each stack creates its own key" in err


def test_a_file_that_does_not_say_where_its_stacks_go_is_told_what_to_write(asked: Any):
    code, out, err = asked('region = "eu-west-1"')

    assert (code, out) == (1, "")
    assert "Set key_arn, or account and region, in [stack]." in err
