"""ARNs of a place where the stack cannot use them are named, and all others are accepted."""

import json
import re
from importlib.resources import files

import pytest

from tests.infra.config.test_accepted import uncommented
from tests.support.config_files import GOOD, issues, written
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.places import partition_of

PARTITIONS = json.loads(files("botocore").joinpath("data", "partitions.json").read_text())
REGIONS = {
    region: partition["id"]
    for partition in PARTITIONS["partitions"]
    for region in partition["regions"]
    if not region.endswith("-global")
}
ELSEWHERE = {
    ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc")
}  # fmt: skip

TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"
BOUNDARY = "arn:aws:iam::111122223333:policy/team/boundary"
SIGNING = "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0123456789abcdef0"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/a"
UNIT = "arn:aws:organizations::111122223333:ou/o-abcdefghij/ou-ab12-abcdefgh"

OF_THE_STACK = {
    "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-abcd-1234-1234567890ab",
    "alarm_topic_arn": TOPIC,
    "permissions_boundary": BOUNDARY,
    "code_signing_config_arn": SIGNING,
}


def document(*, stack: str = "", secret: str = "", rotator: str = "") -> str:
    table = f"[rotators.marketing.secret]\n{secret}\n" if secret else ""
    return GOOD.replace("[rotators", f"{stack}\n[rotators", 1) + f"{rotator}\n{table}"


def place(region: str = "eu-west-1", account: str = "111122223333") -> str:
    return f'region = "{region}"\naccount = "{account}"'


def in_partition(text: str, partition: str, region: str) -> str:
    return text.replace("arn:aws:", f"arn:{partition}:").replace("eu-west-1", region)


def test_the_partition_is_botocores_for_every_region_that_it_knows():
    assert len(set(REGIONS.values())) > 7
    assert {region: partition_of(region) for region in REGIONS} == REGIONS
    assert partition_of("eu-west-99") == "aws", "a region that opens tomorrow"
    assert partition_of("moon-west-1") is None


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_is_accepted_with_everything_in_it(tmp_path, region):
    text = in_partition(uncommented(), REGIONS[region], region)
    text = text.replace('profile = "intelligence"', 'profile = "jwt-bearer"')

    assert load(written(tmp_path / "rotators.toml", text)).stack.region == region


def test_a_region_of_a_partition_that_botocore_does_not_know_is_accepted(tmp_path):
    text = document(
        stack=f'region = "moon-far-west-1"\npermissions_boundary = "{BOUNDARY}"',
    ).replace("arn:aws:", "arn:aws-moon:")

    assert load(written(tmp_path / "rotators.toml", text)).stack.region == "moon-far-west-1"


@pytest.mark.parametrize(("region", "partition"), sorted(ELSEWHERE))
def test_every_setting_with_an_arn_is_compared_with_the_partition_of_the_stack(
    tmp_path, region, partition
):
    text = re.sub("(?m)^share_with = .*", f'share_with = ["{UNIT}"]', uncommented())
    text = re.sub("(?m)^region = .*", f'region = "{region}"', text)
    expected = {*re.findall(r'(?m)^(\w+) = \[?"arn:', text)}

    said = issues(tmp_path, text.replace('profile = "intelligence"', 'profile = "jwt-bearer"'))

    fix = f"partition {partition} \\(arn:{partition}:...\\), where the stack goes"
    assert {*re.findall(rf"(?m)\] (\w+) = .*{fix}", said)} == expected
    assert {"alarm_topic_arn", "permissions_boundary", "code_signing_config_arn"} < expected
    assert {"arn", "share_with", "key_arn"} < expected


@pytest.mark.parametrize(("region", "partition"), sorted(ELSEWHERE))
@pytest.mark.parametrize("key", ["alarm_topic_arn", "code_signing_config_arn"])
def test_an_arn_whose_region_is_not_in_its_partition_is_named(tmp_path, key, region, partition):
    arn = OF_THE_STACK[key].replace("eu-west-1", region)

    said = issues(tmp_path, document(stack=f'{key} = "{arn}"'))

    assert f"write arn:{partition}:..., the partition of {region}" in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-east-1", "aws-us-gov"), ("cn-northwest-1", "aws-cn")]
)
def test_a_secret_and_its_key_whose_region_is_not_in_their_partition_are_named(
    tmp_path, region, partition
):
    text = document(secret=f'arn = "{SECRET}"\nkey_arn = "{KEY}"').replace("eu-west-1", region)

    said = issues(tmp_path, text)

    assert said.count(f"write arn:{partition}:...") == 2


@pytest.mark.parametrize(
    ("stack", "key", "fix"),
    [
        (place("eu-north-1"), "alarm_topic_arn", "a topic in eu-north-1, where the stack goes"),
        (
            place("eu-north-1"),
            "code_signing_config_arn",
            "a code signing configuration in eu-north-1",
        ),
        (place("eu-north-1"), "key_arn", "a key in eu-north-1, where the stack goes"),
        (
            place(account="999999999999"),
            "code_signing_config_arn",
            "a code signing configuration in account 999999999999, where the stack goes",
        ),
        (
            place(account="999999999999"),
            "permissions_boundary",
            "a policy in account 999999999999, where the stack goes",
        ),
    ],
)
def test_what_is_in_another_region_or_account_than_it_has_to_be_is_named(tmp_path, stack, key, fix):
    arn = OF_THE_STACK[key]

    said = issues(tmp_path, document(stack=f'{stack}\n{key} = "{arn}"'))

    assert f'[stack] {key} = "{arn[:40]}' in said
    assert f"write {fix}" in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    "line",
    [
        f'alarm_topic_arn = "{TOPIC.replace("111122223333", "999999999999")}"',
        'permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"',
    ],
    ids=["a topic of a central account", "a policy of AWS"],
)
def test_what_may_be_of_another_account_is_accepted(tmp_path, line):
    load(written(tmp_path / "rotators.toml", document(stack=f"{place()}\n{line}")))


def test_a_secret_of_another_account_needs_its_customer_key(tmp_path):
    stack = place(account="999999999999")

    said = issues(tmp_path, document(stack=stack, secret=f'arn = "{SECRET}"'))

    assert "[rotators.marketing.secret] arn = " in said
    assert "set the secret's key_arn too, or use a secret in account 999999999999" in said
    with_key = document(stack=stack, secret=f'arn = "{SECRET}"\nkey_arn = "{KEY}"')
    load(written(tmp_path / "rotators.toml", with_key))
    of_this_account = document(stack=place(), secret=f'arn = "{SECRET}"')
    load(written(tmp_path / "rotators.toml", of_this_account))


def test_a_key_may_be_of_another_account_than_its_secret_and_not_of_another_region(tmp_path):
    shared = KEY.replace("111122223333", "999999999999")
    text = document(stack=place(), secret=f'arn = "{SECRET}"\nkey_arn = "{shared}"')
    load(written(tmp_path / "rotators.toml", text))

    said = issues(tmp_path, text.replace(shared, shared.replace("eu-west-1", "eu-west-2")))

    assert "write a key in eu-west-1, where the secret is" in said


def test_where_the_file_does_not_say_where_the_stack_goes_nothing_is_compared(tmp_path):
    lines = "\n".join(f'{key} = "{arn}"' for key, arn in OF_THE_STACK.items())
    text = document(stack=lines, rotator=f'share_with = ["{UNIT}"]', secret=f'arn = "{SECRET}"')

    load(written(tmp_path / "rotators.toml", text))


@pytest.mark.parametrize(
    "tags",
    [
        r'"a\tb" = "x"', r'"a\nb" = "x"', r'a = "x\ty"', r'a = "x\r\n"', r'a = "x\u0000"',
        r'a = "x\u000b"', r'a = "x\u2028y"', 'a = "x#y"', 'a = "x,y"', 'a = ""', '"" = "x"',
        'a = "\N{SNOWMAN}"',
    ],
)  # fmt: skip
def test_tags_with_characters_that_aws_refuses_are_named(tmp_path, tags):
    said = issues(tmp_path, document(stack=f"tags = {{ {tags} }}"))

    assert "[stack] tags = " in said
    assert "without tabs or line breaks" in said
    assert said.startswith("rotators.toml has an issue ")


def test_tags_of_every_language_are_accepted(tmp_path):
    tags = '"Équipe" = "données 2", "a:b/c+d=e.f_g-h@i" = "日本語 x"'

    load(written(tmp_path / "rotators.toml", document(stack=f"tags = {{ {tags} }}")))
