"""Files that are uploaded."""

from pathlib import Path

import pytest

from local.idp.service_account import ServiceAccount
from tests.support.operating import OperatedRotator


@pytest.fixture(scope="module")
def generated(account: ServiceAccount) -> ServiceAccount:
    """Another key of the same account; the identity provider does not know it yet."""
    return ServiceAccount.generate(
        discovery_endpoint=account.discovery_endpoint, client_id=account.client_id
    )


@pytest.fixture
def downloaded(rotator: OperatedRotator, generated: ServiceAccount, tmp_path: Path) -> Path:
    rotator.idp.register(generated.client_id, generated.public_key_pem)
    rotator.idp.accept(generated)
    file = tmp_path / "downloaded.txt"
    file.write_text(generated.as_downloaded(), encoding="utf-8")
    return file


@pytest.fixture
def other() -> ServiceAccount:
    """Another service account."""
    return ServiceAccount.generate(discovery_endpoint="https://idp.example/us1", client_id="other")
