"""The table ``[stack]``: settings shared by all rotators."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from token_rotator_cdk.config.models.bootstrap import BootstrapConfig
from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.places import Place
from token_rotator_cdk.config.rules.arns import (
    CodeSigningConfigArn,
    PolicyArn,
    StackKeyArn,
    TopicArn,
)
from token_rotator_cdk.config.rules.aws import (
    AccountId,
    Emails,
    Region,
    RunbookUrl,
    StackName,
    Tags,
)
from token_rotator_cdk.config.rules.iam import RoleNamePrefix, RolePath
from token_rotator_cdk.config.rules.rule import Unset


class Architecture(StrEnum):
    """Processor architectures, as Lambda names them."""

    ARM64 = "arm64"
    X86_64 = "x86_64"


class StackConfig(Table):
    """Settings shared by all rotators."""

    name: StackName
    """CloudFormation stack of the rotators that do not set `stack`."""

    alarm_emails: Emails = ()
    """Email addresses that receive alarms."""

    alarm_topic_arn: Annotated[TopicArn | None, Unset("the stack creates a topic")] = None
    """ARN of the SNS topic that receives alarms."""

    alarm_actions_enabled: bool = True
    """Whether alarms notify the topic. With `false`, for example during maintenance, they only
    change their state."""

    runbook_url: Annotated[RunbookUrl | None, Unset("no link")] = None
    """URL of your copy of `docs/operate/runbook.md`. Alarms and alerts link to it."""

    dashboard: bool = True
    """Creates a CloudWatch dashboard with one row per rotator."""

    reader_layer: bool = False
    """Creates a Lambda layer with `token_reader`, for consumers in Python."""

    account: Annotated[AccountId | None, Unset("the caller's")] = None
    """AWS account to deploy to."""

    region: Annotated[Region | None, Unset("the caller's")] = None
    """AWS region to deploy to."""

    tags: Tags = Field(default_factory=dict)
    """Tags of every resource and parameter."""

    permissions_boundary: Annotated[PolicyArn | None, Unset("no boundary")] = None
    """ARN of the permissions boundary for every role."""

    role_path: Annotated[RolePath | None, Unset("`/`")] = None
    """IAM path of every role and of the reader and operator policies, for example
    `/teams/data/`."""

    role_name_prefix: Annotated[
        RoleNamePrefix | None, Unset("CloudFormation generates names from the stack's name")
    ] = None
    """Prefix of the names of every role and of the reader and operator policies."""

    key_arn: Annotated[StackKeyArn | None, Unset("the stack creates a key")] = None
    """ARN of an existing KMS key for secrets, tokens and alarms. `token-rotator key-policy` prints
    the statements that its policy needs."""

    log_key: bool = False
    """Encrypts the logs with the stack's key instead of CloudWatch's own."""

    secret_access_alerts: bool = False
    """Notifies the alarm topic when anyone else reads a rotator's secret. Requires a CloudTrail
    trail."""

    code_signing_config_arn: Annotated[
        CodeSigningConfigArn | None, Unset("signatures are not checked")
    ] = None
    """ARN of the Lambda code signing configuration of every function."""

    architecture: Annotated[Architecture, Field(strict=False)] = Architecture.ARM64
    """Processor architecture of every function."""

    fips: bool = False
    """Functions use the FIPS endpoints of AWS. Requires a `region` that has them."""

    bootstrap: BootstrapConfig = BootstrapConfig()
    """Names of a bootstrap stack that was created with custom options."""

    @property
    def place(self) -> Place:
        """The stack's account and region, as far as this table sets them."""
        return Place(region=self.region, account=self.account)
