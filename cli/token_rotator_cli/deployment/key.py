"""The state of a KMS key."""

from typing import TYPE_CHECKING, Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError

if TYPE_CHECKING:
    from mypy_boto3_kms.type_defs import KeyMetadataTypeDef

_FIXES: Final = {
    "Disabled": "aws kms enable-key --key-id {id}",
    "PendingDeletion": "aws kms cancel-key-deletion --key-id {id}, then aws kms enable-key",
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
    """The problem of an unusable key, as the end of a sentence, or None. Raises CallerError."""
    found = describe_key(aws, key)
    if found is None:
        return "does not exist: choose another one"
    state = found["KeyState"]
    if state == "Enabled":
        return None
    fix = _FIXES.get(state, "choose another one").format(id=found["KeyId"])
    return f"cannot be used, its state is {state}: {fix}"
