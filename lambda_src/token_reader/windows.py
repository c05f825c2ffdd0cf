"""When is a newer token looked for, and who waits for it? Two windows before the expiry decide.

    read ............ refresh_after ... jitter ... | one caller looks ...... | all wait .. | expired
    everybody gets the cached token                | others get the cached   |             |

The advisory window is ``refresh_after`` to the expiry; the jitter covers its first half, so that
processes do not look all at once. The mandatory window is its last sixth. botocore's refreshable
credentials are kept the same way (botocore.credentials.RefreshableCredentials). Pure.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from token_reader.access_token import AccessToken
from token_reader.errors import TokenError, TokenExpired, TokenUnavailable

PACE_SECONDS: Final = 5.0
"""Between two looks, as long as nothing newer is published or Parameter Store fails."""

FORCED_PACE_SECONDS: Final = 1.0
"""Between two looks that somebody insists on, after a 401 or when the cached token ends."""

JITTER_SHARE: Final = 1 / 2
WAITING_SHARE: Final = 1 / 6

NO_END: Final = -1.0
"""What ``threading.Lock.acquire`` takes for waiting as long as it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one process knows. Replaced as a whole, so looking at it needs no lock.

    Moments are seconds since the epoch, by this machine's clock.
    """

    token: AccessToken
    expires_at: float
    fresh_until: float
    """Until then the token is handed out without another thought."""
    wait_from: float
    """From then on callers wait for the look that is under way."""
    look_at: float
    """The next look is not due before."""
    looked_at: float
    problem: TokenError
    """What to say when the token has expired."""

    def found(self, token: AccessToken, *, now: float, jitter: float) -> "Held":
        """This token is published now; jitter, 0 to 1, says how far into its share."""
        expires_at = token.expires_at.timestamp()
        problem = _expired(token)
        if expires_at <= now:
            return self.failed(problem, now=now)
        ahead = expires_at - token.refresh_after.timestamp()
        refresh_at = expires_at - ahead + ahead * JITTER_SHARE * jitter
        look_at = max(refresh_at, _next_try(now, expires_at))
        return Held(
            token=token,
            expires_at=expires_at,
            fresh_until=min(look_at, expires_at),
            wait_from=expires_at - ahead * WAITING_SHARE,
            look_at=look_at,
            looked_at=now,
            problem=problem,
        )

    def failed(self, problem: TokenError, *, now: float) -> "Held":
        """The look brought no usable token: the cached one counts while it lives."""
        look_at = _next_try(now, self.expires_at)
        return replace(
            self,
            fresh_until=min(look_at, self.expires_at),
            look_at=look_at,
            looked_at=now,
            problem=problem,
        )

    def due(self, *, force: bool) -> float:
        """When the next look may be; force: when somebody insists."""
        return self.looked_at + FORCED_PACE_SECONDS if force else self.look_at

    def patience(self, now: float) -> float:
        """How many seconds a caller waits for a look that another caller has under way.

        Nobody waits while the token lives well; in the mandatory window for half of what is left,
        so that a hanging Parameter Store costs nobody a token that still works; then until the end.
        """
        if now >= self.expires_at:
            return NO_END
        return (self.expires_at - now) / 2 if now >= self.wait_from else 0.0

    def usable(self, now: float) -> AccessToken:
        """The token. Raises TokenError once it has expired."""
        if now < self.expires_at:
            return self.token
        raise self.problem.again()


def _next_try(now: float, expires_at: float) -> float:
    """After a pause, or when the cached token ends, if that is earlier."""
    paused = now + PACE_SECONDS
    if now < expires_at:
        return min(paused, max(expires_at, now + FORCED_PACE_SECONDS))
    return paused


def _expired(token: AccessToken) -> TokenExpired:
    return TokenExpired(
        f"The published access token expired at {token.expires_at:%Y-%m-%d %H:%M:%S %Z} and "
        "nobody has replaced it. The rotator is in trouble, and its alarms should be ringing: "
        "`make check`, docs/runbook.md. Try again in a few seconds."
    )


_EPOCH: Final = datetime.fromtimestamp(0, UTC)

NOTHING: Final = Held(
    token=AccessToken(value="", expires_at=_EPOCH, refresh_after=_EPOCH),
    expires_at=-math.inf,
    fresh_until=-math.inf,
    wait_from=-math.inf,
    look_at=-math.inf,
    looked_at=-math.inf,
    problem=TokenUnavailable("The parameter has not been read yet."),
)
"""Before the first look."""
