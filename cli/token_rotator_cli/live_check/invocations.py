"""When did the function run, why, and with what outcome? Read from its log."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from token_rotator_cli.aws import Aws, calling

_START: Final = re.compile(r"START RequestId: (\S+)")
_REPORT: Final = re.compile(r"REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms")


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One run; what its lines do not tell is None."""

    started_at: datetime
    duration: timedelta | None = None
    trigger: str | None = None
    outcome: str | None = None
    parameter_version: int | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """As Lambda measured it."""
        return self.started_at + (self.duration or timedelta())

    @property
    def published(self) -> bool:
        """Whether it wrote the parameter."""
        return self.parameter_version is not None and self.expires_at is not None


def read(aws: Aws, log_group: str, *, since: datetime) -> list[Invocation]:
    """The oldest first. Raises CallerError."""
    with calling("logs:FilterLogEvents"):
        pages = aws.logs.get_paginator("filter_log_events").paginate(
            logGroupName=log_group, startTime=int(since.timestamp() * 1000)
        )
        return told(
            (event["timestamp"], event["message"]) for page in pages for event in page["events"]
        )


def told(events: Iterable[tuple[int, str]]) -> list[Invocation]:
    """What log lines tell of; each comes with CloudWatch's milliseconds since the epoch.

    Lambda writes its own lines as JSON where the function's log format is JSON, and a local AWS as
    text: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    """
    found: dict[str, Invocation] = {}
    lines = [(datetime.fromtimestamp(at / 1000, UTC), message) for at, message in events]
    for at, message in lines:
        if request_id := _started(message):
            found.setdefault(request_id, Invocation(started_at=at))
    for at, message in lines:
        _add(found, at, message)
    return sorted(found.values(), key=lambda one: one.started_at)


def _started(message: str) -> str | None:
    line = _json(message)
    if line.get("type") == "platform.start":
        return str(line["record"]["requestId"])
    text = _START.match(message)
    return text[1] if text else None


def _add(found: dict[str, Invocation], at: datetime, message: str) -> None:
    line = _json(message)
    if line.get("type") == "platform.report":
        record = line["record"]
        if run := found.get(record["requestId"]):
            run.duration = timedelta(milliseconds=record["metrics"]["durationMs"])
    elif text := _REPORT.match(message):
        if run := found.get(text[1]):
            run.duration = timedelta(milliseconds=float(text[2]))
    elif "outcome" in line and (run := found.get(str(line.get("function_request_id")))):
        run.ended_at = at
        run.trigger = line.get("trigger")
        run.outcome = line["outcome"]
        run.parameter_version = line.get("parameter_version")
        if expires_at := line.get("expires_at"):
            run.expires_at = datetime.fromisoformat(expires_at)


def by_trigger(invocations: Iterable[Invocation], *triggers: str) -> Iterator[Invocation]:
    """Those that were called so."""
    return (one for one in invocations if one.trigger in triggers)


def _json(message: str) -> dict[str, Any]:
    if not message.startswith("{"):
        return {}
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
