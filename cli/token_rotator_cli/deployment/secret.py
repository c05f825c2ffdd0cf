"""The secret's current version, as the caller's credentials can read it."""

from dataclasses import dataclass, field
from datetime import datetime

from token_rotator.credential.secret_store import CURRENT
from token_rotator.errors import CredentialError
from token_rotator.settings import Settings
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretVersion:
    """One version of the secret."""

    version_id: str
    created_at: datetime
    value: str | bytes = field(repr=False)


def read_secret(aws: Aws, settings: Settings) -> SecretVersion:
    """Raises CredentialError where there is no such secret, and CallerError."""
    secret_id = settings.secret_arn
    try:
        with calling("secretsmanager:GetSecretValue"):
            answer = aws.secrets.get_secret_value(SecretId=secret_id, VersionStage=CURRENT)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise CredentialError(
            f"The secret {secret_id} does not exist or holds no value. If it was deleted, restore "
            "it or deploy again. Then store the file downloaded from Intelligence: "
            "token-rotator upload FILE."
        ) from None
    return SecretVersion(
        version_id=answer["VersionId"],
        created_at=answer["CreatedDate"],
        value=answer.get("SecretString", answer.get("SecretBinary", "")),
    )
