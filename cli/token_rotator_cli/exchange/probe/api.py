"""Checks with an API whether a second token revokes the first one."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from token_rotator import urls
from token_rotator.identity_provider.addresses import AddressRefused
from token_rotator.parameter.record import Record
from token_rotator.timing import HTTP_CONNECT, HTTP_READ
from token_rotator.transport import Transport, TransportError
from token_rotator_cli.clock import Clock
from token_rotator_cli.errors import ProxyFailed, UsageError
from token_rotator_cli.exchange.journal import Journal
from token_rotator_cli.exchange.network import Network

MOST: Final = 4
"""Requests to the API: without a token, with the first twice, with the second."""

_LONGEST: Final = HTTP_CONNECT + HTTP_READ + timedelta(seconds=1)
_LARGEST: Final = 1024 * 1024
_DENIED: Final = frozenset({401, 403})
"""RFC 6750 section 3.1, and what some gateways answer in place of 401."""


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

    def first(self, record: Record) -> None:
        """Checks that the URL requires a token, before a second token is requested."""
        if self._took(None, "no token") is not False:
            self._reason = self._reason or "the URL of --api answers without a token, too"
        elif self._took(record, "the first token") is not True:
            self._reason = self._reason or "the URL of --api does not take the first token"

    def ended(self, first: Record, second: Record) -> tuple[bool | None, str]:
        """Whether the first token is revoked, and the reason. None: unknown."""
        took = None
        if not self._reason:
            took = self._took(first, "the first token, after the second was issued")
        if took:
            return False, "the URL of --api takes the first token after the second was issued"
        if took is None:
            return None, str(self._reason)
        if self.clock.now() >= first.expires_at:
            return None, "the first token expired meanwhile"
        if not self._took(second, "the second token"):
            return None, "the URL of --api takes the second token no more than the first"
        return True, "the URL of --api takes the second token, and the first one no more"

    def _took(self, record: Record | None, what: str) -> bool | None:
        """Whether the response is 2xx. None: neither 2xx nor an invalid token."""
        headers = {"Accept": "*/*"}
        if record:
            headers["Authorization"] = f"Bearer {record.access_token}"
        transport = Transport(
            pool=self.network,
            connect=HTTP_CONNECT,
            read=HTTP_READ,
            longest_body_bytes=_LARGEST,
            now=self.clock.now,
        )
        with self.journal.step("api") as running:
            try:
                answer = transport.send(
                    "GET",
                    self.url,
                    headers=headers,
                    body=None,
                    deadline=self.clock.now() + _LONGEST,
                )
                status = answer.status
            except TransportError as error:
                if error.begun is None:
                    self._reason = f"the URL of --api could not be reached ({error})"
                    running.ended(f"{urls.without_query(self.url)} with {what}: no answer")
                    return None
                status = error.begun.status
            except (AddressRefused, ProxyFailed) as error:
                self._reason = f"the URL of --api was not asked: {error}"
                running.ended(f"{urls.without_query(self.url)} with {what}: not asked")
                return None
            running.ended(
                f"{urls.without_query(self.url)} with {what}: status {status}", status=status
            )
        if status // 100 == 2:  # noqa: PLR2004
            return True
        if status in _DENIED:
            return False
        self._reason = f"the URL of --api answered with status {status}"
        return None
