"""The application between moto and the stand-in identity provider."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from local.identity_provider import IdentityProvider
from local.tokens import Tokens
from tests.support.clock import Clock
from tests.support.exposure import Exposure, talkative
from token_rotator.assertion import AssertionSigner
from token_rotator.contract import (
    Variable,
)
from token_rotator.wiring import AWS_ENDPOINT, build

if TYPE_CHECKING:
    pass

from tests.support.application import LOCAL, NAME, Deployed


@pytest.fixture(scope="module")
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture
def deployed(idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    idp.recover()
    with mock_aws():
        secrets = boto3.client("secretsmanager")
        secret = secrets.create_secret(Name="tokens/marketing")["ARN"]
        key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        clock = Clock(datetime.now(UTC))
        environment: dict[str, str] = {
            Variable.ROTATOR: "marketing",
            Variable.SECRET_ARN: secret,
            Variable.PARAMETER_NAME: NAME,
            Variable.PARAMETER_KEY_ARN: key,
            Variable.PARAMETER_TAGS: json.dumps({"rotator": "marketing"}),
            AWS_ENDPOINT: LOCAL,
        }
        app = build(environment, now=clock.now, sleep=clock.sleep)
        ssm = boto3.client("ssm")
        it = Deployed(app, clock, idp, secrets, ssm, secret, key, environment)
        it.store(idp.new_service_account().as_downloaded())
        yield it


@pytest.fixture
def exposure(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Exposure:
    """Knows every assertion that is signed and every token that is issued from now on."""
    talkative(caplog)
    seen = Exposure()
    sign, issue = AssertionSigner.sign, Tokens.issue

    def signed(self: AssertionSigner, *arguments: Any, **named: Any) -> str:
        seen.secrets.add("an assertion", assertion := sign(self, *arguments, **named))
        return assertion

    def issued(self: Tokens, client_id: str) -> str:
        seen.secrets.add("an access token", token := issue(self, client_id))
        return token

    monkeypatch.setattr(AssertionSigner, "sign", signed)
    monkeypatch.setattr(Tokens, "issue", issued)
    return seen
