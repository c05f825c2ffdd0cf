"""Networks that do not lead to the identity provider, or to another place."""

import socket
from pathlib import Path

import pytest

from fakes.certificates import unknown_to_the_system
from local.idp.service_account import ServiceAccount
from tests.support.canned_server import CannedServer, answer
from tests.unit.cli.exchange.trying import Tried, changed


def test_a_closed_port_is_named(account: ServiceAccount, tried: Tried):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}/discovery"

    code, out, err = tried(changed(account, discoveryEndpoint=endpoint))

    assert code == 1
    assert out.splitlines()[-1].startswith("discovery ")
    assert out.endswith(" failed\n")
    assert (
        "IdentityProviderDown: The discovery endpoint could not be reached, or the connection was "
        "lost (ConnectionRefusedError: Connection refused)."
    ) in err


def test_a_name_that_does_not_exist_is_named(account: ServiceAccount, tried: Tried):
    code, _, err = tried(changed(account, discoveryEndpoint="https://idp.invalid/discovery"))

    assert code == 1
    assert "IdentityProviderDown: The discovery endpoint could not be reached" in err
    assert "gaierror" in err


def test_a_certificate_that_this_machine_does_not_trust_is_named(
    account: ServiceAccount, tried: Tried, tmp_path: Path
):
    context, _ = unknown_to_the_system(tmp_path)
    with CannedServer(answer(), tls=context) as server:
        code, _, err = tried(changed(account, discoveryEndpoint=server.url))

    assert code == 1
    assert "IdentityProviderUntrusted: The discovery endpoint's certificate was rejected" in err


@pytest.mark.parametrize(
    ("host", "kind", "fix"),
    [
        ("10.0.0.1", "private", "allow_private_addresses = true (docs/network/vpc.md)"),
        ("169.254.169.254", "reserved", "No setting allows it"),
    ],
)
def test_an_address_that_the_function_refuses_is_refused(
    account: ServiceAccount, tried: Tried, host: str, kind: str, fix: str
):
    code, _, err = tried(changed(account, discoveryEndpoint=f"https://{host}/discovery"))

    assert code == 1
    assert (
        f"IdentityProviderUntrusted: The discovery endpoint's host resolves to {host}, a {kind}"
        in err
    )
    assert fix in err


def test_a_public_name_that_leads_to_loopback_is_refused(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch
):
    """As a DNS filter or a proxy that intercepts answers it."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
    machine.setattr(socket, "getaddrinfo", lambda *_: found)

    code, _, err = tried(changed(account, discoveryEndpoint="https://idp.example/discovery"))

    assert code == 1
    assert "resolves to 127.0.0.1, a loopback address. Nothing was sent" in err
