"""A Secrets Manager in memory with one secret, its versions and their stages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fakes.aws_service import FakeService, refusal

LONGEST_BYTES = 65_536
"""AWS Secrets Manager User Guide, "Quotas": a secret value."""

NAME = "tokens/marketing"
ARN = f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{NAME}-AbCdEf"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its id, its text or bytes, and when it was stored."""

    id: str
    value: str | bytes
    created: datetime


class FakeSecretsManager(FakeService):
    """The part of the Secrets Manager client that the project uses.

    A value that is put becomes AWSCURRENT, and the one before AWSPREVIOUS. A stage without a
    version is ResourceNotFoundException, as is another secret, and one without any version.
    """

    def __init__(self, *values: str | bytes, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._versions: list[Version] = []
        self._deleted: datetime | None = None
        self.key: str | None = None
        """The customer managed key: ARN, id or alias."""
        for value in values:
            self.put(value)

    def put(self, value: str | bytes) -> None:
        """Stores a value. Versions are called v1, v2 and so on."""
        self._versions.append(Version(f"v{len(self._versions) + 1}", value, self._now()))

    def delete(self) -> None:
        """Schedules the deletion, which can be cancelled for some days."""
        self._deleted = self._now()

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:
        with self._call("describe_secret"):
            if SecretId not in (ARN, NAME) or not self._versions:
                raise refusal("ResourceNotFoundException", "describe_secret")
            described: dict[str, Any] = {"ARN": ARN, "Name": NAME, "KmsKeyId": self.key}
            described["DeletedDate"] = self._deleted
            return {member: value for member, value in described.items() if value is not None}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> dict[str, Any]:
        with self._call("put_secret_value"):
            if SecretId != ARN:
                raise refusal("ResourceNotFoundException", "put_secret_value")
            if not 0 < len(SecretString.encode()) <= LONGEST_BYTES:
                raise refusal("ValidationException", "put_secret_value")
            self.put(SecretString)
            return {"ARN": ARN, "VersionId": self._versions[-1].id}

    def get_secret_value(
        self, *, SecretId: str, VersionStage: str = "AWSCURRENT"
    ) -> dict[str, Any]:
        with self._call("get_secret_value"):
            back = {"AWSCURRENT": 1, "AWSPREVIOUS": 2}.get(VersionStage, 0)
            if SecretId != ARN or not 0 < back <= len(self._versions):
                raise refusal("ResourceNotFoundException", "get_secret_value")
            version = self._versions[-back]
            member = "SecretString" if isinstance(version.value, str) else "SecretBinary"
            return {
                "ARN": ARN,
                "VersionId": version.id,
                "VersionStages": [VersionStage],
                "CreatedDate": version.created,
                member: version.value,
            }
