"""The secret's versions, as the caller's credentials can read and change them."""

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
    """Raises CredentialError where there is no such secret, WrongRegion, and CallerError."""
    secret_id = arn_of(aws, settings)
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


def arn_of(aws: Aws, settings: Settings) -> str:
    """The secret's ARN. Raises WrongRegion: Secrets Manager would say that there is no such one."""
    region = settings.secret_arn.split(":")[3]
    if region == aws.region:
        return settings.secret_arn
    raise WrongRegion(
        f"The secret {settings.secret_arn} is in {region}, and the rotator in {aws.region}, where "
        f"it cannot read it: name a secret of {aws.region}, or a replica there, in secret.arn and "
        "deploy."
    )


def store(aws: Aws, settings: Settings, text: str) -> str:
    """Makes the text the current version, and the current one the previous. The version's id.

    Raises WrongRegion, CallerError.
    """
    secret_id = arn_of(aws, settings)
    with calling("secretsmanager:PutSecretValue"):
        answer = aws.secrets.put_secret_value(SecretId=secret_id, SecretString=text)
    return answer["VersionId"]


def forget_previous(aws: Aws, settings: Settings, *, current: str) -> str | None:
    """Takes AWSPREVIOUS from whatever version has it. Its id; None: none had it.

    A version without a label is deprecated: nothing reads it by a label, and Secrets Manager may
    delete it. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html

    Raises NotForgotten if ``current`` is not the current version any more, and CallerError.
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
            f"Version {current} is not the current one any more: somebody stored another file. The "
            "previous version stays. Find out who, in CloudTrail (PutSecretValue), then upload the "
            "right file again."
        )
    previous = labels.get(PREVIOUS)
    if previous is not None:
        with calling("secretsmanager:UpdateSecretVersionStage"):
            aws.secrets.update_secret_version_stage(
                SecretId=settings.secret_arn, VersionStage=PREVIOUS, RemoveFromVersionId=previous
            )
    return previous
