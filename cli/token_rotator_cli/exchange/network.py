"""The way from this machine to the identity provider: directly, or through the machine's proxy."""

import re
import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, ProxyError
from urllib3.util import make_headers, parse_url

from token_rotator import urls
from token_rotator.identity_provider.addresses import Addresses, AddressRefused
from token_rotator.identity_provider.timed_response import TimedResponse
from token_rotator_cli.errors import ProxyFailed

_TUNNEL_REFUSED: Final = re.compile(r"Tunnel connection failed: (\d{3})")
"""http.client's text; what follows is the proxy's own and is not shown."""


class Network(urllib3.PoolManager):
    """Sends requests as this machine does, by the function's own rules where there is no proxy.

    Without a proxy, the addresses that the function refuses are refused. A proxy resolves names
    itself, so nobody here can check what they lead to; addresses in a URL are refused all the same.
    """

    def __init__(self, addresses: Addresses, tls: ssl.SSLContext) -> None:
        super().__init__()
        self._addresses = addresses
        self._tls = tls
        self._managers: dict[str | None, urllib3.PoolManager] = {}
        self.via: str | None = None
        """The proxy of the last request, without its password; None: there was none."""
        self.tls_version: str | None = None
        """Of the last connection: ``TLSv1.3``. None: it was plain HTTP."""

    def urlopen(  # type: ignore[override]
        self,
        method: str,
        url: str,
        redirect: bool = True,  # noqa: FBT001, FBT002 - urllib3's own
        **options: Any,
    ) -> urllib3.BaseHTTPResponse:
        """Raises ProxyFailed where the proxy is to blame, and what urllib3 and Addresses raise."""
        proxy = proxy_for(url)
        self.via = _without_password(proxy) if proxy else None
        if proxy not in self._managers:
            self._managers[proxy] = self._manager(proxy)
        if proxy is None:
            return self._managers[proxy].urlopen(method, url, redirect=redirect, **options)
        self._check_literal(url)
        try:
            return self._managers[proxy].urlopen(method, url, redirect=redirect, **options)
        except HTTPError as error:
            if why := _proxys_fault(error):
                raise _failed(_without_password(proxy), why, url) from None
            raise

    def _manager(self, proxy: str | None) -> urllib3.PoolManager:
        if proxy is None:
            manager = self._addresses.pool(self._tls)
        else:
            auth = parse_url(proxy).auth
            manager = urllib3.ProxyManager(
                proxy,
                proxy_headers=make_headers(proxy_basic_auth=auth) if auth else None,
                proxy_ssl_context=self._tls,
                ssl_context=self._tls,
            )
        manager.pool_classes_by_scheme = {
            scheme: _observed(pool, self._note)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }
        return manager

    def _note(self, sock: socket.socket | None) -> None:
        version = getattr(sock, "version", None)
        self.tls_version = version() if version else None

    def _check_literal(self, url: str) -> None:
        """Raises AddressRefused."""
        try:
            address = ip_address(urls.host(url))
        except ValueError:
            return
        if kind := self._addresses.refusal(address):
            raise AddressRefused(address, kind)


def proxy_for(url: str) -> str | None:
    """The proxy that this machine uses for the URL. Loopback is never behind one.

    Raises ProxyFailed for one of a kind that urllib3 cannot use.
    """
    parts = urlsplit(url)
    if urls.is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if not proxy.lower().startswith(("http://", "https://")):
        raise ProxyFailed(
            f"The machine's proxy is a {urlsplit(proxy).scheme} proxy, which this command cannot "
            "use. Name an http or https proxy in HTTPS_PROXY, or the identity provider's host in "
            "NO_PROXY."
        )
    return proxy


def _without_password(proxy: str) -> str:
    return parse_url(proxy)._replace(auth=None, path=None).url


def _observed(
    pool: type[urllib3.HTTPConnectionPool], note: Callable[[socket.socket | None], None]
) -> type[urllib3.HTTPConnectionPool]:
    """The pool, whose connections are noted once they are made; their answers are bounded."""
    connection: Any = pool.ConnectionCls

    def connect(self: Any) -> None:
        connection.connect(self)
        note(self.sock)

    members = {"connect": connect, "response_class": TimedResponse}
    observed = type("Connection", (connection,), members)
    return type("Pool", (pool,), {"ConnectionCls": observed})


def _proxys_fault(error: BaseException) -> str | None:
    """What the proxy did; None: the error came from behind it."""
    refused, unreachable, innermost = None, False, error
    while True:
        refused = refused or _TUNNEL_REFUSED.match(str(innermost))
        unreachable = unreachable or isinstance(innermost, ProxyError)
        deeper = innermost.__cause__ or innermost.__context__
        if deeper is None:
            break
        innermost = deeper
    if refused:
        return f"answered with status {refused[1]}"
    return f"cannot be reached ({type(innermost).__name__})" if unreachable else None


def _failed(proxy: str, why: str, url: str) -> ProxyFailed:
    return ProxyFailed(
        f"This machine's proxy {proxy} {why}, so {urls.host(url)} was not asked. Check the proxy "
        "and its user name and password (HTTPS_PROXY), or name the host in NO_PROXY. That says "
        "nothing about the key; the function uses no proxy."
    )
