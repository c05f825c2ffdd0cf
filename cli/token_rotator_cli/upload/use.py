"""Whether the function has used a version of the secret, from its log or the parameter."""

from dataclasses import dataclass
from typing import Final

from token_rotator.contract import Outcome
from token_rotator.errors import PublicationError
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.parameter import read_published
from token_rotator_cli.deployment.rotation_log import LoggedRotation
from token_rotator_cli.deployment.secret import SecretVersion
from token_rotator_cli.errors import CallerError, NotPublished
from token_rotator_cli.session import Session

_TRY: Final = "Run `token-rotator rotate` to try it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The function can use the version, as far as known."""

    because: str
    """A sentence."""
    proven: bool = True
    """False: the caller cannot see which key obtained the published token."""


def used_by(rotation: LoggedRotation) -> Use | None:
    """The use in a rotation, or None if it obtained no token with the current version."""
    if rotation.previous_key_used:
        return None
    if rotation.outcome == Outcome.PUBLISHED:
        return Use(because=f"Published by a rotation ({rotation.trigger}) that used it.")
    if rotation.outcome == Outcome.SUPERSEDED:
        return Use(
            because=f"A rotation ({rotation.trigger}) obtained a token with it. The published one "
            "expires later and is kept until then."
        )
    return None


def refusal(rotation: LoggedRotation) -> str:
    """Why a rotation obtained no token with the current version."""
    if rotation.previous_key_used:
        return f"Consumers still get tokens, with the previous key. {' '.join(rotation.warnings)}"
    return rotation.reason


def use_of(session: Session, deployed: Deployed, version: SecretVersion) -> Use:
    """The use in the last rotation with the current version.

    Raises NotPublished if it obtained no token with it.
    """
    rotations = _rotations(session, deployed, version)
    if not rotations:
        return _by_parameter(session, deployed, unreadable=rotations is None)
    last = rotations[-1]
    if (use := used_by(last)) is None:
        raise NotPublished(f"The function cannot use it. {refusal(last)}")
    return use


def works(session: Session, deployed: Deployed, version: SecretVersion) -> bool:
    """Whether the current version works. True if unknown."""
    rotations = _rotations(session, deployed, version) or ()
    told = [one for one in rotations if used_by(one) or not one.retry_helps]
    if told:
        return used_by(told[-1]) is not None
    try:
        _by_parameter(session, deployed, unreadable=True)
    except NotPublished:
        return False
    return True


def _rotations(
    session: Session, deployed: Deployed, version: SecretVersion
) -> list[LoggedRotation] | None:
    """Rotations since the version was stored. None: the log cannot be read."""
    try:
        attempts = session.rotation_log(deployed).attempts()
    except CallerError:
        return None
    return [one for one in attempts if _tried(one, version)]


def _tried(rotation: LoggedRotation, version: SecretVersion) -> bool:
    """Whether it tried this version, even if it then used the previous one."""
    is_other = rotation.secret_version not in (None, version.version_id)
    return rotation.at >= version.created_at and not (is_other and not rotation.warnings)


def _by_parameter(session: Session, deployed: Deployed, *, unreadable: bool) -> Use:
    unknown = (
        "Your credentials cannot read the function's log, which shows the key"
        if unreadable
        else "No rotation has tried this key yet"
    )
    try:
        expires_at = read_published(session.aws, deployed.settings).record.expires_at
    except (PublicationError, CallerError) as error:
        raise NotPublished(f"{unknown}. {error}") from None
    if expires_at <= session.clock.now():
        raise NotPublished(f"The published token has expired. {unknown}. {_TRY}")
    return Use(because=f"A token is published. {unknown}. {_TRY}", proven=False)
