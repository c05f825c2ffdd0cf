"""What did the function log? One line of JSON for each rotation, read from CloudWatch Logs."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from token_rotator.contract import Outcome
from token_rotator_cli.aws import Aws, calling

RECENT: Final = timedelta(minutes=15)
"""With the usual interval, this holds a few rotations."""

LONGEST_INTERVAL: Final = timedelta(hours=13)
"""An interval may be 12 hours; looked through where RECENT holds no rotation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rotation, as its log line tells it."""

    at: datetime
    trigger: str
    outcome: str
    request_id: str
    error: str | None
    error_message: str | None
    retry_helps: bool
    secret_version: str | None
    previous_key_used: bool
    token_fingerprint: str | None
    warnings: tuple[str, ...]

    @classmethod
    def parse(cls, message: str, at: datetime) -> Self | None:
        """None for the lines that are no rotation."""
        try:
            line = json.loads(message)
        except ValueError:
            return None
        if not isinstance(line, dict) or "outcome" not in line:
            return None
        return cls(
            at=at,
            trigger=str(line.get("trigger")),
            outcome=str(line["outcome"]),
            request_id=str(line.get("function_request_id")),
            error=line.get("error"),
            error_message=line.get("error_message"),
            retry_helps=bool(line.get("retry_helps")),
            secret_version=line.get("secret_version"),
            previous_key_used=bool(line.get("previous_key_used")),
            token_fingerprint=line.get("token_fingerprint"),
            warnings=tuple(line.get("warnings") or ()),
        )

    @property
    def attempted(self) -> bool:
        """Whether it asked for a token, rather than find that the published one is fresh."""
        return self.outcome != Outcome.KEPT

    @property
    def says(self) -> str:
        """Why it did not publish, in its own words."""
        if self.error:
            return f"{self.error}: {self.error_message}"
        return " ".join(self.warnings) or self.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One function's log group. Every method raises CallerError."""

    aws: Aws
    log_group: str
    now: Callable[[], datetime]

    def attempts(self) -> list[Entry]:
        """The latest rotations that asked for a token, the newest last."""
        return self.recent() or self._attempts(LONGEST_INTERVAL)

    def recent(self) -> list[Entry]:
        """Those of the last minutes."""
        return self._attempts(RECENT)

    def _attempts(self, within: timedelta) -> list[Entry]:
        entries = filter(None, (Entry.parse(*event) for event in self._events(within)))
        return sorted((entry for entry in entries if entry.attempted), key=lambda one: one.at)

    def _events(self, within: timedelta) -> Iterator[tuple[str, datetime]]:
        with calling("logs:FilterLogEvents"):
            pages: Any = self.aws.logs.get_paginator("filter_log_events").paginate(
                logGroupName=self.log_group,
                startTime=int((self.now() - within).timestamp() * 1000),
                filterPattern='"outcome"',
            )
            for page in pages:
                for event in page["events"]:
                    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                    yield event["message"], at
