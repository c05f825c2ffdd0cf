"""``token-rotator rotate``: invokes the function, like its schedule."""

from token_rotator.contract import Outcome
from token_rotator.errors import NoServiceAccountYet
from token_rotator_cli.console import moment
from token_rotator_cli.deployment.invocation import invoke
from token_rotator_cli.errors import RotationFailed
from token_rotator_cli.session import Session


def rotate(session: Session) -> int:
    """Runs the command. Raises NoServiceAccountYet, NotInvoked, RotationFailed, CallerError."""
    deployed = session.find_deployment()
    with session.console.progress("Rotating"):
        rotation = invoke(session.aws, session.clock, deployed)
    if rotation.outcome == Outcome.WAITING:
        raise NoServiceAccountYet(rotation.reason)
    if rotation.error:
        raise RotationFailed(rotation.reason)
    name, expires_at = deployed.settings.parameter_name, rotation.expires_at
    until = moment(expires_at) if expires_at else "an unknown time"
    session.console.text(
        f"{rotation.outcome}: version {rotation.parameter_version} of {name}, expires at {until}"
    )
    session.console.document(
        {
            "ok": True,
            "outcome": rotation.outcome,
            "parameter": name,
            "version": rotation.parameter_version,
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
    )
    return 0
