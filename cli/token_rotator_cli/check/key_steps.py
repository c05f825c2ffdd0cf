"""The step that shows whether the KMS key of the token can be used at all."""

from typing import TYPE_CHECKING

from token_rotator.errors import ConfigurationError
from token_rotator_cdk.config.places import region_of
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.key import describe_key
from token_rotator_cli.steps import Finding

if TYPE_CHECKING:
    from mypy_boto3_kms.type_defs import KeyMetadataTypeDef


def encryption_key(context: CheckContext) -> Finding:
    """The key that encrypts the token is enabled. Whether the function may use it, it says."""
    arn = context.deployed.settings.parameter_key_arn
    key = _describe(context, arn)
    _confirm_usable(key, arn)
    kind = "multi-Region key" if key.get("MultiRegion") else "key"
    return Finding(
        message=f"the {kind} {arn} is enabled",
        facts={"key": arn, "multi_region": bool(key.get("MultiRegion"))},
    )


def _describe(context: CheckContext, arn: str) -> "KeyMetadataTypeDef":
    here = region_of(context.deployed.function_arn)
    if region_of(arn) != here:
        raise ConfigurationError(
            f"The key {arn} is not in {here}, where the parameter is: name one that is."
        )
    found = describe_key(context.aws, arn)
    if found is None:
        raise ConfigurationError(
            f"There is no key {arn}: nothing can be encrypted with it any more, nor decrypted. "
            "Name another key (key_arn), and store the service account again: token-rotator upload "
            "FILE."
        )
    return found


def _confirm_usable(key: "KeyMetadataTypeDef", arn: str) -> None:
    state = key.get("KeyState", "Enabled")
    kind = key.get("KeySpec", "SYMMETRIC_DEFAULT"), key.get("KeyUsage", "ENCRYPT_DECRYPT")
    if kind != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        raise ConfigurationError(
            f"The key {arn} is {kind[0]} for {kind[1]}: Parameter Store and "
            "Secrets Manager take symmetric keys that encrypt and decrypt. Name one of those."
        )
    if state == "PendingDeletion":
        until = f" on {key['DeletionDate']:%Y-%m-%d}" if "DeletionDate" in key else ""
        raise ConfigurationError(
            f"The key {arn} is going to be deleted{until}, and what it encrypted is lost then. "
            "Cancel that (kms:CancelKeyDeletion), and enable the key again (kms:EnableKey)."
        )
    if state != "Enabled":
        raise ConfigurationError(f"The key {arn} is {state}: enable it again (kms:EnableKey).")
