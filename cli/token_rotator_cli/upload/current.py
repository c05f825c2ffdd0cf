"""The current version of the secret, which an upload would replace."""

from dataclasses import dataclass

from token_rotator.credential.service_account import ServiceAccount, parse
from token_rotator.errors import CredentialError
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.secret import SecretVersion, read_secret
from token_rotator_cli.errors import CallerError
from token_rotator_cli.session import Session
from token_rotator_cli.upload.key_use import key_works


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """The current version of the secret."""

    version: SecretVersion
    account: ServiceAccount | None
    """None: the function cannot use it."""
    works: bool
    """Assumed if unknown and a valid token is published."""

    @property
    def described(self) -> str:
        """A description without key material."""
        stored = f"(version {self.version.version_id}, stored {self.version.created_at:%Y-%m-%d})"
        if self.account is None:
            return f"content that the function cannot use {stored}"
        works = "works" if self.works else "does not work"
        return (
            f"the key of service account {self.account.service_account_id} {stored}, which {works}"
        )

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "version": self.version.version_id,
            "service_account": self.account.service_account_id if self.account else None,
            "works": self.works,
        }


def read_current(session: Session, deployed: Deployed) -> Current | None:
    """Reads the current version. None: there is none, or no read permission. Raises WrongRegion."""
    try:
        version = read_secret(session.aws, deployed.settings)
    except (CallerError, CredentialError):
        return None
    try:
        account = parse(version.value, algorithm=deployed.settings.algorithm)
    except CredentialError:
        return Current(version=version, account=None, works=False)
    return Current(version=version, account=account, works=key_works(session, deployed, version))
