"""The function reads its environment once and names everything that is wrong with it."""

from datetime import timedelta

import pytest

from token_rotator.contract import Algorithm, RequestStyle, ValueFormat, Variable
from token_rotator.errors import ConfigurationError
from token_rotator.settings import Settings

REQUIRED: dict[str, str] = {
    Variable.ROTATOR: "marketing",
    Variable.SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf",
    Variable.PARAMETER_NAME: "/intelligence/marketing/access-token",
    Variable.PARAMETER_KEY_ARN: "arn:aws:kms:eu-west-1:111122223333:key/k",
}


def test_the_default_profile_is_the_documented_intelligence():
    settings = Settings.from_environment(REQUIRED)

    assert settings.request_style is RequestStyle.QUERY
    assert settings.assertion_lifetime is None
    assert settings.algorithm is Algorithm.RS256
    assert settings.allowed_token_hosts == {"idp.intelligence.salesforce.com"}
    assert settings.token_lifetime == timedelta(seconds=300)
    assert settings.value_format is ValueFormat.RECORD
    assert settings.expiration_grace == timedelta(minutes=5)


def test_the_other_profile_follows_rfc_7523():
    settings = Settings.from_environment(REQUIRED | {Variable.PROFILE: "rfc7523"})

    assert settings.request_style is RequestStyle.FORM
    assert settings.assertion_lifetime == timedelta(seconds=60)
    assert settings.allowed_token_hosts == set()


def test_what_is_set_wins_over_the_profile():
    settings = Settings.from_environment(
        REQUIRED
        | {
            Variable.PROFILE: "rfc7523",
            Variable.REQUEST_STYLE: "query",
            Variable.ASSERTION_LIFETIME_SECONDS: "30",
            Variable.ALGORITHM: "ES256",
            Variable.ALLOWED_TOKEN_HOSTS: "a.example,B.example",
            Variable.PARAMETER_TAGS: '{"team": "marketing-data"}',
            Variable.SCOPE: "read",
        }
    )

    assert settings.request_style is RequestStyle.QUERY
    assert settings.assertion_lifetime == timedelta(seconds=30)
    assert settings.algorithm is Algorithm.ES256
    assert settings.allowed_token_hosts == {"a.example", "b.example"}
    assert settings.parameter_tags == {"team": "marketing-data"}
    assert settings.scope == "read"


def test_everything_wrong_is_named_at_once():
    environment: dict[str, str] = {
        Variable.ROTATOR: "marketing",
        Variable.PROFILE: "oauth1",
        Variable.TOKEN_LIFETIME_SECONDS: "five minutes",
        Variable.PARAMETER_TAGS: "[]",
        Variable.VALUE_FORMAT: "xml",
    }

    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment(environment)

    for name in (
        Variable.SECRET_ARN,
        Variable.PARAMETER_NAME,
        Variable.PARAMETER_KEY_ARN,
        Variable.PROFILE,
        Variable.TOKEN_LIFETIME_SECONDS,
        Variable.PARAMETER_TAGS,
        Variable.VALUE_FORMAT,
    ):
        assert name in str(caught.value)
    assert Variable.ROTATOR + " " not in str(caught.value)
