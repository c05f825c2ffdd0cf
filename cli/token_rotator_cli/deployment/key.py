"""The state of a KMS key."""

from typing import TYPE_CHECKING, Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError

if TYPE_CHECKING:
    from mypy_boto3_kms.type_defs import KeyMetadataTypeDef

_USABLE: Final = {"Enabled", "Updating"}
"""https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html"""

_FIXES: Final = {
    "Creating": "wait a few seconds, and try again",
    "Disabled": "aws kms enable-key --key-id {id}",
    "PendingDeletion": "aws kms cancel-key-deletion --key-id {id}, then "
    "aws kms enable-key --key-id {id}",
    "PendingImport": "import its key material",
    "Unavailable": "connect its custom key store",
}
"""https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"""


def describe_key(aws: Aws, key: str) -> "KeyMetadataTypeDef | None":
    """Describes a key by ARN, id or alias. None: it does not exist. Raises CallerError."""
    try:
        with calling("kms:DescribeKey"):
            return aws.keys.describe_key(KeyId=key)["KeyMetadata"]
    except CallerError as error:
        if error.code != "NotFoundException":
            raise
        return None


def key_problem(aws: Aws, key: str) -> str | None:
    """Why a key cannot be used, as the end of a sentence, or None. Raises CallerError."""
    return problem_of(describe_key(aws, key))


def problem_of(key: "KeyMetadataTypeDef | None") -> str | None:
    """Why this key cannot be used, as the end of a sentence, or None."""
    if key is None:
        return (
            "does not exist, and what it encrypted is lost: choose another one, and store the "
            "service account again if the secret used it"
        )
    kind = key.get("KeySpec", "SYMMETRIC_DEFAULT"), key.get("KeyUsage", "ENCRYPT_DECRYPT")
    if kind != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        return (
            f"is {kind[0]} for {kind[1]}, and Parameter Store and Secrets Manager take symmetric "
            "keys that encrypt and decrypt: name one of those"
        )
    state = key.get("KeyState", "Enabled")
    if state in _USABLE:
        return None
    until = f" (on {key['DeletionDate']:%Y-%m-%d})" if "DeletionDate" in key else ""
    fix = _FIXES.get(state, "choose another one").format(id=key["KeyId"])
    return f"cannot be used, its state is {state}{until}: {fix}"
