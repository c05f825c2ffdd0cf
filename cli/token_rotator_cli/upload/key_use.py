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

_TRY_IT: Final = "Run `token-rotator rotate` to try it."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """The function can use the version, as far as known."""

    message: str
    """A sentence."""
    is_certain: bool = True
    """False: the caller cannot see which key obtained the published token."""


def key_use_in(rotation: LoggedRotation) -> KeyUse | None:
    """The use in a rotation, or None if it obtained no token with the current version."""
    if rotation.previous_key_used:
        return None
    if rotation.outcome == Outcome.PUBLISHED:
        return KeyUse(message=f"Published by a rotation ({rotation.trigger}) that used it.")
    if rotation.outcome == Outcome.SUPERSEDED:
        return KeyUse(
            message=f"A rotation ({rotation.trigger}) obtained a token with it. The published one "
            "expires later and is kept until then."
        )
    return None


def failure_reason(rotation: LoggedRotation) -> str:
    """Why a rotation obtained no token with the current version."""
    if rotation.previous_key_used:
        return f"Consumers still get tokens, with the previous key. {' '.join(rotation.warnings)}"
    return rotation.reason


def last_key_use(session: Session, deployed: Deployed, version: SecretVersion) -> KeyUse:
    """The use in the last rotation with the current version.

    Raises NotPublished if it obtained no token with it.
    """
    rotations = _rotations(session, deployed, version)
    if not rotations:
        return _use_from_parameter(session, deployed, unreadable=rotations is None)
    last = rotations[-1]
    if (use := key_use_in(last)) is None:
        raise NotPublished(f"The function cannot use it. {failure_reason(last)}")
    return use


def key_works(session: Session, deployed: Deployed, version: SecretVersion) -> bool:
    """Whether the current version works. True if unknown."""
    rotations = _rotations(session, deployed, version) or ()
    decisive = [one for one in rotations if key_use_in(one) or not one.retry_helps]
    if decisive:
        return key_use_in(decisive[-1]) is not None
    try:
        _use_from_parameter(session, deployed, unreadable=True)
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
    return [one for one in attempts if _used_version(one, version)]


def _used_version(rotation: LoggedRotation, version: SecretVersion) -> bool:
    """Whether it tried this version, even if it then used the previous one."""
    return rotation.current_secret_version in (None, version.version_id) and (
        rotation.at >= version.created_at
    )


def _use_from_parameter(session: Session, deployed: Deployed, *, unreadable: bool) -> KeyUse:
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
        raise NotPublished(f"The published token has expired. {unknown}. {_TRY_IT}")
    return KeyUse(message=f"A token is published. {unknown}. {_TRY_IT}", is_certain=False)
