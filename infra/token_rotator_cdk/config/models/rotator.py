"""The tables ``[rotators.NAME]``: one credential and its parameter each."""

from typing import Annotated

from pydantic import Field

from token_rotator.contract import (
    MAX_TOKEN_LIFETIME_SECONDS,
    MIN_TOKEN_LIFETIME_SECONDS,
    ValueFormat,
)
from token_rotator_cdk.config.defaults import Default
from token_rotator_cdk.config.models.identity_provider import IdentityProviderConfig
from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.models.vpc import VpcConfig
from token_rotator_cdk.config.rules.arns import (
    KeyArn,
    SecretArn,
    Shareable,
)
from token_rotator_cdk.config.rules.aws import (
    LogGroupName,
    ParameterName,
    RetentionDays,
    StackName,
)
from token_rotator_cdk.config.rules.rotator import WatchdogSeconds
from token_rotator_cdk.config.rules.rule import Unset, between


class SecretConfig(Table):
    """The secret that holds the service account."""

    arn: SecretArn
    """Complete ARN of the secret that holds the service account."""

    key_arn: Annotated[
        KeyArn | None, Unset("the secret is encrypted with `aws/secretsmanager`")
    ] = None
    """ARN of the customer key that encrypts the secret."""


class RotatorConfig(Table):
    """One credential, and the SSM parameter for its token."""

    parameter_name: ParameterName
    """SSM parameter that holds the token."""

    stack: Annotated[StackName | None, Unset("`name` of `[stack]`")] = None
    """CloudFormation stack of the rotator."""

    token_lifetime_seconds: Annotated[
        int, between(MIN_TOKEN_LIFETIME_SECONDS, MAX_TOKEN_LIFETIME_SECONDS, "seconds")
    ] = Default.TOKEN_LIFETIME_SECONDS
    """Maximum lifetime of a token. A token response can shorten it but not extend it."""

    interval_minutes: Annotated[int, between(1, 720, "minutes")] = Default.INTERVAL_MINUTES
    """How often a fresh token is obtained."""

    watchdog_min_remaining_seconds: WatchdogSeconds = Default.WATCHDOG_MIN_REMAINING_SECONDS
    """Every minute, a token with fewer seconds left is replaced; 0: no watchdog."""

    value_format: Annotated[ValueFormat, Field(strict=False)] = Default.VALUE_FORMAT
    """Format of the parameter's value: JSON, or the bare token."""

    share_with: Shareable = ()
    """Accounts, organizational units or organizations that may read the token."""

    expiration_grace_minutes: Annotated[int, between(1, 1440, "minutes")] = (
        Default.EXPIRATION_GRACE_MINUTES
    )
    """SSM deletes the parameter this long after its token expires."""

    memory_mb: Annotated[int, between(128, 10240, "MB")] = Default.MEMORY_MB
    """Memory of the function."""

    reserve_concurrency: bool = True
    """Reserves a concurrency of 1. Set `false` if the account's limit does not allow it."""

    log_retention_days: RetentionDays = Default.LOG_RETENTION_DAYS
    """How long CloudWatch keeps the logs; 0: forever."""

    log_group_name: Annotated[LogGroupName | None, Unset("CloudFormation chooses a name")] = None
    """Name of the log group that the stack creates."""

    secret: Annotated[
        SecretConfig | None,
        Unset("the stack creates the secret `<stack name>/<rotator name>`"),
    ] = None
    """An existing secret that holds the service account."""

    vpc: Annotated[VpcConfig | None, Unset("the function is not attached to a VPC")] = None
    """The VPC that the function is attached to: docs/network/vpc.md."""

    identity_provider: IdentityProviderConfig = IdentityProviderConfig()
    """How to request tokens from the identity provider."""
