"""Checks with an API whether a second token revokes the first one."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from token_rotator import urls
from token_rotator.identity_provider.addresses import AddressRefused
from token_rotator.parameter.record import Record
from token_rotator.timing import HTTP_CONNECT_TIMEOUT, HTTP_READ_TIMEOUT
from token_rotator.transport import Transport, TransportError
from token_rotator_cli.clock import Clock
from token_rotator_cli.errors import ProxyFailed, UsageError
from token_rotator_cli.exchange.journal import Journal
from token_rotator_cli.exchange.network import Network

MAX_REQUESTS: Final = 4
"""Requests to the API: without a token, with the first twice, with the second."""

_TIMEOUT: Final = HTTP_CONNECT_TIMEOUT + HTTP_READ_TIMEOUT + timedelta(seconds=1)
_MAX_BODY_BYTES: Final = 1024 * 1024
_DENIED: Final = frozenset({401, 403})
"""RFC 6750 section 3.1, and what some gateways return instead of 401."""


def check_api(url: str) -> None:
    """Raises UsageError: a token is sent there."""
    try:
        urls.check(url)
    except ValueError as error:
        raise UsageError(f"--api cannot be used: {error}.") from None


@dataclass(kw_only=True)
class Api:
    """A URL that returns 2xx for a valid token. Requests use GET."""

    url: str
    network: Network
    clock: Clock
    journal: Journal
    _reason: str | None = field(default=None, init=False)

    def check_first_token(self, record: Record) -> None:
        """Checks that the URL requires a token, before a second token is requested."""
        if self._accepts(None, "no token") is not False:
            self._reason = self._reason or "the URL of --api accepts requests without a token"
        elif self._accepts(record, "the first token") is not True:
            self._reason = self._reason or "the URL of --api does not accept the first token"

    def check_revocation(self, first: Record, second: Record) -> tuple[bool | None, str]:
        """Whether the first token is revoked, and the reason. None: unknown."""
        accepted = None
        if not self._reason:
            accepted = self._accepts(first, "the first token, after the second was issued")
        if accepted:
            return False, "the URL of --api accepts the first token after the second was issued"
        if accepted is None:
            return None, str(self._reason)
        if self.clock.now() >= first.expires_at:
            return None, "the first token expired meanwhile"
        if not self._accepts(second, "the second token"):
            return None, "the URL of --api accepts neither the first nor the second token"
        return True, "the URL of --api accepts the second token, but no longer the first one"

    def _accepts(self, record: Record | None, description: str) -> bool | None:
        """Whether the response is 2xx. None: neither 2xx nor an invalid token."""
        headers = {"Accept": "*/*"}
        if record:
            headers["Authorization"] = f"Bearer {record.access_token}"
        transport = Transport(
            pool=self.network,
            connect=HTTP_CONNECT_TIMEOUT,
            read=HTTP_READ_TIMEOUT,
            max_body_bytes=_MAX_BODY_BYTES,
            now=self.clock.now,
        )
        with self.journal.step("api") as step:
            try:
                response = transport.send(
                    "GET",
                    self.url,
                    headers=headers,
                    body=None,
                    deadline=self.clock.now() + _TIMEOUT,
                )
                status = response.status
            except TransportError as error:
                if error.partial_response is None:
                    self._reason = f"the URL of --api could not be reached ({error})"
                    step.finish(f"{urls.without_query(self.url)} with {description}: no response")
                    return None
                status = error.partial_response.status
            except (AddressRefused, ProxyFailed) as error:
                self._reason = f"no request was sent to the URL of --api: {error}"
                step.finish(f"{urls.without_query(self.url)} with {description}: not sent")
                return None
            step.finish(
                f"{urls.without_query(self.url)} with {description}: status {status}", status=status
            )
        if status // 100 == 2:  # noqa: PLR2004
            return True
        if status in _DENIED:
            return False
        self._reason = f"the URL of --api returned status {status}"
        return None
