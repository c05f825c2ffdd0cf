"""Checks the IP address of every connection, to prevent server-side request forgery.

The secret determines the identity provider's host, and DNS its addresses. Anyone who can change
either could direct the function to addresses that only the function can reach: cloud metadata,
Lambda's runtime API, a private network. So the check applies to the address of the connection
itself, not to the URL or an earlier DNS lookup.
"""

import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Final

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import LocationParseError
from urllib3.util.connection import allowed_gai_family, create_connection

from token_rotator.contract import RESTORE
from token_rotator.errors import ConfigurationError
from token_rotator.identity_provider.timed_response import TimedResponse
from token_rotator.transport import tls_context

Address = IPv4Address | IPv6Address

_PRIVATE: Final = tuple(
    ip_network(network)
    # RFC 1918, RFC 6598, RFC 4193
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
_PRIVATE_KIND: Final = "private"
_AWS_LOCAL_SERVICES: Final = ip_network("fd00:ec2::/32")
"""Instance metadata and similar services, within the private addresses of RFC 4193.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""
_GLOBAL_UNICAST: Final = ip_network("2000::/3")
"""All public IPv6 addresses that IANA has assigned."""
_MIN_CONNECT_SECONDS: Final = 0.01
"""Seconds. A timeout of 0 would mean non-blocking."""
_NAT64: Final = ip_network("64:ff9b::/96")
"""RFC 6052: the IPv4 address is the last 32 bits."""


class AddressRefused(Exception):
    """The address is not allowed, and no connection was opened. The message has the reason."""

    def __init__(self, address: Address, kind: str) -> None:
        super().__init__(f"resolves to {address}, a {kind} address")
        self.private = kind == _PRIVATE_KIND
        """Whether ``allow_private_addresses`` would allow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """The allowed addresses: public ones, and those that the deployment adds."""

    private: bool = False
    """Allows private networks: ``allow_private_addresses``."""
    loopback: bool = False
    """Allows loopback, only with the local AWS emulator."""

    def refusal(self, address: Address) -> str | None:
        """The kind of a forbidden address, or None if it is allowed."""
        address = _embedded_ipv4(address)
        if address.is_loopback:
            return None if self.loopback else "loopback"
        if any(address in network for network in _PRIVATE if address not in _AWS_LOCAL_SERVICES):
            return None if self.private else _PRIVATE_KIND
        return None if _is_public(address) else "reserved"

    def pool(self, tls: ssl.SSLContext | None = None) -> urllib3.PoolManager:
        """A connection pool that connects only to allowed addresses, without a proxy.

        ``tls`` replaces the default context of transport.py, for example with that of
        ``tls_context_with``.

        A request's read timeout applies to the whole response, headers and body, not to each read.
        """
        allowed = self

        class Connection(HTTPConnection):
            response_class = TimedResponse

            def _new_conn(self) -> socket.socket:
                return _connect(self, allowed)

        class TlsConnection(HTTPSConnection):
            response_class = TimedResponse

            def _new_conn(self) -> socket.socket:
                return _connect(self, allowed)

        class Pool(urllib3.HTTPConnectionPool):
            ConnectionCls = Connection

        class TlsPool(urllib3.HTTPSConnectionPool):
            ConnectionCls = TlsConnection

        manager = urllib3.PoolManager(ssl_context=tls or tls_context(None))
        manager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}
        return manager


def tls_context_with(ca_file: Path) -> ssl.SSLContext:
    """A TLS context that also trusts the CA certificates of a PEM file.

    Raises ConfigurationError if the file cannot be read.
    """
    try:
        return tls_context(None, extra_ca_file=str(ca_file))
    except OSError:
        raise ConfigurationError(
            f"{ca_file.name}, which contains the certificates of extra_ca_certificates, is "
            f"missing from the function's bundle or cannot be read: {RESTORE}."
        ) from None


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _embedded_ipv4(address: Address) -> Address:
    """The IPv4 address inside an IPv6 address (mapped, NAT64 or 6to4)."""
    if not isinstance(address, IPv6Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def _connect(connection: HTTPConnection, allowed: AddressPolicy) -> socket.socket:
    """A socket to one of the host's addresses. All of them must be allowed.

    Replaces urllib3's DNS lookup, because a second lookup could return other addresses. Raises
    AddressRefused, OSError.
    """
    host = connection.host.strip("[]")
    try:
        host.encode("idna")
    except UnicodeError:
        raise LocationParseError("host name") from None
    results = socket.getaddrinfo(host, connection.port, allowed_gai_family(), socket.SOCK_STREAM)
    addresses = [ip_address(str(socket_address[0])) for *_, socket_address in results]
    for address in addresses:
        if kind := allowed.refusal(address):
            raise AddressRefused(address, kind)
    return _connect_to_first(addresses, connection)


def _connect_to_first(addresses: Sequence[Address], connection: HTTPConnection) -> socket.socket:
    """A socket to the first address that accepts the connection, within its timeout.

    urllib3 would allow each address the whole timeout. Here each gets an equal share of the
    remaining time.
    """
    timeout = connection.timeout or 0.0
    deadline = time.monotonic() + timeout
    failure = OSError("no address")
    for index, address in enumerate(addresses):
        share = (deadline - time.monotonic()) / (len(addresses) - index)
        try:
            sock = create_connection(
                (str(address), connection.port),
                max(share, _MIN_CONNECT_SECONDS),
                source_address=connection.source_address,
                socket_options=connection.socket_options,
            )
        except OSError as exc:
            failure = exc
        else:
            sock.settimeout(timeout)  # for the following TLS handshake
            return sock
    raise failure
