"""TLS with the provider: certificates are verified, and what ends a handshake is told."""

import ssl
from pathlib import Path

import pytest

from fakes.certificates import unknown_to_the_system
from tests.support.canned_server import CannedServer, Connection, answer
from tests.support.provider_requests import accepted, post
from token_rotator import transport
from token_rotator.errors import (
    IdentityProviderDown,
    IdentityProviderUntrusted,
)
from token_rotator.identity_provider import addresses


def test_a_self_signed_certificate_is_not_trusted(tmp_path: Path):
    context, _ = unknown_to_the_system(tmp_path)
    with (
        CannedServer(answer(), tls=context) as server,
        pytest.raises(IdentityProviderUntrusted, match="certificate"),
    ):
        post(server.url)

    assert server.requests == []


def test_a_host_that_speaks_no_tls_is_transient():
    with (
        CannedServer(answer(), listens=False) as server,
        pytest.raises(IdentityProviderDown, match="SSLError"),
    ):
        post(server.url.replace("http:", "https:"))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_wants_a_client_certificate_is_recognised(
    version: ssl.TLSVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    context, certificate = unknown_to_the_system(tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificate)
    context.minimum_version = context.maximum_version = version
    monkeypatch.setattr(addresses, "tls_context", lambda _: transport.tls_context(str(certificate)))

    with (
        CannedServer(answer(), tls=context) as server,
        pytest.raises(IdentityProviderDown, match="may require a client certificate"),
    ):
        accepted(server.url)

    assert server.requests == []


def closes_after_the_hello(connection: Connection) -> None:
    connection.receive()


def test_a_connection_that_ends_within_the_handshake_may_want_a_client_certificate():
    with (
        CannedServer(closes_after_the_hello, listens=False) as server,
        pytest.raises(IdentityProviderDown, match="may require a client certificate"),
    ):
        post(server.url.replace("http:", "https:"))
