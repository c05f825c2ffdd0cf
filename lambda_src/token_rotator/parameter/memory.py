"""What this execution environment remembers of the published token and of its last rotation."""

from dataclasses import dataclass
from datetime import datetime

from token_rotator.parameter.record import Record
from token_rotator.timing import REMEMBERED


@dataclass(slots=True)
class Memory:
    """Saves a warm function the read that begins a rotation, which AWS counts and charges for.

    Nobody else writes the parameter, so the memory is wrong only if somebody deletes it or writes
    something foreign. That is noticed when the memory is too old, or by the read before a write.
    """

    superseded: bool = False
    """The last token that was obtained was discarded for a published one that expires later."""
    _expires_at: datetime | None = None
    _since: datetime | None = None

    def keep(self, record: Record | None, *, now: datetime) -> None:
        """Remembers what is published; None (nothing usable) is not remembered."""
        self._expires_at = record.expires_at if record is not None else None
        self._since = now

    def drop(self) -> None:
        """Forgets: a write may or may not have changed what is published."""
        self._expires_at = None

    def expires_at(self, *, now: datetime) -> datetime | None:
        """When the published token expires; None if the parameter has to be read."""
        if self._expires_at is None or self._since is None or now - self._since > REMEMBERED:
            return None
        return self._expires_at
