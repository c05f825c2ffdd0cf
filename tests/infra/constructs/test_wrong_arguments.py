"""Wrong arguments of the construct raise at synthesis, all at once, with the texts of the file."""

from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Environment
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns

from tests.infra.constructs.test_token_rotator import a_rotator, a_stack
from tests.support.config_files import GOOD, issues
from tests.support.infra_keys import DER_BASE64
from tests.support.infra_templates import NAMED_SECRET
from token_rotator.contract import Algorithm, Profile
from token_rotator_cdk import ConfigurationIssues, IdentityProvider

TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"


def said(stack: Any = None, **arguments: Any) -> str:
    with pytest.raises(ConfigurationIssues) as caught:
        a_rotator(stack or a_stack(), **arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"parameter_name": "marketing"}, 'parameter_name = "marketing"'),
        ({"interval": Duration.minutes(5)}, "interval_minutes = 5"),
        ({"token_lifetime": Duration.seconds(29)}, "token_lifetime_seconds = 29"),
        (
            {"watchdog_min_remaining": Duration.seconds(119)},
            "watchdog_min_remaining_seconds = 119",
        ),
        ({"expiration_grace": Duration.days(2)}, "expiration_grace_minutes = 2880"),
        ({"memory_size": 127}, "memory_mb = 127"),
        ({"share_with": ["somebody"]}, 'share_with = ["somebody"]'),
        ({"value_format": "json"}, 'value_format = "json"'),
        ({"interval": Duration.seconds(90)}, "interval_minutes = 1.5"),
        (
            {"identity_provider": IdentityProvider(profile=Profile.INTELLIGENCE, scope="a")},
            'identity_provider.scope = "a"',
        ),
        (
            {"identity_provider": IdentityProvider(algorithm=Algorithm.ES256)},
            'identity_provider.algorithm = "ES256"',
        ),
        (
            {"identity_provider": IdentityProvider.rfc7523(token_endpoint="http://a.example")},
            'identity_provider.token_endpoint = "http://a.example"',
        ),
        ({"log_group_name": "aws/tokens"}, 'log_group_name = "aws/tokens"'),
        ({"role_path": "teams"}, '[stack]\nname = "t"\nrole_path = "teams"'),
        (
            {"role_name_prefix": "a" * 31},
            f'[stack]\nname = "t"\nrole_name_prefix = "{"a" * 31}"',
        ),
        (
            {"runbook_url": "runbook.md"},
            '[stack]\nname = "t"\nrunbook_url = "runbook.md"',
        ),
        (
            {"parameter_tags": {"aws:team": "x"}},
            '[stack]\nname = "t"\ntags = {"aws:team" = "x"}',
        ),
    ],
)
def test_the_text_is_the_files(tmp_path, arguments, line):
    text = line if line.startswith("[stack]") else GOOD.replace("/marketing/token", "/m") + line
    if line.startswith("parameter_name"):
        text = GOOD.replace('parameter_name = "/marketing/token"', line)
    of_file = [entry.split(": ", 2)[2] for entry in issues(tmp_path, text).splitlines()[1:]]

    shown = said(**arguments)

    (name,) = arguments
    assert f"Tokens/Marketing: {name}" in shown
    ours = of_file[0].replace("token_lifetime_seconds", "token_lifetime")
    assert ours in shown


def test_an_argument_is_named_with_its_value_and_unit():
    assert said(interval=Duration.minutes(5)) == (
        "Tokens/Marketing has an issue:\n"
        "  Tokens/Marketing: interval = 5 minutes: write at most 4: a token lives 300 s "
        "(token_lifetime), and a schedule can be 59 s late"
    )
    assert "interval = 4 minutes (the default): write at most 2" in said(
        token_lifetime=Duration.seconds(200)
    )


def test_all_that_are_wrong_are_named_at_once():
    shown = said(
        a_stack(env=Environment(region="eu-west-2", account="111122223333")),
        parameter_name="marketing",
        rotator_name="marketing team",
        memory_size=1,
        interval=Duration.minutes(9),
        identity_provider=IdentityProvider(scope="a", key_id="b"),
        parameter_tags={"token-rotator": "x"},
    )

    assert shown.startswith("Tokens/Marketing has 7 issues:")
    for argument in (
        *("parameter_name", "rotator_name", "memory_size", "interval", "parameter_tags"),
        *("identity_provider.scope", "identity_provider.key_id"),
    ):
        assert f"Tokens/Marketing: {argument} = " in shown


def test_two_rotators_of_a_stack_do_not_write_one_parameter():
    stack = a_stack()
    a_rotator(stack, "First")

    assert "write another name: Tokens/First uses this parameter already" in said(stack)


def test_two_rotators_of_a_stack_do_not_have_one_log_group():
    stack = a_stack()
    a_rotator(stack, "First", parameter_name="/first", log_group_name="/acme/tokens")

    assert "write another name: Tokens/First uses this log group already" in said(
        stack, log_group_name="/acme/tokens"
    )


def test_a_partial_arn_of_a_secret_is_refused():
    stack = a_stack()
    secret = secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "my-secret")

    assert 'secret = "my-secret": write the complete ARN' in said(stack, secret=secret)


def test_a_secret_of_another_region_is_refused():
    stack = a_stack(env=Environment(region="us-east-1", account="111122223333"))
    secret = secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", NAMED_SECRET)

    assert "write a secret (or replica) in us-east-1" in said(stack, secret=secret)


@pytest.mark.parametrize("argument", ["encryption_key", "log_encryption_key"])
def test_an_alias_is_no_key(argument: str):
    stack = a_stack()
    alias = kms.Alias.from_alias_name(stack, "Alias", "alias/mine")

    assert f'{argument} = "alias/mine": write the key\'s ARN, not an alias' in said(
        stack, **{argument: alias}
    )


@pytest.mark.parametrize(
    ("arn", "fix"),
    [
        (f"{TOPIC}.fifo", "write the ARN of a standard topic"),
        (TOPIC, "write a topic in eu-west-2, where the stack goes"),
    ],
)
def test_a_topic_that_alarms_cannot_tell_is_refused(arn: str, fix: str):
    stack = a_stack(env=Environment(region="eu-west-2", account="111122223333"))

    assert fix in said(stack, alarm_topic=sns.Topic.from_topic_arn(stack, "Topic", arn))


def test_alerts_need_a_topic():
    assert "secret_access_alerts = true: pass alarm_topic too" in said(secret_access_alerts=True)


def test_what_the_template_depends_on_has_to_be_known_at_synthesis():
    stack = a_stack()
    minutes = CfnParameter(stack, "Minutes", type="Number").value_as_number
    account = CfnParameter(stack, "Account").value_as_string

    shown = said(stack, interval=Duration.minutes(minutes), share_with=[account])

    assert "interval: pass a value that is known at synthesis" in shown
    assert "share_with: pass a value that is known at synthesis" in shown


def test_a_key_in_an_argument_is_named_and_never_shown():
    shown = said(parameter_name=DER_BASE64, log_retention=logs.RetentionDays.ONE_DAY)

    assert "parameter_name = (not shown" in shown
    assert DER_BASE64[:20] not in shown
