"""The cached token, and the two windows that decide when it is read again and who waits.

    read ......... refresh_after ... jitter ... | one caller reads ........ | all wait .. | expired
    all callers get the cached token            | others get the cached one |             |

The advisory window lasts from ``refresh_after`` to the expiry. The jitter covers its first half, so
that processes do not all read at once. The mandatory window is its last sixth. botocore refreshes
credentials in the same way (botocore.credentials.RefreshableCredentials). This module does no I/O.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from token_reader.access_token import AccessToken
from token_reader.errors import TokenError, TokenExpired, TokenUnavailable

READ_INTERVAL_SECONDS: Final = 5.0
"""Between two reads while no newer token is published or Parameter Store fails."""

FORCED_READ_INTERVAL_SECONDS: Final = 1.0
"""Between two forced reads: after a 401, or when the cached token expires."""

JITTER_SHARE: Final = 1 / 2
WAITING_SHARE: Final = 1 / 6

NO_LIMIT: Final = -1.0
"""The timeout with which ``threading.Lock.acquire`` waits without a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """The state of one process's cache. Replaced as a whole, so reading it needs no lock.

    Times are seconds since the epoch, by this machine's clock.
    """

    token: AccessToken
    expires_at: float
    fresh_until: float
    """Until then callers get the token without any check."""
    wait_from: float
    """From then on callers wait for the read that is in progress."""
    next_read_at: float
    """When the next read is due."""
    last_read_at: float
    error: TokenError
    """What to raise when the token has expired."""

    def updated(self, token: AccessToken, *, now: float, jitter: float) -> "Cached":
        """The state after a read returned this token. ``jitter`` is from 0 to 1."""
        expires_at = token.expires_at.timestamp()
        error = _expired(token)
        if expires_at <= now:
            return self.failed(error, now=now)
        ahead = expires_at - token.refresh_after.timestamp()
        refresh_at = expires_at - ahead + ahead * JITTER_SHARE * jitter
        next_read_at = max(refresh_at, _next_try(now, expires_at))
        return Cached(
            token=token,
            expires_at=expires_at,
            fresh_until=min(next_read_at, expires_at),
            wait_from=expires_at - ahead * WAITING_SHARE,
            next_read_at=next_read_at,
            last_read_at=now,
            error=error,
        )

    def failed(self, error: TokenError, *, now: float) -> "Cached":
        """The state after a read without a usable token. The cached one stays until it expires."""
        next_read_at = _next_try(now, self.expires_at)
        return replace(
            self,
            fresh_until=min(next_read_at, self.expires_at),
            next_read_at=next_read_at,
            last_read_at=now,
            error=error,
        )

    def due(self, *, force: bool) -> float:
        """When the next read is allowed. ``force`` allows it earlier."""
        return self.last_read_at + FORCED_READ_INTERVAL_SECONDS if force else self.next_read_at

    def max_wait(self, now: float) -> float:
        """For how many seconds a caller waits for a read that another caller has in progress.

        Not at all before the mandatory window. In that window for half of the time until the
        expiry, so that callers get the cached token even if Parameter Store hangs. After the expiry
        without a limit.
        """
        if now >= self.expires_at:
            return NO_LIMIT
        return (self.expires_at - now) / 2 if now >= self.wait_from else 0.0

    def usable(self, now: float) -> AccessToken:
        """The token. Raises TokenError once it has expired."""
        if now < self.expires_at:
            return self.token
        raise self.error.fresh_copy()


def _next_try(now: float, expires_at: float) -> float:
    """After the interval, or when the cached token expires if that is earlier."""
    after_interval = now + READ_INTERVAL_SECONDS
    if now < expires_at:
        return min(after_interval, max(expires_at, now + FORCED_READ_INTERVAL_SECONDS))
    return after_interval


def _expired(token: AccessToken) -> TokenExpired:
    return TokenExpired(
        f"The published access token expired at {token.expires_at:%Y-%m-%d %H:%M:%S %Z} and has "
        "not been replaced. The rotator is failing, and its alarms should have fired: its "
        "operators run `token-rotator check` and follow docs/runbook.md. Try again in a "
        "few seconds."
    )


_EPOCH: Final = datetime.fromtimestamp(0, UTC)

NOT_READ: Final = Cached(
    token=AccessToken(value="", expires_at=_EPOCH, refresh_after=_EPOCH),
    expires_at=-math.inf,
    fresh_until=-math.inf,
    wait_from=-math.inf,
    next_read_at=-math.inf,
    last_read_at=-math.inf,
    error=TokenUnavailable("The parameter has not been read yet."),
)
"""The state before the first read."""
