"""The tables of ``rotators.toml``: what a deployment's stacks share, and one table per rotator."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from token_rotator.contract import (
    LONGEST_TOKEN_LIFETIME_SECONDS,
    SHORTEST_TOKEN_LIFETIME_SECONDS,
    ValueFormat,
)
from token_rotator_cdk.config.arns import (
    CodeSigningConfigArn,
    KeyArn,
    PolicyArn,
    SecretArn,
    Shareable,
    TopicArn,
)
from token_rotator_cdk.config.aws_rules import (
    AccountId,
    Emails,
    ParameterName,
    Region,
    RetentionDays,
    StackName,
    Tags,
)
from token_rotator_cdk.config.defaults import Default
from token_rotator_cdk.config.identity_provider import IdentityProviderConfig
from token_rotator_cdk.config.places import Place
from token_rotator_cdk.config.rotator_rules import ANY_TABLES, TableName, WatchdogSeconds
from token_rotator_cdk.config.rules import Unset, between
from token_rotator_cdk.config.table import Table


class StackConfig(Table):
    """What the rotators share."""

    name: StackName
    """CloudFormation stack of the rotators that name no other."""

    alarm_emails: Emails = ()
    """Addresses that are told when an alarm fires."""

    alarm_topic_arn: Annotated[TopicArn | None, Unset("the stack creates a topic")] = None
    """ARN of the SNS topic that alarms go to."""

    dashboard: bool = True
    """A CloudWatch dashboard with one row per rotator."""

    reader_layer: bool = False
    """A Lambda layer with `token_reader`, for consumers in Python."""

    account: Annotated[AccountId | None, Unset("the caller's")] = None
    """AWS account to deploy to."""

    region: Annotated[Region | None, Unset("the caller's")] = None
    """AWS region to deploy to."""

    tags: Tags = Field(default_factory=dict)
    """Tags of every resource and parameter."""

    permissions_boundary: Annotated[PolicyArn | None, Unset("no boundary")] = None
    """ARN of the policy that bounds every role."""

    log_key: bool = False
    """Encrypts the logs with the stack's key; `false`: with CloudWatch's own."""

    secret_access_alerts: bool = False
    """Tells the alarm topic who else reads a rotator's secret. Needs a CloudTrail trail."""

    code_signing_config_arn: Annotated[
        CodeSigningConfigArn | None, Unset("code is not checked for a signature")
    ] = None
    """ARN of the Lambda code signing config of every function."""

    @property
    def place(self) -> Place:
        """Where the stack goes, as far as this table says so."""
        return Place(region=self.region, account=self.account)


class SecretConfig(Table):
    """The secret that holds the service account."""

    arn: SecretArn
    """Complete ARN of the secret that holds the service account."""

    key_arn: Annotated[
        KeyArn | None, Unset("the secret is encrypted with `aws/secretsmanager`")
    ] = None
    """ARN of the customer key that encrypts the secret."""


class RotatorConfig(Table):
    """One credential, and the parameter that its token goes to."""

    parameter_name: ParameterName
    """SSM parameter that holds the token."""

    stack: Annotated[StackName | None, Unset("`name` of `[stack]`")] = None
    """CloudFormation stack that the rotator is in."""

    token_lifetime_seconds: Annotated[
        int, between(SHORTEST_TOKEN_LIFETIME_SECONDS, LONGEST_TOKEN_LIFETIME_SECONDS, "seconds")
    ] = Default.TOKEN_LIFETIME_SECONDS
    """How long a token lives at most. An answer may say less, and never more. Checked against
    the interval."""

    interval_minutes: Annotated[int, between(1, 720, "minutes")] = Default.INTERVAL_MINUTES
    """How often a fresh token is obtained."""

    watchdog_min_remaining_seconds: WatchdogSeconds = Default.WATCHDOG_MIN_REMAINING_SECONDS
    """Each minute, a token with less life left than this is replaced; 0: no watchdog."""

    value_format: Annotated[ValueFormat, Field(strict=False)] = Default.VALUE_FORMAT
    """What the parameter holds: JSON, or the bare token."""

    share_with: Shareable = ()
    """Accounts, organizational units or organizations whose workloads may read the token."""

    expiration_grace_minutes: Annotated[int, between(1, 1440, "minutes")] = (
        Default.EXPIRATION_GRACE_MINUTES
    )
    """SSM deletes the parameter this long after its token expired."""

    memory_mb: Annotated[int, between(128, 10240, "MB")] = Default.MEMORY_MB
    """Memory of the function."""

    reserve_concurrency: bool = True
    """Reserves a concurrency of 1; `false` where the account has none to spare."""

    log_retention_days: RetentionDays = Default.LOG_RETENTION_DAYS
    """How long CloudWatch keeps the logs; 0: for ever."""

    secret: Annotated[
        SecretConfig | None,
        Unset("the stack creates the secret `<stack name>/<rotator name>`"),
    ] = None
    """The secret that holds the service account, if it exists already."""

    identity_provider: IdentityProviderConfig = IdentityProviderConfig()
    """What the identity provider expects."""


class Deployment(Table):
    """What one file deploys."""

    stack: StackConfig
    """What the rotators share."""

    rotators: Annotated[
        Mapping[TableName, RotatorConfig],
        ANY_TABLES,
    ]
    """One table per credential. The name appears in alarms, metrics and logs."""

    def stack_name(self, rotator: str) -> str:
        """The stack that a rotator is in."""
        return self.rotators[rotator].stack or self.stack.name

    def rotator_name(self, rotator: str) -> str:
        """What metrics, logs and tags call a rotator.

        The stack's name is part of it: two stacks of an account may each have a ``marketing``, and
        the tokens that one publishes must not keep the other one's dead man's switch quiet.
        """
        return f"{self.stack_name(rotator)}/{rotator}"

    def by_stack(self) -> "tuple[Deployment, ...]":
        """One deployment per CloudFormation stack, each complete in itself."""
        rotators: dict[str, dict[str, RotatorConfig]] = {}
        for name, rotator in self.rotators.items():
            rotators.setdefault(self.stack_name(name), {})[name] = rotator
        return tuple(
            self.model_copy(
                update={"stack": self.stack.model_copy(update={"name": name}), "rotators": those}
            )
            for name, those in rotators.items()
        )
