"""The function reads what the stack renders."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from tests.support.infra_templates import a_rotator, only, template
from token_rotator.contract import (
    EXTRA_CA_CERTIFICATES_FILE,
    Algorithm,
    GrantType,
    Profile,
    RequestStyle,
    ScopeIn,
    ValueFormat,
    Variable,
)
from token_rotator.settings import Settings
from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cdk.config.environment import environment

PROVIDER = {
    "profile": "jwt-bearer",
    "discovery_endpoint": "https://idp.example.com/d",
    "token_endpoint": "https://idp.example.com/t",
    "allowed_token_hosts": ("a.example.com", "b.example.com"),
    "allow_private_addresses": True,
    "extra_ca_certificates": "authorities/private.pem",
    "audience": "https://idp.example.com",
    "request_style": RequestStyle.QUERY,
    "assertion_lifetime_seconds": 90,
    "assertion_backdate_seconds": 20,
    "algorithm": Algorithm.ES256,
    "key_id": "key-1",
    "scope": "a b",
    "scope_in": ScopeIn.CLAIM,
    "subject": "integration@example.com",
    "claims": {"tenant": "acme", "level": 3, "strict": False},
    "headers": {"x5t#S256": "A1bC2dE3"},
}


def settings(**keys):
    rendered = environment(
        a_rotator(**keys),
        rotator_name="tokens/marketing",
        parameter_tags={"team": "data"},
        fips=False,
        secret_arn="secret",
        key_arn="key",
    )
    return Settings.from_environment(rendered), rendered


@pytest.mark.parametrize("profile", PROFILES)
def test_every_variable_is_rendered_whatever_is_left_out(profile):
    _, rendered = settings(identity_provider={"profile": profile})

    assert rendered.keys() == set(Variable)


def test_the_function_is_told_the_defaults():
    read, _ = settings()

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

    empty = {name for name, value in rendered.items() if not value}
    assert empty == {Variable.KEY_LIFETIME_DAYS}
    found = asdict(read)
    for key in ("discovery_endpoint", "token_endpoint", "audience", "request_style", "algorithm"):
        assert found[key] == PROVIDER[key]
    for key in ("scope_in", "subject", "claims", "headers"):
        assert found[key] == PROVIDER[key]
    assert found["claims"]["strict"] is False, "and not 0"
    assert (found["key_id"], found["scope"]) == ("key-1", "a b")
    assert found["allow_private_addresses"] is True
    assert found["extra_ca_certificates"] == EXTRA_CA_CERTIFICATES_FILE
    assert found["value_format"] is ValueFormat.TOKEN
    assert found["allowed_token_hosts"] == {"a.example.com", "b.example.com"}
    assert found["assertion_lifetime"] == timedelta(seconds=90)
    assert found["assertion_backdate"] == timedelta(seconds=20)
    assert found["profile"] is Profile.JWT_BEARER
    assert found["grant_type"] is GrantType.JWT_BEARER
    assert found["token_lifetime"] == timedelta(seconds=600)
    assert found["expiration_grace"] == timedelta(minutes=7)


def test_the_default_profile_is_the_documented_intelligence():
    read, _ = settings()

    assert read.request_style is RequestStyle.QUERY
    assert read.assertion_lifetime is None
    assert read.assertion_backdate == timedelta()
    assert read.profile is Profile.INTELLIGENCE
    assert read.grant_type is GrantType.CLIENT_CREDENTIALS
    assert (read.subject, read.key_id, read.scope) == (None, None, None)
    assert read.claims == read.headers == {}
    assert read.algorithm is Algorithm.RS256
    assert read.allowed_token_hosts == {"idp.intelligence.salesforce.com"}
    assert read.key_lifetime == timedelta(days=730)


@pytest.mark.parametrize(
    ("profile", "grant_type"),
    [("rfc7523", "client_credentials"), ("jwt-bearer", GrantType.JWT_BEARER)],
)
def test_the_other_profiles_follow_rfc_7523(profile, grant_type):
    read, _ = settings(identity_provider={"profile": profile})

    assert read.grant_type == grant_type
    assert read.scope_in is ScopeIn.PARAMETER
    assert read.subject is None
    assert read.claims == read.headers == {}
    assert read.request_style is RequestStyle.FORM
    assert read.assertion_lifetime == timedelta(seconds=60)
    assert read.allowed_token_hosts == set()
    assert read.key_lifetime is None


def test_allowed_hosts_come_on_top_of_the_profiles():
    read, _ = settings(identity_provider={"allowed_token_hosts": ["a.example.com"]})

    assert read.allowed_token_hosts == {"a.example.com", "idp.intelligence.salesforce.com"}


def test_the_template_holds_what_is_rendered():
    variables = only(template(), "AWS::Lambda::Function")["Environment"]["Variables"]

    _, rendered = settings()
    assert variables.keys() == rendered.keys()
    assert variables[Variable.PARAMETER_NAME] == "/marketing/token"
