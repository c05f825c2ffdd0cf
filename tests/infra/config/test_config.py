"""Is every issue of a deployment's file named, all at once, and no key shown?"""

import re
from pathlib import Path

import pytest

from tests.support.config_files import GOOD, TOPIC, written
from tests.support.infra_keys import DER_BASE64, JWT, PEM
from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.load import load

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"


def issues(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigurationIssues) as caught:
        load(written(tmp_path / "rotators.toml", text))
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("interval_minutes = 5", "write at most 4: a token lives 300 s"),
        ("interval_minutes = 0", "write a number of minutes from 1 to 720"),
        ("interval_minutes = true", "write a whole number without quotes"),
        ('interval_minutes = "4"', "write a whole number without quotes"),
        ("interval_minutes = 4.0", "write a whole number without quotes"),
        ("watchdog_min_remaining_seconds = 300", "write 120 to 299, or 0"),
        ("watchdog_min_remaining_seconds = 119", "at least 120: two of its looks"),
        ("token_lifetime_seconds = 29", "write a number of seconds from 30 to"),
        ('profile = "oauth"', "write one of intelligence, rfc7523"),
        ('algorithm = "HS256"', 'write one of "RS256", "RS384"'),
        ('algorithm = "ES256"', 'write RS256, all that profile "intelligence" allows'),
        ('scope = "reports"', 'leave it out: profile "intelligence" has none'),
        ('key_id = "one"', 'leave it out: profile "intelligence" has none'),
        ('scope = "two  spaces"', "one space between"),
        ('request_style = "body"', 'write one of "query", "form"'),
        ('value_format = "json"', 'write one of "record", "token"'),
        ("assertion_lifetime_seconds = 0", "from 10 to 3600"),
        ("expiration_grace_minutes = 0", "from 1 to 1440"),
        ("memory_mb = 127", "write a number of MB from 128 to 10240"),
        ("reserve_concurrency = 1", "write true or false"),
        ("log_retention_days = 31", "write one of 1, 3, 5, 7, 14, 30, 60"),
        ('discovery_endpoint = "http://idp.example.com"', "write https://: only localhost"),
        ('token_endpoint = "http://127.0.0.1.example.com/t"', "write https://"),
        ('token_endpoint = "idp.example.com/token"', "write an address such as https://"),
        ('token_endpoint = "https://idp.example.com/#x"', "without its #fragment"),
        ('token_endpoint = "https://idp.example.com:port/"', "write an address"),
        ('audience = ""', "printable characters"),
        ('allowed_token_hosts = ["https://x.example.com"]', "without https://"),
        ('allowed_token_hosts = ["a.b", "a.b"]', "entry 2 is there twice"),
        ('allowed_token_hosts = "a.b"', 'write a list of texts: ["...", "..."]'),
        ('secret_arn = "marketing"', "write the complete ARN, its six random characters"),
        (f'secret_arn = "{SECRET[:-7]}"', "write the complete ARN, its six random characters"),
        ('secret_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/a"', "not an alias"),
        ('secret_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/a"', "name the secret in"),
        ("intervall_minutes = 4", "unknown key; did you mean interval_minutes?"),
    ],
)
def test_a_mistake_is_named_with_file_table_key_value_and_cure(tmp_path, line, fix):
    key, value = line.split(" = ", 1)

    said = issues(tmp_path, f"{GOOD}{line}\n")

    shown = re.escape(value.removesuffix('"')[:60])
    assert re.search(rf"^  rotators\.toml: \[rotators\.marketing\] {key} = {shown}", said, re.M)
    assert fix in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("marketing/token", 'start it with a slash: "/marketing/token"'),
        ("/aws/token", 'SSM reserves names that begin with "aws" and "ssm"'),
        ("/SSM-token", 'SSM reserves names that begin with "aws" and "ssm"'),
        ("/marketing/", "no slash at the end"),
        ("/a//b", "single slashes"),
        ("/a b", "letters, digits and . - _"),
        ("/" + "/".join("abcdefghijklmnop"), "at most 15 levels, this one has 16"),
        ("/" + "a" * 1011, "characters, these are 1012"),
    ],
)
def test_a_parameter_name_that_ssm_would_refuse_is_named(tmp_path, name, fix):
    text = GOOD.replace("/marketing/token", name)

    assert fix in issues(tmp_path, text)


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ('alarm_emails = ["platform@example.com", "platform"]', "such as platform@example.com"),
        ('region = "Ireland"', "write a region such as eu-west-1"),
        ("account = 111122223333", "write a text in quotes"),
        ('account = "1111"', "write 12 digits in quotes"),
        ('alarm_topic_arn = "alarms"', "write the ARN of a standard topic"),
        ('alarm_topic_arn = "arn:aws:sns:eu-west-1:111122223333:a.fifo"', "a standard topic"),
        ('dashboard = "no"', "write true or false"),
        ('tags = { "aws:team" = "x" }', 'AWS reserves those that begin with "aws:"'),
        ('tags = { "Token-Rotator" = "x" }', "is what the rotator itself sets"),
        ('tags = { team = "a&b" }', "write letters, digits, spaces"),
        ("tags = { team = 1 }", "write a table of texts"),
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
        ('[stack]\nname = "tokens"', "[rotators]: add a table [rotators.NAME]: none is there"),
        ("[rotators.a]\n", "[rotators.a] parameter_name: write parameter_name: SSM parameter"),
        (GOOD.replace("rotators.marketing", "rotators.Marketing-1"), "small letters"),
        (GOOD.replace("rotators.marketing", "rotator.marketing"), "write [rotators]"),
        (GOOD.replace('"tokens"', '"9-tokens"'), "a letter first"),
        (GOOD + '[rotators.b]\nparameter_name = "/marketing/token"', "[rotators.marketing] writes"),
        (GOOD + '[rotators.b]\nparameter_name = "marketing/token"', "[rotators.marketing] writes"),
        (GOOD + f'secret_arn = "{SECRET}"\n[stack.x]\n', "unknown key"),
        (
            GOOD.replace("[rot", 'region = "us-east-1"\n[rot') + f'secret_arn = "{SECRET}"',
            "write a secret (or replica) in us-east-1",
        ),
        (
            GOOD + "token_lifetime_seconds = 119\nwatchdog_min_remaining_seconds = 0",
            "write at least 120: a schedule runs once a minute",
        ),
        (GOOD + "memory_mb = 256\nmemory_mb = 257\n", "no valid TOML at line 6"),
    ],
)
def test_a_mistake_of_the_whole_file_is_named(tmp_path, text, fix):
    assert fix in issues(tmp_path, text)


@pytest.mark.parametrize(
    ("line", "named", "fix"),
    [
        ('alarm_emails = ["a@example.com"]', 'alarm_emails = ["a@example.com"]', "leave it out"),
        ('region = "eu-west-2"', f'alarm_topic_arn = "{TOPIC}"', "write a topic in eu-west-2"),
        ('account = "999999999999"', f'alarm_topic_arn = "{TOPIC}"', "of account 999999999999"),
    ],
)
def test_a_topic_that_alarms_could_not_use_as_it_is_written_is_named(tmp_path, line, named, fix):
    text = GOOD.replace("[rotators", f'alarm_topic_arn = "{TOPIC}"\n{line}\n[rotators')

    (said,) = [entry for entry in issues(tmp_path, text).splitlines() if "[stack]" in entry]

    assert f"[stack] {named}: " in said
    assert fix in said


def test_tags_that_leave_the_function_no_room_are_named(tmp_path):
    tags = ", ".join(f't{number} = "{"v" * 250}"' for number in range(20))

    said = issues(tmp_path, GOOD.replace("[rotators", f"tags = {{ {tags} }}\n[rotators"))

    assert "Lambda has room for 4096" in said


def test_a_missing_file_and_a_binary_file_are_named(tmp_path):
    with pytest.raises(ConfigurationIssues, match=r"there is no such file.*-c config=PATH"):
        load(tmp_path / "none.toml")
    (tmp_path / "rotators.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationIssues, match="as a text file in UTF-8"):
        load(tmp_path / "rotators.toml")


def test_all_mistakes_are_named_at_once(tmp_path):
    said = issues(
        tmp_path,
        '[stack]\nname = "1"\nregoin = "x"\n[rotators.a]\nmemory_mb = 1\n'
        'interval_minutes = 9\nscope = "a"\n[rotators.b]\nparameter_name = "b"\n',
    )

    assert said.splitlines()[0].startswith("rotators.toml has 7 issues")
    keys = ["regoin", "name", "parameter_name", "memory_mb", "interval_minutes", "scope"]
    for key in keys:
        assert f" {key}" in said


@pytest.mark.parametrize("key_material", [PEM, PEM.replace("\n", "\\n"), DER_BASE64, JWT])
@pytest.mark.parametrize(
    "place",
    [
        'private_key = """{}"""',
        'audience = """{}"""',
        'allowed_token_hosts = ["""{}"""]',
        "'''{}''' = 1",
        "# {}",
        'scope = "{}',
    ],
)
def test_a_key_pasted_into_the_file_is_named_and_never_shown(tmp_path, key_material, place):
    if "'''" in place:
        place = place.replace("'''", '"')
        key_material = key_material.replace("\n", "")
    text = GOOD + place.replace("{}", key_material.replace("\\n", "\\\\n"))
    if place.startswith("#"):
        text = GOOD + "".join(f"# {line}\n" for line in key_material.splitlines())

    said = issues(tmp_path, text)

    assert "take the key out of this file and revoke it" in said
    for start in range(0, len(key_material) - 12, 6):
        assert key_material[start : start + 12].strip("-\n ") not in said.replace("-----", "")


def test_a_password_in_an_address_is_not_shown(tmp_path):
    said = issues(tmp_path, GOOD + 'token_endpoint = "https://me:hunter2@idp.example.com/"')

    assert "without user name and password" in said
    assert "hunter2" not in said
