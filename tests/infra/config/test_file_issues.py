"""Mistakes of the stack's table and of the whole file, all named at once."""

import pytest

from tests.support.config_files import GOOD, TOPIC, issues
from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.load import load

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ('alarm_emails = ["platform@example.com", "platform"]', "such as platform@example.com"),
        ('region = "Ireland"', "write a region such as eu-west-1"),
        ("account = 111122223333", "write a string in quotes"),
        ('account = "1111"', "write 12 digits in quotes"),
        ('alarm_topic_arn = "alarms"', "write the ARN of a standard topic"),
        ('alarm_topic_arn = "arn:aws:sns:eu-west-1:111122223333:a.fifo"', "a standard topic"),
        ('dashboard = "no"', "write true or false"),
        ('tags = { "aws:team" = "x" }', 'that begin with "aws:", which AWS reserves'),
        ('tags = { "Token-Rotator" = "x" }', "which the rotator itself sets"),
        ('tags = { team = "a&b" }', "write letters, digits, spaces"),
        ("tags = { team = 1 }", "write a table of strings"),
        ('tags = { team = "a", Team = "b" }', "write every key once"),
        ('permissions_boundary = "boundary"', "write the ARN of a managed policy"),
        ('regoin = "eu-west-1"', "unknown key; did you mean region?"),
    ],
)
def test_a_mistake_of_the_stack_is_named(tmp_path, line, fix):
    said = issues(tmp_path, GOOD.replace("[rotators", f"{line}\n[rotators"))

    assert f"[stack] {line.split(' = ')[0]} = " in said
    assert fix in said


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("", "[stack]: add the table [stack]"),
        ('[stack]\nname = "tokens"', "[rotators]: add a table [rotators.NAME]: there is none"),
        ("[rotators.a]\n", "[rotators.a] parameter_name: write parameter_name: SSM parameter"),
        (GOOD.replace("rotators.marketing", "rotators.Marketing-1"), "lowercase letters"),
        (GOOD.replace("rotators.marketing", "rotator.marketing"), "write [rotators]"),
        (GOOD.replace('"tokens"', '"9-tokens"'), "starting with a letter"),
        (GOOD + '[rotators.b]\nparameter_name = "/marketing/token"', "[rotators.marketing] uses"),
        (GOOD + '[rotators.b]\nparameter_name = "marketing/token"', "[rotators.marketing] uses"),
        (GOOD + f'secret.arn = "{SECRET}"\n[stack.x]\n', "unknown key"),
        (
            GOOD.replace("[rot", 'region = "us-east-1"\n[rot') + f'secret.arn = "{SECRET}"',
            "write a secret (or replica) in us-east-1",
        ),
        (
            GOOD + "token_lifetime_seconds = 119\nwatchdog_min_remaining_seconds = 0",
            "write at least 120: a schedule runs once a minute",
        ),
        (GOOD + "memory_mb = 256\nmemory_mb = 257\n", "invalid TOML at line 6"),
        ("stack = 1\n" + GOOD.partition('tokens"\n')[2], "stack = 1: write it as a table [stack]"),
        (
            GOOD + "identity_provider = 1",
            "write it as a table [rotators.marketing.identity_provider]",
        ),
        ('rotators = 1\n[stack]\nname = "a"', "write a table [rotators.NAME] for each credential"),
        ('[stack]\nname = "a"\n[rotators]\na = 1', "[rotators] a = 1: move the key into a table"),
    ],
)
def test_a_mistake_of_the_whole_file_is_named(tmp_path, text, fix):
    assert fix in issues(tmp_path, text)


def test_addresses_beside_a_topic_that_is_named_are_an_issue(tmp_path):
    emails = 'alarm_emails = ["a@example.com"]'
    text = GOOD.replace("[rotators", f'alarm_topic_arn = "{TOPIC}"\n{emails}\n[rotators')

    (said,) = [entry for entry in issues(tmp_path, text).splitlines() if "[stack]" in entry]

    assert f"[stack] {emails}: leave it out" in said


def test_tags_that_leave_the_function_no_room_are_named(tmp_path):
    tags = ", ".join(f't{number} = "{"v" * 250}"' for number in range(20))

    said = issues(tmp_path, GOOD.replace("[rotators", f"tags = {{ {tags} }}\n[rotators"))

    assert "Lambda allows 4096" in said


def test_a_missing_file_and_a_binary_file_are_named(tmp_path):
    with pytest.raises(ConfigurationIssues, match=r"the file does not exist.*-c config=PATH"):
        load(tmp_path / "none.toml")
    (tmp_path / "rotators.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationIssues, match="not readable UTF-8 text"):
        load(tmp_path / "rotators.toml")


def test_all_mistakes_are_named_at_once(tmp_path):
    said = issues(
        tmp_path,
        '[stack]\nname = "1"\nregoin = "x"\n[rotators.a]\nmemory_mb = 1\n'
        'interval_minutes = 9\nidentity_provider.scope = "a"\n[rotators.b]\nparameter_name = "b"\n',
    )

    assert said.splitlines()[0].startswith("rotators.toml has 7 issues")
    keys = ["regoin", "name", "parameter_name", "memory_mb", "interval_minutes", "scope"]
    for key in keys:
        assert f" {key}" in said
