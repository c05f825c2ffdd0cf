"""How do we talk HTTP to the identity provider? Bounded in time and size, and to nobody else."""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_match_hostname import CertificateError

from token_rotator.addresses import AddressRefused
from token_rotator.contract import RequestStyle
from token_rotator.errors import (
    AnswerUnusable,
    IdentityProviderDown,
    IdentityProviderError,
    IdentityProviderUntrusted,
)
from token_rotator.timing import HTTP_CONNECT, HTTP_READ, SHORTEST_ATTEMPT

LONGEST_BODY_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that arrived whole. ``fields`` is None when the body is no JSON object."""

    status: int
    fields: Mapping[str, object] | None
    is_json: bool
    retry_after: timedelta | None

    @property
    def succeeded(self) -> bool:
        """Whether the status says success (RFC 9110 section 15.3)."""
        return self.status // 100 == 2  # noqa: PLR2004


class Channel:
    """Sends one request, once. Follows no redirect, uses no proxy, repeats nothing."""

    def __init__(self, *, pool: urllib3.PoolManager, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now

    def get(self, url: str, *, what: str, deadline: datetime) -> Answer:
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
    ) -> Answer:
        """The answer to POST url, the parameters where the style wants them."""
        encoded = urlencode(parameters)
        if style is RequestStyle.FORM:
            return self._send("POST", url, encoded, what, deadline)
        joint = "&" if "?" in url else "?"
        return self._send("POST", f"{url}{joint}{encoded}", "", what, deadline)

    def _send(
        self, method: str, url: str, body: str | None, what: str, deadline: datetime
    ) -> Answer:
        remaining = deadline - self._now()
        if remaining < SHORTEST_ATTEMPT:
            raise IdentityProviderDown(f"No time was left to ask the {what}.")
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        # Errors are raised "from None": urllib3's exceptions carry the URL, and the URL of a
        # query-style request carries the assertion.
        try:
            response = self._pool.urlopen(
                method,
                url,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(
                    total=remaining.total_seconds(),
                    connect=min(HTTP_CONNECT, remaining).total_seconds(),
                    read=min(HTTP_READ, remaining).total_seconds(),
                ),
            )
            content = self._content(response, what, deadline)
        except AddressRefused as exc:
            raise IdentityProviderUntrusted(
                f"The {what}'s host {exc}: nothing was sent there. Check the address. If the "
                "identity provider is in a private network, set allow_private_addresses = true."
            ) from None
        except (HTTPError, OSError) as exc:
            raise _broken(exc, what) from None
        return _answer(response, content, what, self._now())

    def _content(self, response: urllib3.BaseHTTPResponse, what: str, deadline: datetime) -> bytes:
        """The body, read piece by piece: a read time-out alone does not bound a slow drip."""
        content = bytearray()
        while piece := response.read1(LONGEST_BODY_BYTES):
            content += piece
            if len(content) > LONGEST_BODY_BYTES:
                response.close()
                raise AnswerUnusable(
                    f"The {what} answered with more than {LONGEST_BODY_BYTES // 1024} KiB. "
                    "Check that the endpoint is the right one."
                )
            if self._now() >= deadline:
                response.close()
                raise IdentityProviderDown(f"The {what} did not finish its answer in time.")
        response.release_conn()
        return bytes(content)


def _answer(response: urllib3.BaseHTTPResponse, content: bytes, what: str, now: datetime) -> Answer:
    if response.status // 100 == 3:  # noqa: PLR2004
        raise IdentityProviderUntrusted(
            f"The {what} answered with a redirect (status {response.status}), which is not "
            "followed: an assertion goes only where the deployment allows. "
            "Configure the endpoint that it points to."
        )
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document, is_json = None, False
    else:
        is_json = True
    return Answer(
        status=response.status,
        fields=document if isinstance(document, dict) else None,
        is_json=is_json,
        retry_after=_retry_after(response.headers.get("Retry-After"), now),
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


def _broken(exc: BaseException, what: str) -> IdentityProviderError:
    """What the innermost cause means. Its kind is enough to act on, and has no URL in it."""
    while exc.__cause__ or exc.__context__:
        exc = exc.__cause__ or exc.__context__ or exc
    reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else ""
    cause = f"{type(exc).__name__}: {reason}" if reason else type(exc).__name__
    if isinstance(exc, (ssl.SSLCertVerificationError, CertificateError)):
        return IdentityProviderUntrusted(
            f"The {what}'s certificate was not accepted ({cause}). "
            "Check the endpoint's host name and its certificate."
        )
    return IdentityProviderDown(f"The {what} could not be reached or broke off ({cause}).")
