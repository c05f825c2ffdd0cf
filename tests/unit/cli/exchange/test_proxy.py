"""The machine's proxy is used, and told; what it does wrong is not blamed on the provider."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.certificates import of_host
from local.idp.service_account import ServiceAccount
from tests.support.canned_server import CannedServer, Connection, answer
from tests.unit.cli.exchange import trying
from tests.unit.cli.exchange.proxy import Proxy
from tests.unit.cli.exchange.trying import GRANTED, Tried, changed
from token_rotator_cli.exchange import exchange, network

HOST = "idp.example"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[tuple[CannedServer, Path]]:
    """An identity provider that only the proxy knows the way to, and its certificate."""
    context, certificate = of_host(HOST, tmp_path)
    there = f"https://{HOST}"
    with trying.provider(
        answer(200, GRANTED), tls=context, token_endpoint=f"{there}/token", issuer=there
    ) as server:
        yield server, certificate


def _target(server: CannedServer) -> tuple[str, int]:
    return "127.0.0.1", int(server.url.rpartition(":")[2])


@pytest.mark.parametrize("named", ["HTTPS_PROXY=http://", "https_proxy=", "ALL_PROXY="])
def test_the_machines_proxy_is_used_and_told(
    account: ServiceAccount,
    tried: Tried,
    machine: pytest.MonkeyPatch,
    provider: tuple[CannedServer, Path],
    named: str,
):
    server, certificate = provider
    variable, _, scheme = named.partition("=")
    machine.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with Proxy(_target(server)) as proxy:
        machine.setenv(variable, f"{scheme}someone:sentinel@{proxy.address}")
        code, out, err = tried(changed(account, discoveryEndpoint=f"https://{HOST}/discovery"))

    assert (code, err) == (0, "")
    assert f"https://{HOST}/token answered: status 200 (TLSv1.3" in out
    assert (
        f"Unlike the function: the request used the proxy http://{proxy.address}, which "
        "chose the IP address. The function uses no proxy, and connects to public addresses only."
    ) in out
    assert "REQUESTS_CA_BUNDLE change the CA certificates that this machine trusts" in out
    assert all(head.startswith(f"CONNECT {HOST}:443 ") for head in proxy.heads)
    assert "proxy-authorization: basic " in proxy.heads[0].lower()
    assert "sentinel" not in out
    (_, request) = server.requests
    assert b"client_assertion=" in request


@pytest.mark.parametrize("refuses", [407, 502])
def test_a_proxy_that_refuses_is_to_blame_and_not_the_key(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch, refuses: int
):
    with Proxy(refuses=refuses) as proxy:
        machine.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        code, out, err = tried(changed(account, discoveryEndpoint=f"https://{HOST}/discovery"))

    assert code == 1
    assert out.endswith(" failed\n")
    assert f"This machine's proxy http://{proxy.address} returned status {refuses}" in err
    assert f"so no request reached {HOST}" in err
    assert "sentinel" not in err


def test_a_proxy_that_is_not_there_is_to_blame(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch
):
    with Proxy() as proxy:
        pass
    machine.setenv("HTTPS_PROXY", f"http://a:sentinel@{proxy.address}")

    code, _, err = tried(changed(account, discoveryEndpoint=f"https://{HOST}/discovery"))

    assert code == 1
    assert f"proxy http://{proxy.address} cannot be reached (ConnectionRefusedError)" in err
    assert "sentinel" not in err


def test_what_goes_wrong_behind_the_proxy_is_the_functions_error(
    account: ServiceAccount,
    tried: Tried,
    machine: pytest.MonkeyPatch,
    provider: tuple[CannedServer, Path],
):
    """Its certificate, for example, which an inspecting proxy replaces."""
    with Proxy(_target(provider[0])) as proxy:
        machine.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        code, _, err = tried(changed(account, discoveryEndpoint=f"https://{HOST}/discovery"))

    assert code == 1
    assert "IdentityProviderUntrusted: The discovery endpoint's certificate was rejected" in err
    assert "used the proxy" in err


def test_a_proxy_of_another_kind_is_named(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch
):
    machine.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")

    code, _, err = tried(changed(account, discoveryEndpoint=f"https://{HOST}/discovery"))

    assert code == 1
    assert "does not support socks5 proxies" in err


def test_an_address_that_the_function_refuses_is_not_asked_of_a_proxy_either(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch
):
    with Proxy(refuses=502) as proxy:
        machine.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        code, _, err = tried(changed(account, discoveryEndpoint="https://169.254.169.254/x"))

    assert code == 1
    assert "resolves to 169.254.169.254, a reserved address" in err
    assert proxy.heads == []


@pytest.mark.parametrize("by_proxy", [True, False])
def test_an_answer_that_drips_is_given_up(
    account: ServiceAccount,
    tried: Tried,
    machine: pytest.MonkeyPatch,
    tmp_path: Path,
    by_proxy: bool,  # noqa: FBT001 - a parameter of the test
):
    def drip(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 200 -\r\n")
        for _ in range(100):
            connection.send(b"X-Drip: 1\r\n")
            connection.pause(0.1)

    machine.setattr(exchange, "TIMEOUT", timedelta(seconds=1.5))
    context, certificate = of_host(HOST, tmp_path) if by_proxy else (None, None)
    with CannedServer(drip, tls=context) as server, Proxy(_target(server)) as proxy:
        machine.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        machine.setenv("SSL_CERT_FILE", str(certificate or ""))
        url = f"https://{HOST}" if by_proxy else server.url
        begun = time.monotonic()
        code, _, err = tried(changed(account, discoveryEndpoint=url))
        took = time.monotonic() - begun

    assert code == 1
    assert (
        "IdentityProviderDown: The discovery endpoint could not be reached, or the connection"
        in err
    )
    assert took < 6, "the drip lasts ten seconds"


@pytest.mark.parametrize(
    ("url", "no_proxy", "used"),
    [
        ("https://idp.example/x", "", True),
        ("https://idp.example/x", "example", False),
        ("https://idp.example/x", "idp.example:443", True),
        ("https://idp.example:8443/x", "idp.example:8443", False),
        ("https://idp.example/x", "*", False),
        ("http://127.0.0.1:8466/x", "", False),
        ("http://localhost:8466/x", "", False),
    ],
)
def test_no_proxy_and_loopback_are_respected(
    machine: pytest.MonkeyPatch, url: str, no_proxy: str, *, used: bool
):
    machine.setenv("HTTP_PROXY", "http://proxy.example:3128")
    machine.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    machine.setenv("NO_PROXY", no_proxy)

    assert network.proxy_for(url) == ("http://proxy.example:3128" if used else None)
