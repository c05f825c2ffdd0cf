"""Can the function read what the stack renders?"""

from dataclasses import asdict
from datetime import timedelta

import pytest

from tests.support.infra_templates import a_rotator, only, template
from token_rotator.contract import PROFILES, Algorithm, RequestStyle, ValueFormat, Variable
from token_rotator.settings import Settings
from token_rotator_cdk.config.environment import environment

PROVIDER = {
    "profile": "rfc7523",
    "discovery_endpoint": "https://idp.example.com/d",
    "token_endpoint": "https://idp.example.com/t",
    "allowed_token_hosts": ("a.example.com", "b.example.com"),
    "allow_private_addresses": True,
    "audience": "https://idp.example.com",
    "request_style": RequestStyle.QUERY,
    "assertion_lifetime_seconds": 90,
    "algorithm": Algorithm.ES256,
    "key_id": "key-1",
    "scope": "a b",
}


def settings(**keys):
    rendered = environment(
        a_rotator(**keys),
        rotator_name="tokens/marketing",
        parameter_tags={"team": "data"},
        secret_arn="secret",
        key_arn="key",
    )
    return Settings.from_environment(rendered), rendered


def test_a_rotator_without_options_gets_what_the_function_cannot_know_and_no_more():
    read, rendered = settings()

    assert rendered.keys() == {
        *(Variable.ROTATOR, Variable.SECRET_ARN, Variable.PARAMETER_NAME),
        *(Variable.PARAMETER_KEY_ARN, Variable.PARAMETER_TAGS),
    }
    assert read.rotator == "tokens/marketing"
    assert read.parameter_tags == {"team": "data", "token-rotator": "tokens/marketing"}
    assert read.token_lifetime == timedelta(seconds=a_rotator().token_lifetime_seconds)
    assert read.expiration_grace == timedelta(minutes=a_rotator().expiration_grace_minutes)
    assert read.value_format is a_rotator().value_format


def test_the_function_reads_every_option_as_it_was_written():
    read, rendered = settings(
        identity_provider=PROVIDER,
        token_lifetime_seconds=600,
        value_format="token",
        expiration_grace_minutes=7,
    )

    assert set(rendered) == set(Variable)
    found = asdict(read)
    for key in ("discovery_endpoint", "token_endpoint", "audience", "request_style", "algorithm"):
        assert found[key] == PROVIDER[key]
    assert (found["key_id"], found["scope"]) == ("key-1", "a b")
    assert found["allow_private_addresses"] is True
    assert found["value_format"] is ValueFormat.TOKEN
    assert found["allowed_token_hosts"] == {"a.example.com", "b.example.com"}
    assert found["assertion_lifetime"] == timedelta(seconds=90)
    assert found["token_lifetime"] == timedelta(seconds=600)
    assert found["expiration_grace"] == timedelta(minutes=7)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_one_that_the_function_knows(profile):
    read, _ = settings(identity_provider={"profile": profile})

    assert read.request_style == PROFILES[profile].request_style


def test_the_template_holds_what_is_rendered():
    variables = only(template(), "AWS::Lambda::Function")["Environment"]["Variables"]

    _, rendered = settings()
    assert variables.keys() == rendered.keys()
    assert variables[Variable.PARAMETER_NAME] == "/marketing/token"
