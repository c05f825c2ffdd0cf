"""Reports of rotations, from the function's log or its response."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, Self

from token_rotator.contract import Outcome, ReportField, StepField, StepResult
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.clock import utc_now

RECENT: Final = timedelta(minutes=15)
"""Contains a few rotations at the default interval."""

LONGEST_INTERVAL: Final = timedelta(hours=13)
"""Searched if RECENT contains no rotation. An interval may be 12 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedStep:
    """One step of a rotation."""

    failed: bool
    duration_ms: int | None
    error: str | None
    """The class of the last failure, even if a later attempt succeeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRotation:
    """The report of one rotation."""

    at: datetime
    trigger: str
    outcome: str
    request_id: str | None = None
    life_left_before_seconds: float | None = None
    token_requests: int | None = None
    secret_version: str | None = None
    failed_secret_version: str | None = None
    key: str | None = None
    key_age_days: int | None = None
    key_days_left: int | None = None
    token_endpoint: str | None = None
    clock_skew_seconds: float | None = None
    previous_key_used: bool = False
    parameter_version: int | None = None
    token_lifetime_seconds: float | None = None
    expires_at: datetime | None = None
    token_fingerprint: str | None = None
    warnings: tuple[str, ...] = ()
    steps: Mapping[str, LoggedStep] = field(default_factory=dict)
    """The steps that were reached, by RotationStep."""
    error: str | None = None
    error_message: str | None = None
    retry_helps: bool = False

    @classmethod
    def from_log_line(cls, message: str, at: datetime) -> Self | None:
        """Parses a log line. None: it is not a rotation's."""
        return cls.from_report(json_object(message), at)

    @classmethod
    def from_report(cls, line: Mapping[str, Any], at: datetime) -> Self | None:
        """Parses a report. None: it is not a rotation's."""
        if ReportField.OUTCOME not in line:
            return None
        expires_at = line.get(ReportField.EXPIRES_AT)
        return cls(
            at=at,
            trigger=str(line.get(ReportField.TRIGGER, "")),
            outcome=str(line[ReportField.OUTCOME]),
            request_id=line.get(ReportField.REQUEST_ID),
            life_left_before_seconds=line.get(ReportField.LIFE_LEFT_BEFORE_SECONDS),
            token_requests=line.get(ReportField.TOKEN_REQUESTS),
            secret_version=line.get(ReportField.SECRET_VERSION),
            failed_secret_version=line.get(ReportField.FAILED_SECRET_VERSION),
            key=line.get(ReportField.KEY),
            key_age_days=line.get(ReportField.KEY_AGE_DAYS),
            key_days_left=line.get(ReportField.KEY_DAYS_LEFT),
            token_endpoint=line.get(ReportField.TOKEN_ENDPOINT),
            clock_skew_seconds=line.get(ReportField.CLOCK_SKEW_SECONDS),
            previous_key_used=bool(line.get(ReportField.PREVIOUS_KEY_USED)),
            parameter_version=line.get(ReportField.PARAMETER_VERSION),
            token_lifetime_seconds=line.get(ReportField.TOKEN_LIFETIME_SECONDS),
            expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
            token_fingerprint=line.get(ReportField.TOKEN_FINGERPRINT),
            warnings=tuple(line.get(ReportField.WARNINGS) or ()),
            steps={name: _step(one) for name, one in line.get(ReportField.STEPS, {}).items()},
            error=line.get(ReportField.ERROR),
            error_message=line.get(ReportField.ERROR_MESSAGE),
            retry_helps=bool(line.get(ReportField.RETRY_HELPS)),
        )

    @property
    def current_secret_version(self) -> str | None:
        """The version of the secret that was current. None: it was not read."""
        return self.failed_secret_version or self.secret_version

    @property
    def attempted(self) -> bool:
        """Whether it requested a token. False: the published one was kept."""
        return self.outcome not in (Outcome.KEPT, Outcome.NOTED)

    @property
    def reason(self) -> str:
        """Why no token was published: its error or its warnings."""
        if self.error:
            return f"{self.error}: {self.error_message}"
        return " ".join(self.warnings) or self.outcome


def _step(report: Mapping[str, Any]) -> LoggedStep:
    return LoggedStep(
        failed=report.get(StepField.RESULT) == StepResult.FAILED,
        duration_ms=report.get(StepField.DURATION_MS),
        error=report.get(StepField.ERROR),
    )


class LogEvent(NamedTuple):
    """One line of the log."""

    at: datetime
    message: str
    stream: str


class RotationLog:
    """One function's log group. Every method raises CallerError."""

    def __init__(self, logs: Any, *, log_group: str, now: Callable[[], datetime] = utc_now) -> None:
        """``logs``: boto3's client."""
        self._logs = logs
        self._log_group = log_group
        self._now = now

    def events(self, since: datetime, *, containing: str | None = None) -> Iterator[LogEvent]:
        """All lines, including Lambda's own, or those with a term."""
        query = {"logGroupName": self._log_group, "startTime": int(since.timestamp() * 1000)}
        if containing is not None:
            query["filterPattern"] = f'"{containing}"'
        with calling("logs:FilterLogEvents"):
            for page in self._logs.get_paginator("filter_log_events").paginate(**query):
                for event in page["events"]:
                    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                    yield LogEvent(at, event["message"], event.get("logStreamName", ""))

    def of_request(self, request_id: str) -> LoggedRotation | None:
        """The rotation of a recent invocation, if its line is readable already."""
        events = self.events(self._now() - RECENT, containing=request_id)
        return next(rotations(events), None)

    def attempts(self) -> list[LoggedRotation]:
        """The latest rotations that requested a token, newest last."""
        return self.recent_attempts() or self.recent_attempts(LONGEST_INTERVAL)

    def since(self, moment: datetime) -> list[LoggedRotation]:
        """All rotations since a time, including those that kept the token."""
        return [*rotations(self.events(moment, containing=ReportField.OUTCOME))]

    def recent_attempts(self, within: timedelta = RECENT) -> list[LoggedRotation]:
        """The attempts of the last minutes, newest last."""
        events = self.events(self._now() - within, containing=ReportField.OUTCOME)
        return sorted((one for one in rotations(events) if one.attempted), key=lambda one: one.at)


def rotations(events: Iterable[LogEvent]) -> Iterator[LoggedRotation]:
    """The rotations among these lines."""
    return filter(None, (LoggedRotation.from_log_line(one.message, one.at) for one in events))


def json_object(message: str) -> dict[str, Any]:
    """A log line's fields; empty if it is not a JSON object."""
    if not message.startswith("{"):
        return {}
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
