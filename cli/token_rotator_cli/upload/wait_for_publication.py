"""Waits until a token for a stored key is published."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from token_rotator.errors import PublicationError
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.parameter import Published, read_published
from token_rotator_cli.deployment.rotation_log import LoggedRotation, RotationLog
from token_rotator_cli.errors import CallerError, NotPublished
from token_rotator_cli.session import Session
from token_rotator_cli.upload.key_use import KeyUse, failure_reason, key_use_in

LONGEST_WAIT: Final = timedelta(seconds=120)
POLL_INTERVAL: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Detects the publication of a token for a key that the command stores."""

    session: Session
    deployed: Deployed
    log: RotationLog
    can_read_log: bool
    earlier: Published | None
    """What the parameter contained. Its version alone does not show a new token: a parameter that
    was deleted starts again with version 1."""

    @classmethod
    def start(cls, session: Session, deployed: Deployed) -> "Watcher":
        """Creates the watcher. Call it before the key is stored."""
        log = session.rotation_log(deployed)
        try:
            log.recent_attempts()
            can_read_log = True
        except CallerError:
            can_read_log = False
        earlier = _published(session.aws, deployed)
        return cls(
            session=session, deployed=deployed, log=log, can_read_log=can_read_log, earlier=earlier
        )

    def wait_for_publication(self, version_id: str) -> KeyUse:
        """Waits for a token for a version of the secret. Raises NotPublished, CallerError.

        If the log cannot be read, any new token in the parameter counts.
        """
        clock = self.session.clock
        with self.session.console.progress("Waiting for the function to publish a token for it"):
            published = clock.wait_for(
                lambda: self._from_log(version_id) if self.can_read_log else self._from_parameter(),
                until=clock.now() + LONGEST_WAIT,
                every=POLL_INTERVAL,
            )
        if published is None:
            raise NotPublished(
                f"No token was published for it within {LONGEST_WAIT.seconds} s. "
                f"{self._timeout_reason(version_id)}"
            )
        return published

    def _from_log(self, version_id: str) -> KeyUse | None:
        for rotation in self._rotations(version_id):
            if use := key_use_in(rotation):
                return use
            if not rotation.retry_helps:
                raise NotPublished(f"The new key does not work. {failure_reason(rotation)}")
        return None

    def _timeout_reason(self, version_id: str) -> str:
        rotations = self._rotations(version_id) if self.can_read_log else []
        if rotations:
            return rotations[-1].reason
        return (
            "No rotation has used it yet: run `token-rotator rotate`, or `token-rotator check` to "
            "find the problem."
        )

    def _rotations(self, version_id: str) -> list[LoggedRotation]:
        """Rotations that tried the version, even if they then used the previous one."""
        attempts = self.log.recent_attempts()
        return [one for one in attempts if one.current_secret_version == version_id]

    def _from_parameter(self) -> KeyUse | None:
        published = _published(self.session.aws, self.deployed)
        if published is None or published == self.earlier:
            return None
        return KeyUse(
            message=f"Version {published.version} of the parameter was published since. "
            "Your credentials cannot read the function's log, which shows the key.",
            is_certain=False,
        )


def _published(aws: Aws, deployed: Deployed) -> Published | None:
    try:
        return read_published(aws, deployed.settings)
    except (PublicationError, CallerError):
        return None
