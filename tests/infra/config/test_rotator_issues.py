"""Mistakes of a rotator's tables, each with what to write instead."""

import pytest

from tests.support.config_files import GOOD, issues, written
from token_rotator_cdk.config.load import load

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/a"
FAR_KEY = KEY.replace("west-1", "west-2")
ALIAS = KEY.replace("key/", "alias/")


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("interval_minutes = 5", "write at most 4: a token lives 300 s"),
        ("interval_minutes = 0", "write a number of minutes from 1 to 720"),
        ("interval_minutes = true", "write a whole number without quotes"),
        ('interval_minutes = "4"', "write a whole number without quotes"),
        ("interval_minutes = 4.0", "write a whole number without quotes"),
        ("watchdog_min_remaining_seconds = 300", "write 120 to 299, or 0"),
        ("watchdog_min_remaining_seconds = 119", "at least 120: two runs of it"),
        ("token_lifetime_seconds = 29", "write a number of seconds from 30 to"),
        ('value_format = "json"', 'write one of "record", "token"'),
        ("expiration_grace_minutes = 0", "from 1 to 1440"),
        ("memory_mb = 127", "write a number of MB from 128 to 10240"),
        ("reserve_concurrency = 1", "write true or false"),
        ('log_group_name = "a b"', "write letters, digits and . - _ / #"),
        ('log_group_name = ""', "write letters, digits and . - _ / #"),
        (
            'log_group_name = "aws/lambda/x"',
            'CloudWatch Logs reserves names that begin with "aws/"',
        ),
        (f'log_group_name = "{"g" * 513}"', "write at most 512 characters; this has 513"),
        ("log_retention_days = 31", "write one of 1, 3, 5, 7, 14, 30, 60"),
        ("intervall_minutes = 4", "unknown key; did you mean interval_minutes?"),
    ],
)
def test_a_mistake_is_named_with_file_table_key_value_and_fix(tmp_path, line, fix):
    key, value = line.split(" = ", 1)

    said = issues(tmp_path, f"{GOOD}{line}\n")

    shown = value.removesuffix('"')[:60]
    assert f"\n  rotators.toml: [rotators.marketing] {key} = {shown}" in said
    assert fix in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ('profile = "oauth"', 'write one of "intelligence", "rfc7523", "jwt-bearer"'),
        ('algorithm = "HS256"', 'write one of "RS256", "RS384"'),
        (
            'algorithm = "ES256"',
            'write RS256: profile "intelligence" allows no other',
        ),
        ('scope = "reports"', 'leave it out: profile "intelligence" does not support it'),
        ('key_id = "one"', 'leave it out: profile "intelligence" does not support it'),
        ('scope = "two  spaces"', "with one space"),
        ('request_style = "body"', 'write one of "query", "form"'),
        ("assertion_lifetime_seconds = 0", "from 10 to 3600"),
        ("assertion_backdate_seconds = 61", "from 0 to 60"),
        (
            'discovery_endpoint = "http://idp.example.com"',
            "write https://: only localhost",
        ),
        ('token_endpoint = "http://127.0.0.1.example.com/t"', "write https://"),
        (
            'token_endpoint = "idp.example.com/token"',
            "write an address such as https://",
        ),
        (
            'token_endpoint = "https://idp.example.com/#x"',
            "remove the #fragment",
        ),
        ('token_endpoint = "https://idp.example.com:port/"', "write an address"),
        ('audience = ""', "printable characters"),
        ('allowed_token_hosts = ["https://x.example.com"]', "without https://"),
        ('allowed_token_hosts = ["a.b", "a.b"]', "remove the duplicate entry (entry 2)"),
        ('allowed_token_hosts = "a.b"', 'write a list of strings: ["...", "..."]'),
    ],
)
def test_a_mistake_of_the_identity_providers_table_is_named(tmp_path, line, fix):
    key, value = line.split(" = ", 1)

    said = issues(tmp_path, f"{GOOD}identity_provider.{line}\n")

    where = "[rotators.marketing.identity_provider]"
    assert f"\n  rotators.toml: {where} {key} = {value.removesuffix(chr(34))[:60]}" in said
    assert fix in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    ("secret", "key", "fix"),
    [
        ('arn = "marketing"', "arn", "write the complete ARN, including its six random characters"),
        (
            f'arn = "{SECRET[:-7]}"',
            "arn",
            "write the complete ARN, including its six random characters",
        ),
        (f'arn = "{SECRET}"\nkey_arn = "{ALIAS}"', "key_arn", "not an alias"),
        (f'arn = "{SECRET}"\nkey_arn = "{FAR_KEY}"', "key_arn", "write a key in eu-west-1"),
        (f'key_arn = "{KEY}"', "arn", "write arn: Complete ARN of the secret that holds"),
        (f'key_arn = "{KEY}"', "arn", "leave out [rotators.marketing.secret]: the stack creates"),
    ],
)
def test_a_mistake_of_the_secrets_table_is_named(tmp_path, secret, key, fix):
    said = issues(tmp_path, f"{GOOD}[rotators.marketing.secret]\n{secret}\n")

    assert f"[rotators.marketing.secret] {key}" in said
    assert fix in said
    assert len(said.splitlines()) == 2


SUBNET = '"subnet-0123456789abcdef0"'
GROUP = '"sg-0123456789abcdef0"'


@pytest.mark.parametrize(
    ("vpc", "key", "fix"),
    [
        ({"subnet_ids": '["subnet-1"]'}, "subnet_ids", "write the id of a subnet, such as subnet-"),
        ({"subnet_ids": f"[{GROUP}]"}, "subnet_ids", "write the id of a subnet, such as subnet-"),
        (
            {"subnet_ids": f"[{SUBNET}, {SUBNET}]"},
            "subnet_ids",
            "remove the duplicate entry (entry 2)",
        ),
        ({"subnet_ids": "[]"}, "subnet_ids", "write at least one subnet"),
        ({"subnet_ids": SUBNET}, "subnet_ids", "write a list of strings"),
        ({"subnet_ids": None}, "subnet_ids", "write subnet_ids: Private subnets of one VPC"),
        ({"subnet_ids": None}, "subnet_ids", "or leave out [rotators.marketing.vpc]"),
        (
            {"security_group_ids": None},
            "security_group_ids",
            "Security groups that allow outbound HTTPS",
        ),
        ({"security_group_ids": "[]"}, "security_group_ids", "write at least one security group"),
        (
            {"security_group_ids": '["sg-0123456789ABCDEF0"]'},
            "security_group_ids",
            "write the id of a security group, such as sg-",
        ),
        (
            {"subnet_ids": str([f"subnet-{number:08x}" for number in range(17)])},
            "subnet_ids",
            "write at most 16, Lambda's limit",
        ),
        (
            {"security_group_ids": str([f"sg-{number:017x}" for number in range(6)])},
            "security_group_ids",
            "write at most 5, Lambda's limit",
        ),
        (
            {"allow_ipv6_for_dual_stack": '"yes"'},
            "allow_ipv6_for_dual_stack",
            "write true or false",
        ),
    ],
)
def test_a_mistake_of_the_vpcs_table_is_named(tmp_path, vpc, key, fix):
    table = {"subnet_ids": f"[{SUBNET}]", "security_group_ids": f"[{GROUP}]", **vpc}
    lines = [f"{name} = {value}\n" for name, value in table.items() if value is not None]

    said = issues(tmp_path, f"{GOOD}[rotators.marketing.vpc]\n{''.join(lines)}")

    assert f"[rotators.marketing.vpc] {key}" in said
    assert fix in said
    assert len(said.splitlines()) == 2


def test_as_many_subnets_and_groups_as_lambda_takes_are_accepted(tmp_path):
    subnets = [f"subnet-{number:08x}" for number in range(16)]
    groups = [f"sg-{number:017x}" for number in range(5)]
    table = f"[rotators.marketing.vpc]\nsubnet_ids = {subnets}\nsecurity_group_ids = {groups}\n"

    vpc = load(written(tmp_path / "rotators.toml", GOOD + table)).rotators["marketing"].vpc

    assert vpc is not None
    assert (vpc.subnet_ids, vpc.security_group_ids) == (tuple(subnets), tuple(groups))


def test_private_addresses_are_refused_without_a_vpc_and_accepted_with_one(tmp_path):
    private = f"{GOOD}identity_provider.allow_private_addresses = true\n"
    vpc = f"vpc = {{ subnet_ids = [{SUBNET}], security_group_ids = [{GROUP}] }}\n"

    said = issues(tmp_path, private)

    where = "[rotators.marketing.identity_provider] allow_private_addresses = true"
    assert f"{where}: leave it out, or set vpc too" in said
    loaded = load(written(tmp_path / "rotators.toml", private + vpc))
    assert loaded.rotators["marketing"].identity_provider.allow_private_addresses


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ('audience = "x"', "here; it belongs to [rotators.marketing.identity_provider]"),
        ('audiense = "x"', "did you mean audience in [rotators.marketing.identity_provider]?"),
        ('region = "eu-west-1"', "unknown key here; it belongs to [stack]"),
        (
            "identity_provider.interval_minutes = 4",
            "unknown key here; it belongs to [rotators.marketing]",
        ),
        ("colour = 1", "the known keys are parameter_name, stack,"),
    ],
)
def test_a_key_in_the_wrong_table_is_led_to_the_right_one(tmp_path, line, fix):
    assert fix in issues(tmp_path, f"{GOOD}{line}\n")


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("marketing/token", 'start it with a slash: "/marketing/token"'),
        ("/aws/token", 'SSM reserves names that begin with "aws" and "ssm"'),
        ("/SSM-token", 'SSM reserves names that begin with "aws" and "ssm"'),
        ("/marketing/", "no slash at the end"),
        ("/a//b", "single slashes"),
        ("/a b", "letters, digits and . - _"),
        ("/" + "/".join("abcdefghijklmnop"), "at most 15 levels; this one has 16"),
        ("/" + "a" * 1011, "characters; this has 1012"),
    ],
)
def test_a_parameter_name_that_ssm_would_refuse_is_named(tmp_path, name, fix):
    text = GOOD.replace("/marketing/token", name)

    assert fix in issues(tmp_path, text)
