"""What this execution environment remembers of the published token and of its last rotation."""

from dataclasses import dataclass
from datetime import datetime

from token_rotator.parameter.record import Record
from token_rotator.timing import REMEMBERED


@dataclass(slots=True)
class Memory:
    """Saves a warm function the read that begins a rotation, which AWS counts and charges for.

    Nobody else writes the parameter, so the memory is wrong only if somebody deletes it or writes
    something foreign. AWS's event says so, mostly; without one, that is noticed when the memory is
    too old, or by the read before a write: docs/understand/decisions/0041-alarms-in-time.md.
    """

    superseded: bool = False
    """The last token that was obtained was discarded for a published one that expires later."""
    _expires_at: datetime | None = None
    _since: datetime | None = None
    _event_to_come: bool = False
    """AWS has not announced this environment's last write yet."""

    def keep(self, record: Record | None, *, now: datetime) -> None:
        """Remembers what is published; None (nothing usable) is not remembered."""
        self._expires_at = record.expires_at if record is not None else None
        self._since = now

    def writing(self) -> None:
        """Forgets: a write may or may not change what is published. If so, its event follows."""
        self._expires_at = None
        self._event_to_come = True

    def changed(self) -> bool:
        """Forgets what somebody else has written or deleted, and returns whether it was that.

        The event does not name the writer. The first one after a write of this environment is that
        write's own.
        """
        if self._event_to_come:
            self._event_to_come = False
            return False
        self._expires_at = None
        return True

    def expires_at(self, *, now: datetime) -> datetime | None:
        """When the published token expires; None if the parameter has to be read."""
        if self._expires_at is None or self._since is None or now - self._since > REMEMBERED:
            return None
        return self._expires_at
