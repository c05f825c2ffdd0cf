"""Snapshots of the parameter, the rotations and a consumer, for the live view."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from local.followed_log import FollowedLog
from local.observation.consumer import Published, Use
from token_rotator.contract import Outcome
from token_rotator_cli.deployment.rotation_log import LoggedRotation

MAX_RECENT: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The content of the live view at a moment."""

    at: datetime
    published: Published | None = None
    published_by: LoggedRotation | None = None
    """The rotation that published the current token."""
    last_failure: LoggedRotation | None = None
    recent: tuple[LoggedRotation, ...] = ()
    """The latest rotations, the newest last."""
    outcomes: dict[str, int] = field(default_factory=dict)
    reads: int = 0
    reads_that_worked: int = 0
    worked: bool = False
    """Whether the latest read gave a token that worked."""


class Workload(Protocol):
    """A consumer of the token."""

    def use(self) -> Use: ...


class Observer:
    """Observes a deployed rotator from outside, as its consumers and operators do."""

    def __init__(self, *, consumer: Workload, log: FollowedLog) -> None:
        self._consumer = consumer
        self._log = log
        self._outcomes: Counter[str] = Counter()
        self._recent: deque[LoggedRotation] = deque(maxlen=MAX_RECENT)
        self._published_by: dict[str | None, LoggedRotation] = {}
        self._last_failure: LoggedRotation | None = None
        self._reads = 0
        self._reads_that_worked = 0

    def observe(self, now: datetime) -> Snapshot:
        """Reads the parameter, uses the token and reads the new log lines, each once."""
        use = self._consumer.use()
        self._count(use)
        for entry in self._log.new_rotations():
            self._note(entry)
        return Snapshot(
            at=now,
            published=use.published,
            published_by=self._publisher(use),
            last_failure=self._last_failure,
            recent=tuple(self._recent),
            outcomes=dict(self._outcomes),
            reads=self._reads,
            reads_that_worked=self._reads_that_worked,
            worked=use.worked,
        )

    def reason_for_no_token(self) -> str:
        """The newest failure, or the end of the function's log."""
        if self._last_failure is not None:
            return f"{self._last_failure.error}: {self._last_failure.error_message}"
        return f"The function's log ends with:\n{self._log.last_lines()}"

    def _count(self, use: Use) -> None:
        if use.published is None and not self._reads:
            return  # reads count from the first token on
        self._reads += 1
        self._reads_that_worked += use.worked

    def _publisher(self, use: Use) -> LoggedRotation | None:
        return self._published_by.get(use.published.token_fingerprint) if use.published else None

    def _note(self, entry: LoggedRotation) -> None:
        self._recent.append(entry)
        self._outcomes[entry.outcome] += 1
        if entry.outcome == Outcome.PUBLISHED:
            self._published_by[entry.token_fingerprint] = entry
        if entry.outcome == Outcome.FAILED:
            self._last_failure = entry
