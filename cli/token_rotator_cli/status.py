"""``token-rotator status``: the published token, and the rotation that published it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from token_rotator.contract import Outcome
from token_rotator.errors import PublicationError
from token_rotator.report import fingerprint
from token_rotator_cli.console import Console, moment
from token_rotator_cli.deployment.parameter import Published, read_published
from token_rotator_cli.deployment.rotation_log import LoggedRotation
from token_rotator_cli.errors import CallerError
from token_rotator_cli.session import Session

_WIDTHS: Final = (10,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A rotator at one moment."""

    at: datetime
    rotator: str
    parameter_name: str
    published: Published | None
    nothing_because: str | None
    """Why there is no token in the parameter."""
    attempts: tuple[LoggedRotation, ...]
    log_unreadable_because: str | None

    @property
    def alive(self) -> bool:
        """Whether consumers find a token that has not expired."""
        return self.expires_at is not None and self.expires_at > self.at

    @property
    def expires_at(self) -> datetime | None:
        """When the token expires, by the log or else by the parameter: a bare token has no time."""
        if self.rotated_by is not None and self.rotated_by.expires_at is not None:
            return self.rotated_by.expires_at
        return self.published.record.expires_at if self.published else None

    @property
    def life_left_seconds(self) -> int | None:
        """Negative once the token has expired."""
        return int((self.expires_at - self.at).total_seconds()) if self.expires_at else None

    @property
    def rotated_by(self) -> LoggedRotation | None:
        """The rotation that published the token."""
        if self.published is None:
            return None
        there = fingerprint(self.published.record)
        matching = [one for one in self.attempts if one.token_fingerprint == there]
        return matching[-1] if matching else None

    @property
    def last_error(self) -> LoggedRotation | None:
        """The last rotation, if it failed."""
        last = self.attempts[-1] if self.attempts else None
        return last if last and last.outcome in (Outcome.FAILED, Outcome.WAITING) else None


def status(session: Session) -> int:
    """The exit code is 0 if consumers find a token that has not expired. Raises CallerError."""
    found = _read(session)
    _show(found, session.console)
    session.console.document(_as_json(found))
    return 0 if found.alive else 1


def _read(session: Session) -> Status:
    deployed = session.find_deployment()
    with session.console.progress("Asking AWS"):
        published, nothing_because = None, None
        try:
            published = read_published(session.aws, deployed.settings)
        except PublicationError as error:
            nothing_because = str(error)
        attempts: list[LoggedRotation] = []
        log_unreadable_because = None
        try:
            attempts = session.rotation_log(deployed).attempts()
        except CallerError as error:
            log_unreadable_because = str(error)
    return Status(
        at=session.clock.now(),
        rotator=deployed.settings.rotator,
        parameter_name=deployed.settings.parameter_name,
        published=published,
        nothing_because=nothing_because,
        attempts=tuple(attempts),
        log_unreadable_because=log_unreadable_because,
    )


def _show(status: Status, console: Console) -> None:
    rows = [("rotator", status.rotator), ("parameter", status.parameter_name)]
    left = status.life_left_seconds
    if status.published is None or status.expires_at is None or left is None:
        rows.append(("published", status.nothing_because or "nothing"))
    else:
        record = status.published.record
        rows += [
            ("version", str(status.published.version)),
            ("token", f"{fingerprint(record)} (fingerprint)"),
            ("age", f"{int((status.at - record.issued_at).total_seconds())} s"),
            ("life left", f"{left} s" if left > 0 else f"none: it expired {-left} s ago"),
            ("expires at", moment(status.expires_at)),
        ]
    if status.log_unreadable_because:
        rows.append(("rotated by", f"unknown: {status.log_unreadable_because}"))
    else:
        rows.append(("rotated by", _rotation(status.rotated_by)))
        rows.append(("last error", _failure(status.last_error)))
    for row in rows:
        console.row(*row, widths=_WIDTHS)


def _as_json(status: Status) -> dict[str, object]:
    """null is "unknown" or "none"."""
    record = status.published.record if status.published else None
    by, error = status.rotated_by, status.last_error
    return {
        "ok": status.alive,
        "parameter": status.parameter_name,
        "version": status.published.version if status.published else None,
        "token_fingerprint": fingerprint(record) if record else None,
        "issued_at": record.issued_at.isoformat() if record else None,
        "expires_at": status.expires_at.isoformat() if status.expires_at else None,
        "life_left_seconds": status.life_left_seconds,
        "rotated_by": by.trigger if by else None,
        "previous_key_used": by.previous_key_used if by else None,
        "last_error": error.error if error else None,
        "last_error_message": error.reason if error else None,
    }


def _rotation(by: LoggedRotation | None) -> str:
    if by is None:
        return "unknown: the log of the last hours has no such rotation"
    key = ", with the previous key: `token-rotator check` shows what is wrong with the current one"
    return f"{by.trigger}, {moment(by.at)}{key if by.previous_key_used else ''}"


def _failure(last: LoggedRotation | None) -> str:
    return f"{last.reason} ({last.trigger}, {moment(last.at)})" if last else "none"
