"""Reads the credential from Secrets Manager on every rotation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from token_rotator.aws.service import AwsRefused, AwsService, AwsUnavailable
from token_rotator.contract import RESTORE, Algorithm, RotationStep
from token_rotator.credential.service_account import ServiceAccount, parse
from token_rotator.errors import CredentialError, SecretNotFound, SecretStoreUnavailable
from token_rotator.steps import Steps

CURRENT: Final = "AWSCURRENT"
PREVIOUS: Final = "AWSPREVIOUS"

_FIXES: Final = {
    "AccessDeniedException": (
        f"The function's role may not read it: {RESTORE}. For an existing secret with "
        "a customer managed key, set secret.key_arn and check the secret's own policy."
    ),
    "DecryptionFailure": (
        "Its KMS key cannot be used: enable the key, or set secret.key_arn and deploy."
    ),
    "InvalidRequestException": (
        "It may be scheduled for deletion: aws secretsmanager restore-secret --secret-id {secret}"
    ),
    "ResourceNotFoundException": (
        "It does not exist or has no value: store the file downloaded from Intelligence with "
        "aws secretsmanager put-secret-value --secret-id {secret} --secret-string file://..."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A service account, and the version of the secret that contains it."""

    service_account: ServiceAccount
    version_id: str
    created_at: datetime | None = None
    """The time the version was stored, at or after the key's creation. None: unknown."""

    def age_days(self, *, now: datetime) -> int | None:
        """Whole days since the version was stored. None: unknown."""
        return None if self.created_at is None else (now - self.created_at).days

    def days_left(self, *, lifetime: timedelta | None, now: datetime) -> int | None:
        """Whole days until a key with this lifetime expires. Negative: expired. None: unknown."""
        if lifetime is None or self.created_at is None:
            return None
        return (self.created_at + lifetime - now).days

    def same_account_and_key(self, other: "Credential") -> bool:
        """Whether both are the same to an identity provider."""
        return self.service_account.same_as(other.service_account)


class SecretStore:
    """Reads the credential, and caches it in case Secrets Manager becomes unavailable."""

    def __init__(self, aws: AwsService, *, secret_id: str, algorithm: Algorithm) -> None:
        self._aws = aws
        self._secret_id = secret_id
        self._algorithm = algorithm
        self._cached: dict[str, Credential] = {}

    def current(self, steps: Steps) -> Credential:
        """The current credential. Raises CredentialError, SecretStoreUnavailable."""
        return self._read(CURRENT, steps)

    def previous(self, steps: Steps) -> Credential | None:
        """The credential of the secret's previous version. None if there is none.

        Raises CredentialError, SecretStoreUnavailable.
        """
        try:
            return self._read(PREVIOUS, steps)
        except SecretNotFound:
            return None

    def _read(self, stage: str, steps: Steps) -> Credential:
        cached = self._cached.get(stage)
        try:
            with steps.timed(RotationStep.SECRET):
                response = self._get_secret_value(stage)
        except SecretStoreUnavailable:
            if cached is None:
                raise
            return cached
        version = response["VersionId"]
        if stage == CURRENT:
            # not cached: removing its label must stop its use
            self._cached.pop(PREVIOUS, None)
            steps.current_secret_version = version
        with steps.timed(RotationStep.KEY):
            if cached is None or cached.version_id != version:
                value = response.get("SecretString", response.get("SecretBinary", ""))
                cached = self._parse(value, version, response.get("CreatedDate"))
        self._cached[stage] = cached
        return cached

    def _get_secret_value(self, stage: str) -> Mapping[str, Any]:
        try:
            return self._aws.call(
                "GetSecretValue",
                {"SecretId": self._secret_id, "VersionStage": stage},
                required_member="VersionId",
            )
        except AwsUnavailable as exc:
            raise SecretStoreUnavailable(
                f"Secrets Manager is unavailable ({exc.code}), and no credential is cached."
            ) from exc
        except AwsRefused as exc:
            raise _refusal(exc, self._secret_id) from exc

    def _parse(self, value: str | bytes, version: str, created_at: datetime | None) -> Credential:
        try:
            account = parse(value, algorithm=self._algorithm)
        except CredentialError as exc:
            raise type(exc)(f"Version {version} of the secret cannot be used. {exc}") from None
        return Credential(service_account=account, version_id=version, created_at=created_at)


def _refusal(exc: AwsRefused, secret: str) -> CredentialError:
    kind = SecretNotFound if exc.code == "ResourceNotFoundException" else CredentialError
    fix = _FIXES.get(exc.code, "Look up the code in the Secrets Manager API reference.")
    return kind(f"The secret could not be read ({exc.code}). {fix.format(secret=secret)}")
