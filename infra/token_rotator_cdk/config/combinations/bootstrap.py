"""What does not fit within the table ``[stack.bootstrap]``, or to where the stack goes."""

from collections.abc import Iterator
from typing import Final

from token_rotator_cdk.config.combinations.conflict import Conflict, Usable
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.places import ROLE, Place, misplaced, partition_of
from token_rotator_cdk.config.rules.bootstrap import ACCOUNT_ID, PARTITION

_ROLES: Final = (
    "file_asset_publishing_role_arn",
    "deploy_role_arn",
    "cloud_formation_execution_role",
    "lookup_role_arn",
)
_WITHOUT_USE: Final = (*_ROLES, "bootstrap_stack_version_ssm_parameter")
"""What CliCredentialsStackSynthesizer has no argument for."""


def conflicts_of_bootstrap(stack: StackConfig, usable: Usable) -> Iterator[Conflict]:
    """What does not fit within the table, as far as its values can be compared."""
    bootstrap = stack.bootstrap
    for key in _WITHOUT_USE:
        value: str | None = getattr(bootstrap, key)
        if value is None or not usable("bootstrap", key):
            continue
        if bootstrap.cli_credentials and usable("bootstrap", "cli_credentials"):
            yield Conflict(
                ("bootstrap", key),
                "leave it out: with cli_credentials = true, no role is assumed and no version is "
                "read",
            )
        elif key in _ROLES and (
            fix := misplaced(ROLE, _without_placeholders(value, stack.place), stack.place)
        ):
            yield Conflict(("bootstrap", key), fix)


def _without_placeholders(arn: str, place: Place) -> str:
    """The ARN as the CDK makes it, as far as the place is known."""
    partition = (partition_of(place.region) if place.region else None) or "aws"
    return arn.replace(PARTITION, partition).replace(ACCOUNT_ID, place.account or "")
