"""The function reads all its settings from its environment, and names everything wrong with it."""

from datetime import timedelta

import pytest

from fakes.environment import function_environment
from token_rotator.contract import (
    Algorithm,
    GrantType,
    Profile,
    RequestStyle,
    ScopeIn,
    ValueFormat,
    Variable,
)
from token_rotator.errors import ConfigurationError
from token_rotator.settings import Settings

MAY_BE_EMPTY = {
    Variable.DISCOVERY_ENDPOINT,
    Variable.TOKEN_ENDPOINT,
    Variable.ALLOWED_TOKEN_HOSTS,
    Variable.EXTRA_CA_CERTIFICATES,
    Variable.AUDIENCE,
    Variable.ASSERTION_LIFETIME_SECONDS,
    Variable.KEY_ID,
    Variable.SCOPE,
    Variable.SUBJECT,
    Variable.KEY_LIFETIME_DAYS,
}


def read(**variables: str) -> Settings:
    changes = {Variable(name): value for name, value in variables.items()}
    return Settings.from_environment(function_environment() | changes)


def mistakes(environment: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment(environment)
    return str(caught.value)


def test_what_the_stack_renders_is_what_counts():
    settings = read(
        REQUEST_STYLE="form",
        ASSERTION_LIFETIME_SECONDS="30",
        ASSERTION_BACKDATE_SECONDS="15",
        PROFILE="rfc7523",
        ALGORITHM="ES256",
        ALLOWED_TOKEN_HOSTS="a.example,B.example",
        ALLOW_PRIVATE_ADDRESSES="true",
        PARAMETER_TAGS='{"team": "marketing-data"}',
        SCOPE="read",
        SCOPE_IN="claim",
        SUBJECT="integration@example.com",
        GRANT_TYPE="urn:ietf:params:oauth:grant-type:jwt-bearer",
        CLAIMS='{"tenant": "acme", "level": 3, "strict": true}',
        HEADERS='{"x5t#S256": "abc"}',
        TOKEN_LIFETIME_SECONDS="600",
        VALUE_FORMAT="token",
        EXPIRATION_GRACE_MINUTES="7",
        KEY_LIFETIME_DAYS="90",
    )

    assert settings.request_style is RequestStyle.FORM
    assert settings.assertion_lifetime == timedelta(seconds=30)
    assert settings.assertion_backdate == timedelta(seconds=15)
    assert settings.profile is Profile.RFC7523
    assert settings.algorithm is Algorithm.ES256
    assert settings.allowed_token_hosts == {"a.example", "b.example"}
    assert settings.allow_private_addresses is True
    assert settings.parameter_tags == {"team": "marketing-data"}
    assert settings.scope == "read"
    assert settings.scope_in is ScopeIn.CLAIM
    assert settings.subject == "integration@example.com"
    assert settings.grant_type is GrantType.JWT_BEARER
    assert settings.claims == {"tenant": "acme", "level": 3, "strict": True}
    assert settings.headers == {"x5t#S256": "abc"}
    assert settings.token_lifetime == timedelta(seconds=600)
    assert settings.value_format is ValueFormat.TOKEN
    assert settings.expiration_grace == timedelta(minutes=7)
    assert settings.key_lifetime == timedelta(days=90)


def test_an_empty_variable_means_that_the_setting_is_unset():
    settings = read(**dict.fromkeys(MAY_BE_EMPTY, ""))

    assert settings.allowed_token_hosts == frozenset()
    for setting in MAY_BE_EMPTY - {Variable.ALLOWED_TOKEN_HOSTS}:
        attribute = setting.lower().removesuffix("_seconds").removesuffix("_days")
        assert getattr(settings, attribute) is None


@pytest.mark.parametrize("variable", Variable)
def test_the_function_has_no_default_for_a_variable_that_is_missing(variable: Variable):
    environment = function_environment()
    del environment[variable]

    assert f"{variable} is missing" in mistakes(environment)


@pytest.mark.parametrize("variable", sorted(set(Variable) - MAY_BE_EMPTY))
def test_a_variable_without_a_meaning_for_it_may_not_be_empty(variable: Variable):
    assert f"{variable} is empty" in mistakes(function_environment() | {variable: ""})


def test_everything_wrong_is_named_at_once():
    said = mistakes(
        {
            Variable.ROTATOR: "marketing",
            Variable.TOKEN_LIFETIME_SECONDS: "five minutes",
            Variable.PARAMETER_TAGS: "[]",
            Variable.VALUE_FORMAT: "xml",
        }
    )

    assert [variable for variable in Variable if f"{variable} " not in said] == [Variable.ROTATOR]
    assert "TOKEN_LIFETIME_SECONDS cannot be 'five minutes'" in said
    assert "deploy the stack again" in said
