"""A private authority is trusted for the identity provider, and for nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from fakes.certificates import Authority, an_authority, unknown_to_the_system
from fakes.environment import function_environment
from tests.support.canned_server import CannedServer, answer
from tests.support.in_lambda import in_lambda
from token_rotator import transport, wiring
from token_rotator.aws.clients import AwsClients
from token_rotator.aws.service import AwsUnavailable
from token_rotator.contract import EXTRA_CA_CERTIFICATES_FILE
from token_rotator.errors import ConfigurationError, IdentityProviderUntrusted
from token_rotator.identity_provider.addresses import AddressPolicy, tls_context_with
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.settings import Settings

CONFIGURED: Final[dict[str, Any]] = {"identity_provider": {"extra_ca_certificates": "private.pem"}}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def authority() -> Authority:
    return an_authority()


@pytest.fixture
def file(tmp_path: Path, authority: Authority) -> Path:
    """Where the bundle has it."""
    path = tmp_path / EXTRA_CA_CERTIFICATES_FILE
    path.write_bytes(authority.pem)
    return path


def asks(url: str, authorities: Path | None) -> int:
    with AddressPolicy(loopback=True).pool(
        tls_context_with(authorities) if authorities else None
    ) as pool:
        deadline = now() + timedelta(seconds=5)
        return (
            ProviderHttp(pool=pool, now=now).get(url, endpoint_name="x", deadline=deadline).status
        )


def test_a_server_of_the_private_authority_is_accepted(
    tmp_path: Path, authority: Authority, file: Path
):
    with CannedServer(answer(), tls=authority.server(tmp_path)) as server:
        assert asks(server.url, file) == 200


def test_without_the_setting_it_is_refused_and_the_setting_is_named(
    tmp_path: Path, authority: Authority
):
    with (
        CannedServer(answer(), tls=authority.server(tmp_path)) as server,
        pytest.raises(IdentityProviderUntrusted, match="extra_ca_certificates"),
    ):
        asks(server.url, None)


def test_a_server_of_another_authority_is_refused(tmp_path: Path, file: Path):
    with (
        CannedServer(answer(), tls=an_authority("another").server(tmp_path)) as server,
        pytest.raises(IdentityProviderUntrusted, match="certificate"),
    ):
        asks(server.url, file)


def test_names_are_still_verified(tmp_path: Path, authority: Authority, file: Path):
    with CannedServer(answer(), tls=authority.server(tmp_path)) as server:
        url = server.url.replace("127.0.0.1", "localhost")  # the certificate names the address
        with pytest.raises(IdentityProviderUntrusted, match="certificate"):
            asks(url, file)


def test_a_self_signed_server_is_still_refused(tmp_path: Path, file: Path):
    context, _ = unknown_to_the_system(tmp_path)
    with (
        CannedServer(answer(), tls=context) as server,
        pytest.raises(IdentityProviderUntrusted, match="certificate"),
    ):
        asks(server.url, file)


def test_the_systems_authorities_stay_trusted_and_nothing_else_changes(file: Path):
    usual, ours = transport.tls_context(None), transport.tls_context(None, extra_ca_file=str(file))

    known = {one["serialNumber"] for one in usual.get_ca_certs()}
    added = {one["serialNumber"] for one in ours.get_ca_certs()} - known
    assert len(added) == 1
    for setting in ("verify_mode", "verify_flags", "check_hostname", "minimum_version", "options"):
        assert getattr(ours, setting) == getattr(usual, setting)


def test_aws_is_not_trusted_by_it(
    tmp_path: Path, authority: Authority, file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wiring, "BUNDLE", tmp_path)
    with CannedServer(answer(), tls=authority.server(tmp_path)) as server:
        in_lambda(monkeypatch, AWS_ENDPOINT_URL=server.url)
        wiring.build(function_environment(**CONFIGURED))

        with pytest.raises(AwsUnavailable, match="SSLCertVerificationError"):
            AwsClients.from_environment(now=now).parameter_store.call(
                "GetParameter", {"Name": "/a"}
            )


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_file_that_is_missing_or_broken_is_a_configuration_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
):
    monkeypatch.setattr(wiring, "BUNDLE", tmp_path)
    if content is not None:
        (tmp_path / EXTRA_CA_CERTIFICATES_FILE).write_bytes(content)
    settings = Settings.from_environment(function_environment(**CONFIGURED))

    with pytest.raises(ConfigurationError, match="deploy the stack again") as caught:
        wiring.identity_provider(settings, now=now, local=False)

    assert "extra_ca_certificates" in str(caught.value)


def test_the_function_reads_the_file_beside_its_package():
    package = Path(wiring.__file__).parent

    assert package.parent == wiring.BUNDLE
