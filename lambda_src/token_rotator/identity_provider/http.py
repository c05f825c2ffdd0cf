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
from token_rotator.identity_provider.response import Body, ProviderResponse, parse_response
from token_rotator.timing import HTTP_CONNECT_TIMEOUT, HTTP_READ_TIMEOUT, MIN_ATTEMPT_TIME
from token_rotator.transport import (
    ResponseTooLarge,
    ResponseUndecodable,
    Transport,
    TransportError,
)

MAX_BODY_BYTES: Final = 64 * 1024
"""Limit of the decoded body."""

_UNUSABLE: Final = {ResponseTooLarge: Body.TOO_LARGE, ResponseUndecodable: Body.UNDECODABLE}


class ProviderHttp:
    """Sends requests without retries, redirects or proxies."""

    def __init__(self, *, pool: urllib3.PoolManager, now: Callable[[], datetime]) -> None:
        self._transport = Transport(
            pool=pool,
            connect=HTTP_CONNECT_TIMEOUT,
            read=HTTP_READ_TIMEOUT,
            max_body_bytes=MAX_BODY_BYTES,
            now=now,
            decode_content=True,
        )
        self._now = now

    def get(self, url: str, *, endpoint_name: str, deadline: datetime) -> ProviderResponse:
        """Sends a GET request. ``endpoint_name`` is used in errors."""
        return self._send("GET", url, None, endpoint_name, deadline)

    def post(
        self,
        url: str,
        parameters: Mapping[str, str],
        *,
        style: RequestStyle,
        endpoint_name: str,
        deadline: datetime,
    ) -> ProviderResponse:
        """Sends a POST request. ``style`` puts the parameters into the query or the body."""
        encoded = urlencode(parameters)
        if style is RequestStyle.FORM:
            return self._send("POST", url, encoded, endpoint_name, deadline)
        separator = "&" if "?" in url else "?"
        return self._send("POST", f"{url}{separator}{encoded}", "", endpoint_name, deadline)

    def _send(
        self, method: str, url: str, body: str | None, endpoint_name: str, deadline: datetime
    ) -> ProviderResponse:
        """Returns the response, even if only its status arrived. Raises IdentityProviderError."""
        sent_at = self._now()
        if deadline - sent_at < MIN_ATTEMPT_TIME:
            raise IdentityProviderDown(f"No time was left for a request to the {endpoint_name}.")
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            response = self._transport.send(
                method, url, headers=headers, body=body, deadline=deadline
            )
        except AddressRefused as exc:
            raise _address_refused(exc, endpoint_name) from None
        except TransportError as exc:
            if exc.partial_response is None:
                raise _transport_failure(exc, endpoint_name) from None
            unusable = _UNUSABLE.get(type(exc), Body.INCOMPLETE)
            return parse_response(
                exc.partial_response, sent_at=sent_at, received_at=self._now(), unusable=unusable
            )
        return parse_response(response, sent_at=sent_at, received_at=self._now())


def _address_refused(exc: AddressRefused, endpoint_name: str) -> IdentityProviderUntrusted:
    fix = (
        "If the identity provider is in a private network, the function needs a VPC with a "
        "route to it and allow_private_addresses = true (docs/network/vpc.md)."
        if exc.private
        else "No setting allows it. A proxy, VPN or DNS filter may have replaced the real address."
    )
    return IdentityProviderUntrusted(
        f"The {endpoint_name}'s host {exc}. Nothing was sent. Check the URL. {fix}"
    )


def _transport_failure(exc: TransportError, endpoint_name: str) -> IdentityProviderError:
    if exc.certificate_rejected:
        return IdentityProviderUntrusted(
            f"The {endpoint_name}'s certificate was rejected ({exc}). "
            "Check the endpoint's host name and its certificate. If your own CA issued it, add the "
            "CA certificate to extra_ca_certificates (docs/network/vpc.md)."
        )
    if exc.client_certificate_required:
        return IdentityProviderDown(
            f"The {endpoint_name} closed the TLS connection ({exc}). The server may require "
            "a client certificate, which the function does not have: ask the provider for an "
            "endpoint without mutual TLS, and check that the firewall allows the connection.",
            no_response=True,
        )
    return IdentityProviderDown(
        f"The {endpoint_name} could not be reached, or the connection was lost ({exc}).",
        no_response=True,
    )
