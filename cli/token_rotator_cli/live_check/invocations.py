"""Combines Lambda's log lines and the function's own into invocations."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import Outcome
from token_rotator_cli.deployment.rotation_log import (
    LogEvent,
    LoggedRotation,
    RotationLog,
    json_object,
)

_START: Final = re.compile(r"START RequestId: (\S+)")
_REPORT: Final = re.compile(r"REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms")


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One invocation. None: the log does not contain the value."""

    started_at: datetime
    duration: timedelta | None = None
    """The time the invocation took, as Lambda reports it."""
    rotation: LoggedRotation | None = None

    @property
    def ended_at(self) -> datetime:
        """The end, as measured by Lambda."""
        return self.started_at + (self.duration or timedelta())


def read_invocations(log: RotationLog, *, since: datetime) -> list[Invocation]:
    """Reads the invocations, oldest first. Raises CallerError."""
    return invocations_in(log.events(since))


def invocations_in(events: Iterable[LogEvent]) -> list[Invocation]:
    """The invocations in log lines, which may be in any order.

    Lambda writes its own lines as JSON if the function's log format is JSON, and the local AWS
    emulator as text:
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    """
    events = list(events)
    found: dict[str, Invocation] = {}
    for event in events:
        if request_id := _started(event.message):
            found.setdefault(request_id, Invocation(started_at=event.at))
    for event in events:
        _add(found, event)
    return sorted(found.values(), key=lambda one: one.started_at)


def with_trigger(invocations: Iterable[Invocation], *triggers: str) -> Iterator[Invocation]:
    """The invocations that one of the triggers caused."""
    return (one for one in invocations if one.rotation and one.rotation.trigger in triggers)


def publications(invocations: Iterable[Invocation]) -> list[LoggedRotation]:
    """The rotations that wrote the parameter."""
    rotations = (one.rotation for one in invocations if one.rotation)
    return [rotation for rotation in rotations if rotation.outcome == Outcome.PUBLISHED]


def _started(message: str) -> str | None:
    line = json_object(message)
    if line.get("type") == "platform.start":
        return str(line["record"]["requestId"])
    text = _START.match(message)
    return text[1] if text else None


def _add(found: dict[str, Invocation], event: LogEvent) -> None:
    line = json_object(event.message)
    if line.get("type") == "platform.report":
        record = line["record"]
        if invocation := found.get(record["requestId"]):
            invocation.duration = timedelta(milliseconds=record["metrics"]["durationMs"])
    elif text := _REPORT.match(event.message):
        if invocation := found.get(text[1]):
            invocation.duration = timedelta(milliseconds=float(text[2]))
    elif (rotation := LoggedRotation.from_log_line(event.message, event.at)) and (
        invocation := found.get(rotation.request_id or "")
    ):
        invocation.rotation = rotation
