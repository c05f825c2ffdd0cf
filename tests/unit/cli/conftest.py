from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property

import pytest
from moto import mock_aws

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.support.operating import OperatedRotator
from token_rotator import wiring
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator.settings import Settings
from token_rotator_cli.aws.clients import Aws

REAL = wiring.identity_provider


def on_loopback(settings: Settings, *, now: Callable[[], datetime], local: bool) -> TokenEndpoint:
    """The identity provider, which may be on loopback although moto is not a local AWS."""
    return REAL(settings, now=now, local=True)


@pytest.fixture(scope="module")
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="module")
def account(idp: IdentityProvider) -> ServiceAccount:
    return idp.new_service_account()


@pytest.fixture(scope="session")
def clients() -> dict[str, object]:
    """boto3's clients, made once: it takes long to read their models. moto's state is per test."""
    with mock_aws():
        aws = Aws(region="eu-west-1")
        for name, attribute in vars(Aws).items():
            if isinstance(attribute, cached_property):
                getattr(aws, name)
        return dict(vars(aws))


@pytest.fixture
def rotator(
    idp: IdentityProvider,
    account: ServiceAccount,
    clients: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[OperatedRotator]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    idp.recover()
    idp.accept(account)
    monkeypatch.setattr(wiring, "identity_provider", on_loopback)
    with mock_aws():
        aws = Aws(region="eu-west-1")
        vars(aws).update(clients)
        yield OperatedRotator(aws, idp, account)
