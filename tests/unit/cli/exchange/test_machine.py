"""The machine's proxy and certificates: used by `token-rotator try`, and told."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from fakes.certificates import of_host, unknown_to_the_system
from local.idp.service_account import ServiceAccount
from tests.support.canned_server import Behaviour, CannedServer, answer
from tests.unit.cli.exchange.test_wrong import Tried, changed
from token_rotator_cli.exchange import network

HOST = "idp.example"
GRANTED = answer(200, json.dumps({"access_token": "abc", "expires_in": 300}).encode())


class Proxy:
    """A proxy on loopback that tunnels every CONNECT to one server, or answers what it is told."""

    def __init__(self, target: tuple[str, int] | None = None, refuses: int | None = None) -> None:
        self._target = target
        self._refuses = refuses
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.heads: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                client.settimeout(10)
                self._tunnel(client)

    def _tunnel(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (piece := client.recv(4096)):
            head += piece
        self.heads.append(head.decode())
        if self._refuses:
            client.sendall(f"HTTP/1.1 {self._refuses} sentinel\r\n\r\n".encode())
            return
        assert self._target
        with socket.create_connection(self._target, timeout=10) as server:
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join(timeout=10)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[tuple[CannedServer, Path]]:
    """An identity provider that only the proxy knows the way to, and its certificate."""
    document = {"token_endpoint": f"https://{HOST}/token", "issuer": f"https://{HOST}"}
    context, certificate = of_host(HOST, tmp_path)
    discovered = answer(200, json.dumps(document).encode())
    with CannedServer(discovered, GRANTED, tls=context) as server:
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
        f"Unlike the function: the request went through the proxy http://{proxy.address}, which "
        "chose the address. The function uses no proxy, and connects to public addresses only."
    ) in out
    assert "REQUESTS_CA_BUNDLE say whose certificates this machine trusts" in out
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
    assert f"This machine's proxy http://{proxy.address} answered with status {refuses}" in err
    assert f"so {HOST} was not asked" in err
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
    assert "IdentityProviderUntrusted: The discovery endpoint's certificate was not accepted" in err
    assert "went through the proxy" in err


def test_a_proxy_of_another_kind_is_named(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch
):
    machine.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")

    code, _, err = tried(changed(account, discoveryEndpoint=f"https://{HOST}/discovery"))

    assert code == 1
    assert "The machine's proxy is a socks5 proxy" in err


def test_an_address_that_the_function_refuses_is_not_asked_of_a_proxy_either(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch
):
    with Proxy(refuses=502) as proxy:
        machine.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        code, _, err = tried(changed(account, discoveryEndpoint="https://169.254.169.254/x"))

    assert code == 1
    assert "leads to 169.254.169.254, a reserved address" in err
    assert proxy.heads == []


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


@pytest.mark.parametrize(
    "variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"]
)
def test_the_machines_certificates_are_trusted_and_told(
    account: ServiceAccount,
    tried: Tried,
    machine: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
):
    context, certificate = unknown_to_the_system(tmp_path)
    machine.setenv(variable, str(certificate))
    with CannedServer(tls=context) as server:
        _behaves(server, _discovery(server), GRANTED)
        code, out, _ = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert code == 0
    assert f"Unlike the function: {variable} say whose certificates" in out


def test_a_bundle_that_adds_nothing_is_not_worth_a_word(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch, tmp_path: Path
):
    context, certificate = unknown_to_the_system(tmp_path)
    machine.setenv("SSL_CERT_FILE", str(certificate))
    machine.setenv("AWS_CA_BUNDLE", str(certificate))
    with CannedServer(tls=context) as server:
        _behaves(server, _discovery(server), GRANTED)
        _, out, _ = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert "Unlike the function: SSL_CERT_FILE say" in out
    assert "AWS_CA_BUNDLE" not in out


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_variable_that_names_no_certificates_is_named(
    account: ServiceAccount,
    tried: Tried,
    machine: pytest.MonkeyPatch,
    tmp_path: Path,
    content: str | None,
):
    bundle = tmp_path / "bundle.pem"
    if content:
        bundle.write_text(content)
    machine.setenv("AWS_CA_BUNDLE", str(bundle))

    code, _, err = tried(account.as_downloaded())

    assert code == 2
    assert f"AWS_CA_BUNDLE names {bundle}, which holds no certificates that can be read" in err


def _discovery(server: CannedServer) -> Behaviour:
    return answer(200, json.dumps({"token_endpoint": f"{server.url}/token"}).encode())


def _behaves(server: CannedServer, *behaviours: Behaviour) -> None:
    server._behaviours = behaviours  # noqa: SLF001 - they have to know its address
