"""The environment variables that Lambda sets, and those of a developer that it does not."""

from typing import Final

import pytest

LAMBDAS_OWN: Final = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "sentinel-secret-key-0123456789",
    "AWS_SESSION_TOKEN": "sentinel-session-token-0123456789",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
}
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Reserved"."""

_DEVELOPERS: Final = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL"),
    *("AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
    *("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
)


def in_lambda(monkeypatch: pytest.MonkeyPatch, **besides: str) -> None:
    """From now on the process has the environment of a function in Lambda, and these variables."""
    for name in _DEVELOPERS:
        monkeypatch.delenv(name, raising=False)
    nowhere = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), "/nonexistent")
    for name, value in (LAMBDAS_OWN | nowhere | besides).items():
        monkeypatch.setenv(name, value)
