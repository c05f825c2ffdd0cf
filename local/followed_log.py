"""The function's log, read again and again while it grows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from token_rotator.contract import ReportField
from token_rotator_cli.deployment.rotation_log import (
    LogEvent,
    LoggedRotation,
    RotationLog,
    rotations,
)

OUT_OF_ORDER: Final = timedelta(seconds=5)
"""Lines of two log streams may become readable in another order than that of their times."""

_EPOCH: Final = datetime.fromtimestamp(0, UTC)


class FollowedLog(RotationLog):
    """One function's log group. Every method raises CallerError."""

    def __init__(self, logs: Any, *, log_group: str) -> None:
        super().__init__(logs, log_group=log_group)
        self._new_since = _EPOCH
        self._returned: set[LogEvent] = set()

    def new_rotations(self) -> list[LoggedRotation]:
        """The rotations that no earlier call of this method returned, in order of publication."""
        events = self.new_events(containing=ReportField.OUTCOME)
        return sorted(rotations(events), key=lambda one: (one.at, one.parameter_version or 0))

    def new_events(self, *, containing: str | None = None) -> Iterator[LogEvent]:
        """The lines that no earlier call of this method returned."""
        for event in self.events(self._new_since, containing=containing):
            if event not in self._returned:
                self._returned.add(event)
                self._new_since = max(self._new_since, event.at - OUT_OF_ORDER)
                yield event

    def last_lines(self, count: int = 15) -> str:
        """The end of the log, whatever it holds."""
        return "\n".join([event.message for event in self.events(_EPOCH)][-count:])
