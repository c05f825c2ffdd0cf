"""What is published, and who rotated it last?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from token_rotator.contract import Outcome
from token_rotator.errors import PublicationError
from token_rotator.report import fingerprint
from token_rotator_cli import published
from token_rotator_cli.aws import Aws
from token_rotator_cli.console import Console, moment
from token_rotator_cli.deployment import Deployed
from token_rotator_cli.errors import CallerError
from token_rotator_cli.published import Published
from token_rotator_cli.rotation_log import Entry, Journal

_WIDTHS: Final = (10,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One look at a rotator."""

    at: datetime
    parameter_name: str
    published: Published | None
    nothing_because: str | None
    """Why there is no token in the parameter."""
    attempts: tuple[Entry, ...]
    log_unreadable_because: str | None

    @property
    def alive(self) -> bool:
        """Whether consumers find a token that works."""
        return self.published is not None and self.published.record.expires_at > self.at

    @property
    def rotated_by(self) -> Entry | None:
        """The rotation that published what is there."""
        if self.published is None:
            return None
        there = fingerprint(self.published.record)
        matching = [entry for entry in self.attempts if entry.token_fingerprint == there]
        return matching[-1] if matching else None

    @property
    def last_error(self) -> Entry | None:
        """What stopped the last rotation, if it failed."""
        last = self.attempts[-1] if self.attempts else None
        return last if last and last.outcome in (Outcome.FAILED, Outcome.WAITING) else None


def look(aws: Aws, deployed: Deployed, journal: Journal) -> Status:
    """Raises CallerError where the parameter may not be read; the log is optional."""
    there, nothing_because = None, None
    try:
        there = published.read(aws, deployed.settings)
    except PublicationError as error:
        nothing_because = str(error)
    attempts: list[Entry] = []
    log_unreadable_because = None
    try:
        attempts = journal.attempts()
    except CallerError as error:
        log_unreadable_because = str(error)
    return Status(
        at=journal.now(),
        parameter_name=deployed.settings.parameter_name,
        published=there,
        nothing_because=nothing_because,
        attempts=tuple(attempts),
        log_unreadable_because=log_unreadable_because,
    )


def show(status: Status, console: Console) -> None:
    """For a person."""
    rows = [("parameter", status.parameter_name)]
    if status.published is None:
        rows.append(("published", status.nothing_because or "nothing"))
    else:
        record = status.published.record
        left = int(record.life_left(status.at).total_seconds())
        rows += [
            ("version", str(status.published.version)),
            ("token", f"{fingerprint(record)} (fingerprint)"),
            ("age", f"{int((status.at - record.issued_at).total_seconds())} s"),
            ("life left", f"{left} s" if left > 0 else f"none: it expired {-left} s ago"),
            ("expires at", moment(record.expires_at)),
        ]
    if status.log_unreadable_because:
        rows.append(("rotated by", f"unknown: {status.log_unreadable_because}"))
    else:
        rows.append(("rotated by", _rotation(status.rotated_by)))
        rows.append(("last error", _failure(status.last_error)))
    for row in rows:
        console.row(*row, widths=_WIDTHS)


def as_json(status: Status) -> dict[str, object]:
    """For programs; null is "unknown" or "none"."""
    record = status.published.record if status.published else None
    by, error = status.rotated_by, status.last_error
    return {
        "alive": status.alive,
        "parameter": status.parameter_name,
        "version": status.published.version if status.published else None,
        "token_fingerprint": fingerprint(record) if record else None,
        "issued_at": record.issued_at.isoformat() if record else None,
        "expires_at": record.expires_at.isoformat() if record else None,
        "life_left_seconds": int(record.life_left(status.at).total_seconds()) if record else None,
        "rotated_by": by.trigger if by else None,
        "previous_key_used": by.previous_key_used if by else None,
        "last_error": error.error if error else None,
        "last_error_message": error.says if error else None,
    }


def _rotation(entry: Entry | None) -> str:
    if entry is None:
        return "unknown: no log line of the last hours tells of it"
    key = ", with the previous key: `check` says what is wrong with the current one"
    return f"{entry.trigger}, {moment(entry.at)}{key if entry.previous_key_used else ''}"


def _failure(entry: Entry | None) -> str:
    return f"{entry.says} ({entry.trigger}, {moment(entry.at)})" if entry else "none"
