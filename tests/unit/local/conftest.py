"""Fixtures: an identity provider for each test, and one service account, as keys take time."""

from collections.abc import Iterator

import pytest

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="session")
def generated() -> ServiceAccount:
    return ServiceAccount.generate(discovery_endpoint="http://127.0.0.1/unused")


@pytest.fixture
def account(idp: IdentityProvider, generated: ServiceAccount) -> ServiceAccount:
    idp.register(generated.client_id, generated.public_key_pem)
    return generated
