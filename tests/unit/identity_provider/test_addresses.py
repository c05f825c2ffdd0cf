"""An assertion goes to public addresses only, unless the deployment says otherwise."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from urllib3.connection import HTTPSConnection
from urllib3.util.connection import create_connection

from fakes.certificates import unknown_to_the_system
from fakes.environment import function_environment
from tests.support.canned_server import CannedServer, answer
from token_rotator import transport, wiring
from token_rotator.contract import Variable
from token_rotator.errors import IdentityProviderDown, IdentityProviderUntrusted
from token_rotator.identity_provider import addresses, http
from token_rotator.identity_provider.addresses import AddressPolicy
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.identity_provider.response import ProviderResponse
from token_rotator.settings import Settings
from token_rotator.timing import HTTP_CONNECT_TIMEOUT

PUBLIC = ["13.108.0.1", "2606:4700::1111", "64:ff9b::13.108.0.1", "::ffff:13.108.0.1"]
PRIVATE = [
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd12:3456::1"),
    *("::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::"),
]
LOOPBACK = ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"]
NEVER = {
    "the metadata of an instance": "169.254.169.254",
    "the metadata of a task": "169.254.170.2",
    "Lambda's runtime API": "169.254.100.1",
    "the metadata of an instance, IPv6": "fd00:ec2::254",
    "the metadata of an instance, mapped": "::ffff:169.254.169.254",
    "the metadata of an instance, by NAT64": "64:ff9b::169.254.169.254",
    "the metadata of an instance, by 6to4": "2002:a9fe:a9fe::",
    "link-local, IPv6": "fe80::1",
    "link-local, with an interface": "fe80::1%1",
    "unspecified": "0.0.0.0",
    "unspecified, IPv6": "::",
    "unspecified, mapped": "::ffff:0.0.0.0",
    "multicast": "224.0.0.1",
    "multicast, IPv6": "ff02::1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "documentation": "192.0.2.1",
    "documentation, IPv6": "2001:db8::1",
    "Teredo": "2001:0:a9fe:a9fe::1",
    "site-local": "fec0::1",
    "IPv4-compatible": "::169.254.169.254",
    "not given out": "4000::1",
}


def admitted(address: str, **allowed: bool) -> bool:
    return AddressPolicy(**allowed).refusal(ip_address(address)) is None


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str):
    assert admitted(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_needs_the_deployments_consent(address: str):
    assert not admitted(address)
    assert not admitted(address, loopback=True)
    assert admitted(address, private=True)


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_needs_a_local_aws(address: str):
    assert not admitted(address)
    assert not admitted(address, private=True)
    assert admitted(address, loopback=True)


@pytest.mark.parametrize("address", NEVER.values(), ids=NEVER.keys())
def test_other_addresses_are_never_connected_to(address: str):
    assert not admitted(address, private=True, loopback=True)


def ask(url: str, allowed: AddressPolicy) -> ProviderResponse:
    with allowed.pool() as pool:
        channel = ProviderHttp(pool=pool, now=lambda: datetime.now(UTC))
        deadline = datetime.now(UTC) + timedelta(seconds=5)
        return channel.get(url, endpoint_name="discovery endpoint", deadline=deadline)


@pytest.fixture
def server() -> Iterator[CannedServer]:
    with CannedServer(answer()) as running:
        yield running


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "[::ffff:127.0.0.1]"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_whatever_the_url_calls_it_loopback_hears_nothing(
    server: CannedServer, host: str, scheme: str
):
    port = server.url.rpartition(":")[2]

    with pytest.raises(IdentityProviderUntrusted, match="loopback"):
        ask(f"{scheme}://{host}:{port}/", AddressPolicy(private=True))

    assert server.connections == 0


class Seconds:
    """A clock in place of the module ``time``."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class SlowHandshake:
    """A server's TLS that lets the client wait before it answers its hello."""

    def __init__(self, context: ssl.SSLContext, *, seconds: float) -> None:
        self._context = context
        self._seconds = seconds

    def wrap_socket(self, sock: socket.socket, *, server_side: bool) -> ssl.SSLSocket:
        time.sleep(self._seconds)
        return self._context.wrap_socket(sock, server_side=server_side)


Resolver = Callable[..., None]


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """Makes a name lead to addresses: those of the first lookup, of the second, and so on."""
    real = socket.getaddrinfo

    def resolve(name: str, *look_ups: list[str]) -> None:
        left = list(look_ups)

        def answers(host: str, *rest: object, **options: object) -> object:
            if host != name:
                return real(host, *rest, **options)  # type: ignore[arg-type]
            addresses = left.pop(0) if len(left) > 1 else left[0]
            return [found for one in addresses for found in real(one, *rest, **options)]  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", answers)

    return resolve


def test_a_name_that_leads_inside_is_refused_when_the_connection_is_made(
    server: CannedServer, resolves: Resolver
):
    resolves("idp.example", ["127.0.0.1"])

    with pytest.raises(
        IdentityProviderUntrusted, match=r"resolves to 127\.0\.0\.1, a loopback address"
    ):
        ask(server.url.replace("127.0.0.1", "idp.example"), AddressPolicy())

    assert server.connections == 0


@pytest.mark.parametrize(
    ("address", "allowed", "offered"),
    [
        ("10.1.2.3", AddressPolicy(), True),
        ("fd12:3456::7", AddressPolicy(), True),
        ("198.18.0.5", AddressPolicy(), False),
        ("198.19.255.1", AddressPolicy(private=True), False),
        ("169.254.7.7", AddressPolicy(private=True), False),
        ("127.0.0.1", AddressPolicy(), False),
        ("fd00:ec2::254", AddressPolicy(private=True), False),
    ],
)
def test_allowing_private_addresses_is_offered_where_it_helps(
    address: str, allowed: AddressPolicy, *, offered: bool, resolves: Resolver
):
    resolves("idp.example", [address])

    with pytest.raises(IdentityProviderUntrusted) as caught:
        ask("https://idp.example/", allowed)

    assert ("allow_private_addresses = true" in str(caught.value)) is offered
    assert ("No setting allows it" in str(caught.value)) is not offered


def test_a_name_that_leads_inside_too_is_refused(server: CannedServer, resolves: Resolver):
    resolves("idp.example", ["13.108.0.1", "127.0.0.1"])

    with pytest.raises(IdentityProviderUntrusted, match="loopback"):
        ask(server.url.replace("127.0.0.1", "idp.example"), AddressPolicy())

    assert server.connections == 0


def test_a_second_answer_of_dns_cannot_lead_elsewhere(server: CannedServer, resolves: Resolver):
    resolves("idp.example", ["127.0.0.1"], ["169.254.169.254"])

    ask(server.url.replace("127.0.0.1", "idp.example"), AddressPolicy(loopback=True))

    assert len(server.requests) == 1


def test_a_name_with_an_address_that_does_not_answer_is_tried_at_the_next(
    server: CannedServer, resolves: Resolver
):
    resolves("idp.example", ["127.9.9.9", "127.0.0.1"])

    ask(server.url.replace("127.0.0.1", "idp.example"), AddressPolicy(loopback=True))

    assert len(server.requests) == 1


def test_an_address_that_fails_at_once_leaves_its_time_to_the_others(
    resolves: Resolver, monkeypatch: pytest.MonkeyPatch
):
    resolves("idp.example", ["127.9.9.1", "127.9.9.2", "127.9.9.3"])
    waited: list[float] = []

    def nobody_answers(_: object, timeout: float, **__: object) -> socket.socket:
        waited.append(timeout)
        raise ConnectionRefusedError

    monkeypatch.setattr(addresses, "create_connection", nobody_answers)
    monkeypatch.setattr(addresses, "time", Seconds())

    with pytest.raises(IdentityProviderDown):
        ask("http://idp.example/", AddressPolicy(loopback=True))

    whole = HTTP_CONNECT_TIMEOUT.total_seconds()
    assert waited == pytest.approx([whole / 3, whole / 2, whole])


def test_an_address_that_answers_last_has_what_the_others_left(
    server: CannedServer, resolves: Resolver, monkeypatch: pytest.MonkeyPatch
):
    silent = [f"127.9.9.{number}" for number in range(1, 8)]
    resolves("idp.example", [*silent, "127.0.0.1"])
    shares: dict[str, float] = {}
    connect = create_connection

    def most_are_silent(address: tuple[str, int], timeout: float, **of: Any) -> socket.socket:
        shares[address[0]] = timeout
        if address[0] in silent:
            clock.now += timeout
            raise TimeoutError
        return connect(address, timeout, **of)

    monkeypatch.setattr(addresses, "create_connection", most_are_silent)
    clock = Seconds()
    monkeypatch.setattr(addresses, "time", clock)

    ask(server.url.replace("127.0.0.1", "idp.example"), AddressPolicy(loopback=True))

    assert [*shares.values()] == pytest.approx([HTTP_CONNECT_TIMEOUT.total_seconds() / 8] * 8)


def test_the_handshake_has_a_timeout_of_its_own_and_not_an_addresss_share(
    resolves: Resolver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    context, certificate = unknown_to_the_system(tmp_path)
    monkeypatch.setattr(addresses, "tls_context", lambda _: transport.tls_context(str(certificate)))
    monkeypatch.setattr(http, "HTTP_CONNECT_TIMEOUT", timedelta(seconds=3))
    resolves("127.0.0.1", ["127.0.0.1", *(f"127.9.9.{number}" for number in range(1, 10))])

    with CannedServer(answer(), tls=SlowHandshake(context, seconds=0.6)) as server:
        received = ask(server.url, AddressPolicy(loopback=True))

    assert received.status == 200


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "nowhere.invalid", "a..example"])
def test_a_name_that_leads_nowhere_is_an_error_of_ours(host: str):
    with pytest.raises(IdentityProviderDown):
        ask(f"https://{host}/", AddressPolicy())


def test_a_proxy_that_the_environment_names_is_not_asked(
    server: CannedServer, monkeypatch: pytest.MonkeyPatch
):
    with CannedServer(answer()) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        ask(server.url, AddressPolicy(loopback=True))

    assert (len(server.requests), len(proxy.requests)) == (1, 0)


@pytest.mark.parametrize(
    ("consent", "meets"), [("true", IdentityProviderDown), ("false", IdentityProviderUntrusted)]
)
def test_the_deployments_consent_is_its_setting(
    consent: str, meets: type[Exception], monkeypatch: pytest.MonkeyPatch
):
    def nobody_answers(*_: object, **__: object) -> socket.socket:
        raise ConnectionRefusedError

    monkeypatch.setattr(addresses, "create_connection", nobody_answers)
    environment = function_environment() | {Variable.ALLOW_PRIVATE_ADDRESSES: consent}
    settings = Settings.from_environment(environment)
    provider = wiring.identity_provider(settings, now=wiring.utc_now, local=False)

    deadline = wiring.utc_now() + timedelta(seconds=5)

    with pytest.raises(meets):
        provider.http.get(
            "https://10.0.0.1/", endpoint_name="discovery endpoint", deadline=deadline
        )


def test_connections_trust_whom_the_transport_trusts():
    with AddressPolicy().pool() as manager:
        pool = manager.connection_from_url("https://idp.example")
        connection = pool._new_conn()  # noqa: SLF001 - what it would connect with
        assert isinstance(connection, HTTPSConnection)

    assert connection.ssl_context is transport.tls_context(None)
