"""HTTP requests to the identity provider, and what their answers and failures mean."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlencode

import urllib3

from token_rotator.contract import RequestStyle
from token_rotator.errors import (
    AnswerUnusable,
    IdentityProviderDown,
    IdentityProviderUntrusted,
)
from token_rotator.identity_provider.addresses import AddressRefused
from token_rotator.timing import HTTP_CONNECT, HTTP_READ, SHORTEST_ATTEMPT
from token_rotator.transport import (
    DeadlineExceeded,
    HttpResponse,
    ResponseTooLarge,
    Transport,
    TransportError,
)

LONGEST_BODY_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderResponse:
    """A complete answer. ``fields`` is None if the body is no JSON object."""

    status: int
    fields: Mapping[str, object] | None
    is_json: bool
    retry_after: timedelta | None

    @property
    def succeeded(self) -> bool:
        """Whether the status says success (RFC 9110 section 15.3)."""
        return self.status // 100 == 2  # noqa: PLR2004


class ProviderHttp:
    """Sends requests, each once. Follows no redirect, uses no proxy, repeats nothing."""

    def __init__(self, *, pool: urllib3.PoolManager, now: Callable[[], datetime]) -> None:
        self._transport = Transport(
            pool=pool,
            connect=HTTP_CONNECT,
            read=HTTP_READ,
            longest_body_bytes=LONGEST_BODY_BYTES,
            now=now,
        )
        self._now = now

    def get(self, url: str, *, what: str, deadline: datetime) -> ProviderResponse:
        """The answer to GET url. ``what`` names the endpoint in errors."""
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
        """The answer to POST url. The style says whether the parameters go into query or body."""
        encoded = urlencode(parameters)
        if style is RequestStyle.FORM:
            return self._send("POST", url, encoded, what, deadline)
        joint = "&" if "?" in url else "?"
        return self._send("POST", f"{url}{joint}{encoded}", "", what, deadline)

    def _send(
        self, method: str, url: str, body: str | None, what: str, deadline: datetime
    ) -> ProviderResponse:
        if deadline - self._now() < SHORTEST_ATTEMPT:
            raise IdentityProviderDown(f"No time was left to ask the {what}.")
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            found = self._transport.send(method, url, headers=headers, body=body, deadline=deadline)
        except AddressRefused as exc:
            raise IdentityProviderUntrusted(
                f"The {what}'s host {exc}: nothing was sent there. Check the address. If the "
                "identity provider is in a private network, set allow_private_addresses = true."
            ) from None
        except ResponseTooLarge as exc:
            raise AnswerUnusable(
                f"The {what} answered with {exc}. Check that the endpoint is the right one."
            ) from None
        except DeadlineExceeded:
            raise IdentityProviderDown(f"The {what} did not finish its answer in time.") from None
        except TransportError as exc:
            if exc.certificate:
                raise IdentityProviderUntrusted(
                    f"The {what}'s certificate was not accepted ({exc}). "
                    "Check the endpoint's host name and its certificate."
                ) from None
            raise IdentityProviderDown(
                f"The {what} could not be reached or broke off ({exc})."
            ) from None
        return _answer(found, what, self._now())


def _answer(found: HttpResponse, what: str, now: datetime) -> ProviderResponse:
    if found.status // 100 == 3:  # noqa: PLR2004
        raise IdentityProviderUntrusted(
            f"The {what} answered with a redirect (status {found.status}), which is not "
            "followed: an assertion goes only where the deployment allows. "
            "Configure the endpoint that it points to."
        )
    try:
        document = json.loads(found.body)
    except (ValueError, RecursionError):
        document, is_json = None, False
    else:
        is_json = True
    return ProviderResponse(
        status=found.status,
        fields=document if isinstance(document, dict) else None,
        is_json=is_json,
        retry_after=_retry_after(found.headers.get("Retry-After"), now),
    )


def _retry_after(header: str | None, now: datetime) -> timedelta | None:
    """RFC 9110 section 10.2.3: seconds or an HTTP date. Anything else counts as absent."""
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            return timedelta(seconds=int(header))
        return max(timedelta(), parsedate_to_datetime(header) - now)
    except (ValueError, TypeError, OverflowError):
        return None
