"""What did the function log? One line of JSON for each rotation, read from CloudWatch Logs."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

OVERLAP_MILLISECONDS: Final = 5_000
"""Lines of two streams need not arrive in the order of their timestamps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rotation, as its log line tells it."""

    at: datetime
    trigger: str
    outcome: str
    error: str | None
    error_message: str | None
    token_requests: int | None
    previous_key_used: bool
    secret_version: str | None
    parameter_version: int | None
    token_fingerprint: str | None

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
            trigger=str(line.get("trigger") or "?"),
            outcome=str(line["outcome"]),
            error=line.get("error"),
            error_message=line.get("error_message"),
            token_requests=line.get("token_requests"),
            previous_key_used=bool(line.get("previous_key_used")),
            secret_version=line.get("secret_version"),
            parameter_version=line.get("parameter_version"),
            token_fingerprint=line.get("token_fingerprint"),
        )


class Journal:
    """Reads one function's log group, from the beginning on."""

    def __init__(self, logs: Any, *, log_group: str) -> None:
        self._logs = logs
        self._log_group = log_group
        self._since = 0
        self._seen: set[tuple[str, str]] = set()

    def news(self) -> list[Entry]:
        """The entries that were not there before, in the order of what they published."""
        answer = self._logs.filter_log_events(
            logGroupName=self._log_group, startTime=self._since, filterPattern='"outcome"'
        )
        entries = []
        for event in answer["events"]:
            identity = (event["logStreamName"], event["message"])
            if identity in self._seen:
                continue
            self._seen.add(identity)
            self._since = max(self._since, event["timestamp"] - OVERLAP_MILLISECONDS)
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            if entry := Entry.parse(event["message"], at):
                entries.append(entry)
        return sorted(entries, key=lambda entry: (entry.at, entry.parameter_version or 0))

    def last_lines(self, count: int = 15) -> str:
        """The end of the log, whatever it holds; for the case that there is no entry."""
        answer = self._logs.filter_log_events(logGroupName=self._log_group)
        return "\n".join(event["message"] for event in answer["events"][-count:])
