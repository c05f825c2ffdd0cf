"""Finds problems with the rotators' secrets."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.key import describe_key, key_problem
from token_rotator_cli.errors import CallerError
from token_rotator_cli.preflight.planned.stacks import PlannedRotator

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.type_defs import DescribeSecretResponseTypeDef


def new_secret_problem(
    aws: Aws, rotator: PlannedRotator, *, owned: Callable[[], Collection[str]]
) -> str | None:
    """Why the stack cannot create the rotator's secret. Raises CallerError.

    ``owned`` returns the stack's secrets.
    """
    name = rotator.rotator
    secret = _describe(aws, name)
    if secret is None:
        return None
    owned_by_stack = not {secret["ARN"], name}.isdisjoint(owned())
    if "DeletedDate" in secret:
        instead = (
            "" if owned_by_stack else f", and write {_kept_secret_setting(aws, rotator, secret)}"
        )
        return (
            f"the secret {name} is scheduled for deletion, and its name is blocked until then. "
            f"Restore it: aws secretsmanager restore-secret --secret-id {name}{instead}. Or delete "
            f"it permanently, with the key in it: {_delete_command(name)}"
        )
    if owned_by_stack:
        return None
    return (
        f"the secret {name} exists but does not belong to the stack {rotator.stack}: "
        f"CloudFormation cannot create it (AlreadyExists). To keep it, write "
        f"{_kept_secret_setting(aws, rotator, secret)}. To delete it permanently, with the key in "
        f"it: {_delete_command(name)}"
    )


def _delete_command(name: str) -> str:
    return f"aws secretsmanager delete-secret --secret-id {name} --force-delete-without-recovery"


def _kept_secret_setting(
    aws: Aws, rotator: PlannedRotator, secret: "DescribeSecretResponseTypeDef"
) -> str:
    """The setting that keeps the secret."""
    try:
        key = _customer_key(aws, secret)
    except CallerError:
        key = secret.get("KmsKeyId")  # may be an ARN, an id or an alias
    key_setting = f', key_arn = "{key}"' if key else ""
    return (
        f'into [rotators.{rotator.table}]: secret = {{ arn = "{secret["ARN"]}"{key_setting} }} '
        "(in an app: give the construct this secret)"
    )


def existing_secret_problem(aws: Aws, rotator: PlannedRotator, *, arn: str) -> str | None:
    """Why the rotator cannot use the existing secret. Raises CallerError."""
    secret = _describe(aws, arn)
    if secret is None:
        return f"the secret {arn} of {rotator.rotator} does not exist: correct its ARN"
    if "DeletedDate" in secret:
        return (
            f"the secret {arn} of {rotator.rotator} is scheduled for deletion and cannot be read. "
            f"Restore it: aws secretsmanager restore-secret --secret-id {arn}"
        )
    key = _customer_key(aws, secret)
    if key is None:
        return None
    if rotator.secret_key_arn not in (None, key):
        named_key = rotator.secret_key_arn or "none"
        return (
            f"the secret {arn} is encrypted with {key}, but the file names {named_key}: the "
            f'function cannot decrypt it. Set key_arn = "{key}" in '
            f"[rotators.{rotator.table}.secret]"
        )
    problem = key_problem(aws, key)
    return None if problem is None else f"the key {key} of the secret {arn} {problem}"


def _customer_key(aws: Aws, secret: "DescribeSecretResponseTypeDef") -> str | None:
    """The ARN of the customer managed key. None: aws/secretsmanager."""
    named_key = secret.get("KmsKeyId", "")
    if not named_key or named_key.endswith("alias/aws/secretsmanager"):
        return None
    found = describe_key(aws, named_key)
    if found is None:
        return named_key
    return None if found.get("KeyManager") == "AWS" else found["Arn"]


def _describe(aws: Aws, secret_id: str) -> "DescribeSecretResponseTypeDef | None":
    """Describes a secret. None: it does not exist. Raises CallerError."""
    try:
        with calling("secretsmanager:DescribeSecret"):
            return aws.secrets.describe_secret(SecretId=secret_id)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        return None
