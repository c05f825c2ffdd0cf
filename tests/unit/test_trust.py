"""Servers have to show that they are the right ones; whom to trust is read once."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.certificates import unknown_to_the_system
from fakes.environment import function_environment
from tests.support.canned_server import CannedServer, answer
from tests.support.in_lambda import in_lambda
from token_rotator import transport, wiring
from token_rotator.aws.clients import AwsClients
from token_rotator.aws.service import AwsUnavailable
from token_rotator.errors import IdentityProviderUntrusted
from token_rotator.identity_provider.addresses import AddressPolicy
from token_rotator.identity_provider.http import ProviderHttp


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every reading of certificates from now on."""
    seen: list[str] = []
    for how in ("load_default_certs", "load_verify_locations"):
        monkeypatch.setattr(ssl.SSLContext, how, lambda *_, how=how, **__: seen.append(how))
    return seen


def test_certificates_and_names_are_verified_and_nothing_older_than_tls_1_2_is_spoken():
    context = transport.tls_context(None)

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.get_ca_certs() or ssl.get_default_verify_paths().capath


def test_no_connection_to_the_identity_provider_reads_again_whom_the_system_trusts(
    tmp_path: Path, request: pytest.FixtureRequest
):
    pool = AddressPolicy(loopback=True).pool()
    context, _ = unknown_to_the_system(tmp_path)
    read = request.getfixturevalue("read")

    with CannedServer(answer(), tls=context) as server:
        for _ in range(2):
            with pytest.raises(IdentityProviderUntrusted, match="certificate"):
                ProviderHttp(pool=pool, now=now).get(
                    server.url, endpoint_name="x", deadline=now() + timedelta(seconds=5)
                )

    assert read == []


def test_no_connection_to_aws_reads_again_whom_the_system_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
):
    context, _ = unknown_to_the_system(tmp_path)
    with CannedServer(answer(), tls=context) as server:
        in_lambda(monkeypatch, AWS_ENDPOINT_URL=server.url)
        aws = AwsClients.from_environment(now=now)
        read = request.getfixturevalue("read")

        for call in 2 * [aws.parameter_store.call]:
            with pytest.raises(AwsUnavailable, match="SSLCertVerificationError"):
                call("GetParameter", {"Name": "/a"})
        with pytest.raises(AwsUnavailable, match="SSLCertVerificationError"):
            aws.secrets_manager.call("GetSecretValue", {"SecretId": "s"})

        assert server.connections == 3
    assert read == []


def test_aws_and_the_identity_provider_are_met_with_the_same_trust(
    monkeypatch: pytest.MonkeyPatch,
):
    made = []
    make = ssl.create_default_context

    def noted(**of: Any) -> ssl.SSLContext:
        made.append(of)
        return make(**of)

    monkeypatch.setattr(ssl, "create_default_context", noted)
    transport.tls_context.cache_clear()
    in_lambda(monkeypatch)

    wiring.build(function_environment())

    assert len(made) == 1
