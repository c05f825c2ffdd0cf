"""The cache of a reader: its states, and when the parameter is read.

    read ......... refresh_after ... jitter ... | one caller reads ........ | all wait .. | expired
    all callers get the cached token            | others get the cached one |             |

The advisory window lasts from ``refresh_after`` to the expiry. The jitter covers its first half, so
that processes do not all read at once. The mandatory window is its last sixth. botocore refreshes
credentials in the same way (botocore.credentials.RefreshableCredentials).

========= ============================= ============================ ==============================
state     a caller gets                 a read is sent               what leads out of it
========= ============================= ============================ ==============================
unread    the error, after a wait       by the first caller          a read
fresh     the cached token              if forced                    time, by either clock; a clock
                                                                     that is set back; a fork
due       the cached token; in the      by the next caller           a read; the expiry
          mandatory window after a wait
resting   the cached token, or the      after 5 s by either clock,   time, by either clock; a clock
          error if there is none        1 s if forced or expiring    that is set back
ended     the error, after a wait       by the next caller           a read
========= ============================= ============================ ==============================

No single clock is trusted. A pause ends as soon as it is over by either clock, or when a clock is
set back: the wall clock can be changed, and the monotonic clock stops while the machine is
suspended. Only the wall clock decides whether a token has expired. No caller waits longer than
WAIT_LIMIT_SECONDS for another caller's read. This module does no I/O.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

from token_reader.access_token import AccessToken
from token_reader.errors import TokenError, TokenExpired, TokenUnavailable

READ_INTERVAL_SECONDS: Final = 5.0
"""Pause between reads while no newer token is published or Parameter Store fails."""

FORCED_READ_INTERVAL_SECONDS: Final = 1.0
"""Pause between forced reads: after a 401, or when the cached token expires."""

MAX_FORCED_READ_INTERVAL_SECONDS: Final = 60.0
"""The pause grows while forced reads find no newer token, up to twice this value."""

WAIT_LIMIT_SECONDS: Final = 20.0
"""Maximum wait for a read in progress. The reader's own client times out earlier. Without a limit,
a log handler that requests the token could deadlock."""

CLOCK_TOLERANCE_SECONDS: Final = 1.0
"""A wall clock that is set back by less than this does not cause a read."""

ATTEMPTS: Final = 3
"""How often one caller waits or reads: it repeats if its token expires while it waits for another
caller's read, or if the response is too old."""

JITTER_SHARE: Final = 1 / 2
MANDATORY_SHARE: Final = 1 / 6


class Moment(NamedTuple):
    """A time by both clocks, in seconds."""

    wall: float
    """Since the epoch."""
    ticks: float
    """Monotonic clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheState:
    """The state of one process's cache. Replaced as a whole, so reading it needs no lock.

    A cached token is fresh, and is returned without any other check, while
    ``fresh_from <= wall clock < fresh_until`` and ``monotonic clock < fresh_ticks``.
    """

    token: AccessToken
    expires_at: float
    mandatory_from: float
    """From this time on, callers wait for a read in progress."""
    read_at: Moment
    """The end of the last read."""
    pause_seconds: float
    """Seconds after the last read in which no read is due."""
    unchanged_reads: int = 0
    """Number of consecutive forced reads that found no newer token."""
    jitter: float = 0.0
    error: TokenError
    """What to raise when the token has expired."""
    fresh_from: float = math.inf
    fresh_until: float = -math.inf
    fresh_ticks: float = -math.inf

    def updated(
        self,
        token: AccessToken,
        *,
        started_at: Moment,
        now: Moment,
        jitter: float,
        forced: bool = False,
    ) -> "CacheState":
        """The state after a read returned this token. ``jitter`` is from 0 to 1."""
        expires_at = token.expires_at.timestamp()
        if expires_at <= now.wall:
            expired_meanwhile = started_at.wall < expires_at
            return self.failed(
                _expired(token),
                started_at=started_at,
                now=now,
                forced=forced,
                expired_meanwhile=expired_meanwhile,
            )
        newer = token.value != self.token.value
        advisory_window = expires_at - token.refresh_after.timestamp()
        state = replace(
            self,
            token=token,
            expires_at=expires_at,
            mandatory_from=expires_at - advisory_window * MANDATORY_SHARE,
            unchanged_reads=0 if newer else self.unchanged_reads + forced,
            jitter=jitter,
            error=_expired(token),
        )
        return _after_read(state, _fresh_pause(token, now, jitter), now=now)

    def failed(
        self,
        error: TokenError,
        *,
        started_at: Moment,
        now: Moment,
        forced: bool = False,
        expired_meanwhile: bool = False,
    ) -> "CacheState":
        """The state after a read without a usable token. The cached one stays until it expires.

        If a token was valid when the read began and has expired since (``expired_meanwhile``, or
        the cached one), the response is too old: the process was suspended, or the read was slow.
        Another read is due at once.
        """
        outdated = expired_meanwhile or started_at.wall < self.expires_at <= now.wall
        pause_seconds = 0.0 if outdated else _retry_pause(now, self.expires_at)
        return _after_read(
            replace(self, error=error, unchanged_reads=self.unchanged_reads + forced),
            pause_seconds,
            now=now,
        )

    def after_fork(self, jitter: float) -> "CacheState":
        """The state of a forked process, which reads at a different time than its parent."""
        if self.unchanged_reads or not self.expires_at > self.read_at.wall:
            return self
        pause_seconds = _fresh_pause(self.token, self.read_at, jitter)
        return _after_read(replace(self, jitter=jitter), pause_seconds, now=self.read_at)

    def due(self, now: Moment, *, force: bool = False) -> bool:
        """Whether a read is due, by either clock. ``force`` allows it earlier."""
        pause_seconds = (
            min(self.pause_seconds, self._forced_pause()) if force else self.pause_seconds
        )
        wall_elapsed = now.wall - self.read_at.wall
        ticks_elapsed = now.ticks - self.read_at.ticks
        return not (
            -CLOCK_TOLERANCE_SECONDS <= wall_elapsed < pause_seconds
            and 0 <= ticks_elapsed < pause_seconds
        )

    def max_wait(self, now: Moment) -> float:
        """How many seconds a caller waits for another caller's read.

        Zero before the mandatory window. In that window, half of the time until the expiry, so
        callers get the cached token even if Parameter Store hangs.
        """
        if now.wall >= self.expires_at:
            return WAIT_LIMIT_SECONDS
        if now.wall < self.mandatory_from:
            return 0.0
        return min((self.expires_at - now.wall) / 2, WAIT_LIMIT_SECONDS)

    def stops_waiting(self, waited: float, *, wall: float) -> bool:
        """Whether a caller stops waiting for another caller's read."""
        return wall < self.expires_at or waited >= WAIT_LIMIT_SECONDS

    def usable(self, wall: float) -> AccessToken:
        """The token. Raises TokenError once it has expired."""
        if wall < self.expires_at:
            return self.token
        raise self.error.fresh_copy()

    def _forced_pause(self) -> float:
        """The pause after forced reads: growing, and different in each process."""
        if not self.unchanged_reads:
            return FORCED_READ_INTERVAL_SECONDS
        pause = FORCED_READ_INTERVAL_SECONDS * 2.0 ** min(self.unchanged_reads, 10)
        return min(pause, MAX_FORCED_READ_INTERVAL_SECONDS) * (1 + self.jitter)


def _after_read(state: CacheState, pause_seconds: float, *, now: Moment) -> CacheState:
    """The state after a read that ended now. No read is due for ``pause_seconds``."""
    return replace(
        state,
        read_at=now,
        pause_seconds=pause_seconds,
        fresh_from=now.wall - CLOCK_TOLERANCE_SECONDS,
        fresh_until=min(now.wall + pause_seconds, state.expires_at),
        fresh_ticks=now.ticks + pause_seconds,
    )


def _fresh_pause(token: AccessToken, now: Moment, jitter: float) -> float:
    """Seconds after ``now`` in which no read is due.

    At most the token's lifetime from its issue: if this machine's clock is behind, the token
    appears to be valid for longer.
    """
    expires_at = token.expires_at.timestamp()
    advisory_window = expires_at - token.refresh_after.timestamp()
    refresh_at = expires_at - advisory_window + advisory_window * JITTER_SHARE * jitter
    known_since = max(now.wall, token.issued_at.timestamp())
    return max(refresh_at - known_since, _retry_pause(now, expires_at))


def _retry_pause(now: Moment, expires_at: float) -> float:
    """The pause after a read without a newer token. It ends when the cached token does."""
    if now.wall < expires_at:
        remaining = expires_at - now.wall
        return min(READ_INTERVAL_SECONDS, max(remaining, FORCED_READ_INTERVAL_SECONDS))
    return READ_INTERVAL_SECONDS


def _expired(token: AccessToken) -> TokenExpired:
    return TokenExpired(
        f"The published access token expired at {token.expires_at:%Y-%m-%d %H:%M:%S %Z} and has "
        "not been replaced. The rotator is failing, and its alarms should have fired. Ask its "
        "operators to run `token-rotator check` and follow docs/operate/runbook.md. If the rotator "
        "is healthy, check this machine's clock. Try again in a few seconds."
    )


_EPOCH: Final = datetime.fromtimestamp(0, UTC)

NOT_READ: Final = CacheState(
    token=AccessToken(value="", issued_at=_EPOCH, expires_at=_EPOCH, refresh_after=_EPOCH),
    expires_at=-math.inf,
    mandatory_from=-math.inf,
    read_at=Moment(-math.inf, -math.inf),
    pause_seconds=0.0,
    error=TokenUnavailable(
        "The first read of the parameter is still in progress, in another caller or in the code "
        "that this log or signal handler interrupted. Try again in a few seconds."
    ),
)
"""The state before the first read."""
