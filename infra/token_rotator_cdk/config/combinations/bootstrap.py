"""Conflicts within ``[stack.bootstrap]``, and with the stack's account and region."""

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
_UNUSED_WITH_CLI_CREDENTIALS: Final = (*_ROLES, "bootstrap_stack_version_ssm_parameter")
"""Settings that CliCredentialsStackSynthesizer does not have."""


def conflicts_of_bootstrap(stack: StackConfig, usable: Usable) -> Iterator[Conflict]:
    """Conflicts within the table. Skips settings that already have an issue."""
    bootstrap = stack.bootstrap
    for key in _UNUSED_WITH_CLI_CREDENTIALS:
        value: str | None = getattr(bootstrap, key)
        if value is None or not usable("bootstrap", key):
            continue
        if bootstrap.cli_credentials and usable("bootstrap", "cli_credentials"):
            yield Conflict(
                ("bootstrap", key),
                "leave it out: with cli_credentials = true, the CDK assumes no role and reads no "
                "version",
            )
        elif key in _ROLES and (
            fix := misplaced(ROLE, _without_placeholders(value, stack.place), stack.place)
        ):
            yield Conflict(("bootstrap", key), fix)


def _without_placeholders(arn: str, place: Place) -> str:
    """The ARN with placeholders replaced, as far as the place is known."""
    partition = (partition_of(place.region) if place.region else None) or "aws"
    return arn.replace(PARTITION, partition).replace(ACCOUNT_ID, place.account or "")
