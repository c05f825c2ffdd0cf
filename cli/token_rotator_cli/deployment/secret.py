"""Reads and changes the secret's versions with the caller's credentials."""

from dataclasses import dataclass, field
from datetime import datetime

from token_rotator.credential.secret_store import CURRENT, PREVIOUS
from token_rotator.errors import CredentialError
from token_rotator.settings import Settings
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError, NotForgotten, WrongRegion


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretVersion:
    """One version of the secret."""

    version_id: str
    created_at: datetime
    value: str | bytes = field(repr=False)


def read_secret(aws: Aws, settings: Settings) -> SecretVersion:
    """Reads the current version.

    Raises CredentialError if it does not exist, WrongRegion, CallerError.
    """
    secret_id = checked_arn(aws, settings)
    try:
        with calling("secretsmanager:GetSecretValue"):
            response = aws.secrets.get_secret_value(SecretId=secret_id, VersionStage=CURRENT)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise CredentialError(
            f"The secret {secret_id} does not exist or has no value. If it was deleted, restore "
            "it or deploy again. Then store the file downloaded from Intelligence: "
            "token-rotator upload FILE."
        ) from None
    return SecretVersion(
        version_id=response["VersionId"],
        created_at=response["CreatedDate"],
        value=response.get("SecretString", response.get("SecretBinary", "")),
    )


def checked_arn(aws: Aws, settings: Settings) -> str:
    """The secret's ARN. Raises WrongRegion, because Secrets Manager would report it as missing."""
    region = settings.secret_arn.split(":")[3]
    if region == aws.region:
        return settings.secret_arn
    raise WrongRegion(
        f"The secret {settings.secret_arn} is in {region}, but the rotator is in {aws.region} and "
        f"cannot read it: set secret.arn to a secret or a replica in {aws.region} and deploy."
    )


def store(aws: Aws, settings: Settings, text: str) -> str:
    """Stores the text as the current version, and returns the version's id.

    The current version becomes the previous one. Raises WrongRegion, CallerError.
    """
    secret_id = checked_arn(aws, settings)
    with calling("secretsmanager:PutSecretValue"):
        response = aws.secrets.put_secret_value(SecretId=secret_id, SecretString=text)
    return response["VersionId"]


def forget_previous(aws: Aws, settings: Settings, *, current: str) -> str | None:
    """Removes the label AWSPREVIOUS. Returns the version's id, or None if there was none.

    A version without labels is deprecated, and Secrets Manager may delete it.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html

    Raises NotForgotten if ``current`` is no longer the current version, and CallerError.
    """
    with calling("secretsmanager:DescribeSecret"):
        described = aws.secrets.describe_secret(SecretId=settings.secret_arn)
    labels = {
        label: version
        for version, labels in described.get("VersionIdsToStages", {}).items()
        for label in labels
    }
    if labels.get(CURRENT) != current:
        raise NotForgotten(
            f"Version {current} is no longer the current one: another file was stored. The "
            "previous version is kept. Find out who stored it in CloudTrail (PutSecretValue), "
            "then upload the right file again."
        )
    previous = labels.get(PREVIOUS)
    if previous is not None:
        with calling("secretsmanager:UpdateSecretVersionStage"):
            aws.secrets.update_secret_version_stage(
                SecretId=settings.secret_arn, VersionStage=PREVIOUS, RemoveFromVersionId=previous
            )
    return previous
