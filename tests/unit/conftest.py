"""The application between moto and the stand-in identity provider."""

import functools
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
import urllib3
from moto.server import ThreadedMotoServer

from fakes.clock import Clock
from fakes.environment import function_environment
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.idp.tokens import Tokens
from tests.support.application import NAME, Deployed
from tests.support.exposure import Exposure, talkative
from tests.support.in_lambda import in_lambda
from token_rotator.credential.assertion import AssertionSigner


@pytest.fixture(scope="module")
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="module")
def account(idp: IdentityProvider) -> ServiceAccount:
    """The service account that the deployed function starts with."""
    return idp.new_service_account()


@pytest.fixture(scope="session")
def aws_on_loopback() -> Iterator[str]:
    """Its URL."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it logs every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture(scope="session")
def administrator(aws_on_loopback: str) -> Callable[[str], Any]:
    """Clients of whoever deploys the function, made once: it takes long to read their models."""
    session = boto3.Session("AKIDADMIN", "not-checked", region_name="eu-west-1")
    return functools.cache(lambda service: session.client(service, endpoint_url=aws_on_loopback))


@pytest.fixture
def deployed(
    idp: IdentityProvider,
    account: ServiceAccount,
    aws_on_loopback: str,
    administrator: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Deployed:
    urllib3.request("POST", f"{aws_on_loopback}/moto-api/reset")
    in_lambda(monkeypatch, AWS_ENDPOINT_URL=aws_on_loopback)
    idp.recover()
    idp.accept(account)
    secrets, ssm = administrator("secretsmanager"), administrator("ssm")
    secret = secrets.create_secret(Name="tokens/marketing")["ARN"]
    key = administrator("kms").create_key()["KeyMetadata"]["Arn"]
    settings = function_environment(secret_arn=secret, parameter_name=NAME, key_arn=key)
    clock = Clock(datetime.now(UTC))
    it = Deployed(clock, idp, secrets, ssm, secret, key, settings)
    it.store(account.as_downloaded())
    return it


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
