"""HTTP requests to the identity provider."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

import urllib3

from token_rotator.contract import RequestStyle
from token_rotator.errors import (
    IdentityProviderDown,
    IdentityProviderError,
    IdentityProviderUntrusted,
)
from token_rotator.identity_provider.addresses import AddressRefused
from token_rotator.identity_provider.response import Body, ProviderResponse, read
from token_rotator.timing import HTTP_CONNECT, HTTP_READ, SHORTEST_ATTEMPT
from token_rotator.transport import (
    ResponseTooLarge,
    ResponseUndecodable,
    Transport,
    TransportError,
)

LONGEST_BODY_BYTES: Final = 64 * 1024
"""Limit of the decoded body."""

_UNUSABLE: Final = {ResponseTooLarge: Body.TOO_LARGE, ResponseUndecodable: Body.UNDECODABLE}


class ProviderHttp:
    """Sends requests without retries, redirects or proxies."""

    def __init__(self, *, pool: urllib3.PoolManager, now: Callable[[], datetime]) -> None:
        self._transport = Transport(
            pool=pool,
            connect=HTTP_CONNECT,
            read=HTTP_READ,
            longest_body_bytes=LONGEST_BODY_BYTES,
            now=now,
            decodes=True,
        )
        self._now = now

    def get(self, url: str, *, what: str, deadline: datetime) -> ProviderResponse:
        """Sends a GET request. ``what`` names the endpoint in errors."""
        return self._send("GET", url, None, what, deadline)

    def post(
        self,
        url: str,
        parameters: Mapping[str, str],
        *,
        style: RequestStyle,
        what: str,
        deadline: datetime,
    ) -> ProviderResponse:
        """Sends a POST request. ``style`` puts the parameters into the query or the body."""
        encoded = urlencode(parameters)
        if style is RequestStyle.FORM:
            return self._send("POST", url, encoded, what, deadline)
        joint = "&" if "?" in url else "?"
        return self._send("POST", f"{url}{joint}{encoded}", "", what, deadline)

    def _send(
        self, method: str, url: str, body: str | None, what: str, deadline: datetime
    ) -> ProviderResponse:
        """Returns the response, even if only its status arrived. Raises IdentityProviderError."""
        sent = self._now()
        if deadline - sent < SHORTEST_ATTEMPT:
            raise IdentityProviderDown(f"No time was left for a request to the {what}.")
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            found = self._transport.send(method, url, headers=headers, body=body, deadline=deadline)
        except AddressRefused as exc:
            raise _refused(exc, what) from None
        except TransportError as exc:
            if exc.begun is None:
                raise _no_answer(exc, what) from None
            unusable = _UNUSABLE.get(type(exc), Body.BROKEN_OFF)
            return read(exc.begun, sent=sent, received=self._now(), unusable=unusable)
        return read(found, sent=sent, received=self._now())


def _refused(exc: AddressRefused, what: str) -> IdentityProviderUntrusted:
    fix = (
        "If the identity provider is in a private network, the function needs a VPC with a "
        "route to it and allow_private_addresses = true (docs/network/vpc.md)."
        if exc.private
        else "No setting allows it. A proxy, VPN or DNS filter may have replaced the real address."
    )
    return IdentityProviderUntrusted(
        f"The {what}'s host {exc}. Nothing was sent. Check the URL. {fix}"
    )


def _no_answer(exc: TransportError, what: str) -> IdentityProviderError:
    if exc.certificate:
        return IdentityProviderUntrusted(
            f"The {what}'s certificate was rejected ({exc}). "
            "Check the endpoint's host name and its certificate. If your own CA issued it, add the "
            "CA certificate to extra_ca_certificates (docs/network/vpc.md)."
        )
    if exc.client_certificate:
        return IdentityProviderDown(
            f"The {what} closed the TLS connection ({exc}). The server may require a client "
            "certificate, which the function does not have: ask the provider for an endpoint "
            "without mutual TLS, and check that the firewall allows the connection.",
            silent=True,
        )
    return IdentityProviderDown(
        f"The {what} could not be reached, or the connection was lost ({exc}).", silent=True
    )
