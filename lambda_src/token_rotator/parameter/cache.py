"""An execution environment's cache of the published token."""

from dataclasses import dataclass
from datetime import datetime

from token_rotator.parameter.record import Record
from token_rotator.timing import TOKEN_CACHE_LIFETIME


@dataclass(slots=True)
class TokenCache:
    """Saves warm invocations a GetParameter call, which AWS throttles and charges for.

    Only this function should write the parameter, so the cache is wrong only if another principal
    deletes or overwrites it. AWS usually sends an event for that. Without the event, the change is
    detected when the cache expires or by the read before a write:
    docs/understand/decisions/0041-alarms-in-time.md.
    """

    superseded: bool = False
    """Whether the last obtained token was discarded because the published one expires later."""
    _expires_at: datetime | None = None
    _cached_at: datetime | None = None
    _expects_own_event: bool = False
    """Whether the event of this environment's last write is still expected."""

    def store(self, record: Record | None, *, now: datetime) -> None:
        """Caches the published record. None (nothing usable) is not cached."""
        self._expires_at = record.expires_at if record is not None else None
        self._cached_at = now

    def clear_before_write(self) -> None:
        """Clears the cache before a write: one that seems to fail may have reached AWS.

        AWS sends an event for each write.
        """
        self._expires_at = None
        self._expects_own_event = True

    def parameter_changed(self) -> bool:
        """Clears the cache if an event reports another writer's change. Returns whether it does.

        The event does not name the writer. The first one after this environment's write is assumed
        to be its own.
        """
        if self._expects_own_event:
            self._expects_own_event = False
            return False
        self._expires_at = None
        return True

    def expires_at(self, *, now: datetime) -> datetime | None:
        """The published token's expiry. None if the parameter must be read."""
        if (
            self._expires_at is None
            or self._cached_at is None
            or now - self._cached_at > TOKEN_CACHE_LIFETIME
        ):
            return None
        return self._expires_at
