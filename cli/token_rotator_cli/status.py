"""``token-rotator status``: shows the published token and its rotation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import Outcome
from token_rotator.errors import PublicationError
from token_rotator_cli.console import Console, moment
from token_rotator_cli.deployment.parameter import PublishedVersion, read_version
from token_rotator_cli.deployment.rotation_log import LoggedRotation
from token_rotator_cli.errors import CallerError
from token_rotator_cli.session import Session

_WIDTHS: Final = (10,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A rotator's status at one time."""

    at: datetime
    rotator: str
    parameter_name: str
    published: PublishedVersion | None
    missing_reason: str | None
    """Why the parameter has no token."""
    attempts: tuple[LoggedRotation, ...]
    log_error: str | None
    max_lifetime: timedelta

    @property
    def has_valid_token(self) -> bool:
        """Whether consumers find a valid token."""
        return self.expires_at is not None and self.expires_at > self.at

    @property
    def expires_at(self) -> datetime | None:
        """The token's expiry, or the latest possible one if the rotation is unknown."""
        if self.published is None or self.published.foreign:
            return None
        return self.published.expires_at(self.max_lifetime)

    @property
    def life_left_seconds(self) -> int | None:
        """Remaining lifetime. Negative: expired."""
        return int((self.expires_at - self.at).total_seconds()) if self.expires_at else None

    @property
    def rotated_by(self) -> LoggedRotation | None:
        """The rotation that published the token."""
        return self.published.rotation if self.published else None

    @property
    def last_error(self) -> LoggedRotation | None:
        """The last rotation, if it failed."""
        last = self.attempts[-1] if self.attempts else None
        return last if last and last.outcome in (Outcome.FAILED, Outcome.WAITING) else None


def status(session: Session) -> int:
    """Runs the command. The exit code is 0 if there is a valid token. Raises CallerError."""
    found = _read(session)
    _show(found, session.console)
    session.console.document(_as_json(found))
    return 0 if found.has_valid_token else 1


def _read(session: Session) -> Status:
    deployed = session.find_deployment()
    with session.console.progress("Calling AWS"):
        attempts: list[LoggedRotation] = []
        log_error = None
        try:
            attempts = session.rotation_log(deployed).attempts()
        except CallerError as error:
            log_error = str(error)
        published, missing_reason = None, None
        try:
            version = read_version(session.aws, deployed.settings.parameter_name)
            published = version.with_rotation(attempts, now=session.clock.now())
        except PublicationError as error:
            missing_reason = str(error)
    return Status(
        at=session.clock.now(),
        rotator=deployed.settings.rotator,
        parameter_name=deployed.settings.parameter_name,
        published=published,
        missing_reason=missing_reason,
        attempts=tuple(attempts),
        log_error=log_error,
        max_lifetime=deployed.settings.token_lifetime,
    )


def _show(status: Status, console: Console) -> None:
    rows = [("rotator", status.rotator), ("parameter", status.parameter_name)]
    left = status.life_left_seconds
    published = status.published
    if published is None or status.expires_at is None or left is None:
        foreign = f"version {published.version}, which no rotation published" if published else None
        rows.append(("published", status.missing_reason or foreign or "nothing"))
    else:
        rotation = published.rotation
        at_most = "" if rotation else "at most "
        rows += [
            ("version", str(published.version)),
            ("token", f"{rotation.token_fingerprint} (fingerprint)" if rotation else "unknown"),
            ("age", f"{int((status.at - published.written_at).total_seconds())} s"),
            ("life left", f"{at_most}{left} s" if left > 0 else f"none: it expired {-left} s ago"),
            ("expires at", moment(status.expires_at)),
        ]
    if status.log_error:
        rows.append(("rotated by", f"unknown: {status.log_error}"))
    else:
        rows.append(("rotated by", _rotation(status.rotated_by)))
        rows.append(("last error", _failure(status.last_error)))
    for row in rows:
        console.row(*row, widths=_WIDTHS)


def _as_json(status: Status) -> dict[str, object]:
    """The status as JSON. null: unknown or none."""
    published = status.published
    rotation, error = status.rotated_by, status.last_error
    return {
        "ok": status.has_valid_token,
        "parameter": status.parameter_name,
        "version": published.version if published else None,
        "token_fingerprint": rotation.token_fingerprint if rotation else None,
        "written_at": published.written_at.isoformat() if published else None,
        "expires_at": status.expires_at.isoformat() if status.expires_at else None,
        "life_left_seconds": status.life_left_seconds,
        "rotated_by": rotation.trigger if rotation else None,
        "previous_key_used": rotation.previous_key_used if rotation else None,
        "last_error": error.error if error else None,
        "last_error_message": error.reason if error else None,
    }


def _rotation(rotation: LoggedRotation | None) -> str:
    if rotation is None:
        return "unknown: the recent log does not contain its rotation"
    key = ", with the previous key: `token-rotator check` shows the problem of the current one"
    return f"{rotation.trigger}, {moment(rotation.at)}{key if rotation.previous_key_used else ''}"


def _failure(last: LoggedRotation | None) -> str:
    return f"{last.reason} ({last.trigger}, {moment(last.at)})" if last else "none"
