"""Connects this machine to the identity provider, directly or through its proxy."""

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
from token_rotator.identity_provider.addresses import AddressPolicy, AddressRefused
from token_rotator.identity_provider.timed_response import TimedResponse
from token_rotator_cli.errors import ProxyFailed

_TUNNEL_REFUSED: Final = re.compile(r"Tunnel connection failed: (\d{3})")
"""http.client's message. The rest comes from the proxy and is hidden."""


class Network(urllib3.PoolManager):
    """Sends requests from this machine, with the function's address rules.

    With a proxy, the rules apply only to IP addresses in URLs, because the proxy resolves names.
    """

    def __init__(self, addresses: AddressPolicy, tls: ssl.SSLContext) -> None:
        super().__init__()
        self._addresses = addresses
        self._tls = tls
        self._managers: dict[str | None, urllib3.PoolManager] = {}
        self.via: str | None = None
        """The proxy of the last request, without its password. None: no proxy."""
        self.tls_version: str | None = None
        """The TLS version of the last connection, such as ``TLSv1.3``. None: plain HTTP."""

    def urlopen(  # type: ignore[override]
        self,
        method: str,
        url: str,
        redirect: bool = True,  # noqa: FBT001, FBT002 - urllib3's own
        **options: Any,
    ) -> urllib3.BaseHTTPResponse:
        """Sends a request. Raises ProxyFailed, and the errors of urllib3 and AddressPolicy."""
        proxy = proxy_for(url)
        self.via = _without_password(proxy) if proxy else None
        if proxy not in self._managers:
            self._managers[proxy] = self._new_manager(proxy)
        if proxy is None:
            return self._managers[proxy].urlopen(method, url, redirect=redirect, **options)
        self._check_address(url)
        try:
            return self._managers[proxy].urlopen(method, url, redirect=redirect, **options)
        except HTTPError as error:
            if reason := _proxy_error(error):
                raise _proxy_failed(_without_password(proxy), reason, url) from None
            raise

    def _new_manager(self, proxy: str | None) -> urllib3.PoolManager:
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
            scheme: _observed(pool, self._record_tls_version)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }
        return manager

    def _record_tls_version(self, sock: socket.socket | None) -> None:
        version = getattr(sock, "version", None)
        self.tls_version = version() if version else None

    def _check_address(self, url: str) -> None:
        """Raises AddressRefused."""
        try:
            address = ip_address(urls.host(url))
        except ValueError:
            return
        if kind := self._addresses.refusal(address):
            raise AddressRefused(address, kind)


def proxy_for(url: str) -> str | None:
    """This machine's proxy for the URL. Loopback never uses one.

    Raises ProxyFailed if urllib3 does not support the proxy's type.
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
            f"This command does not support {urlsplit(proxy).scheme} proxies. Set HTTPS_PROXY to "
            "an http or https proxy, or add the identity provider's host to NO_PROXY."
        )
    return proxy


def _without_password(proxy: str) -> str:
    return parse_url(proxy)._replace(auth=None, path=None).url


def _observed(
    pool: type[urllib3.HTTPConnectionPool], on_connect: Callable[[socket.socket | None], None]
) -> type[urllib3.HTTPConnectionPool]:
    """A pool class that reports new connections and limits the response time."""
    connection: Any = pool.ConnectionCls

    def connect(self: Any) -> None:
        connection.connect(self)
        on_connect(self.sock)

    members = {"connect": connect, "response_class": TimedResponse}
    observed = type("Connection", (connection,), members)
    return type("Pool", (pool,), {"ConnectionCls": observed})


def _proxy_error(error: BaseException) -> str | None:
    """The proxy's error. None: the error is not the proxy's."""
    refused, unreachable, innermost = None, False, error
    while True:
        refused = refused or _TUNNEL_REFUSED.match(str(innermost))
        unreachable = unreachable or isinstance(innermost, ProxyError)
        deeper = innermost.__cause__ or innermost.__context__
        if deeper is None:
            break
        innermost = deeper
    if refused:
        return f"returned status {refused[1]}"
    return f"cannot be reached ({type(innermost).__name__})" if unreachable else None


def _proxy_failed(proxy: str, reason: str, url: str) -> ProxyFailed:
    return ProxyFailed(
        f"This machine's proxy {proxy} {reason}, so no request reached {urls.host(url)}. Check the "
        "proxy and its user name and password (HTTPS_PROXY), or add the host to NO_PROXY. This "
        "says nothing about the key: the function uses no proxy."
    )
