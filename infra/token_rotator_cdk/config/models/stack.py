"""The table ``[stack]``: what a deployment's rotators share."""

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
    """Lambda's names of the processors that functions run on."""

    ARM64 = "arm64"
    X86_64 = "x86_64"


class StackConfig(Table):
    """What the rotators share."""

    name: StackName
    """CloudFormation stack of the rotators that name no other."""

    alarm_emails: Emails = ()
    """Addresses that are told when an alarm fires."""

    alarm_topic_arn: Annotated[TopicArn | None, Unset("the stack creates a topic")] = None
    """ARN of the SNS topic that alarms go to."""

    alarm_actions_enabled: bool = True
    """Whether alarms tell the topic; `false`, for example during maintenance: they only change
    their state."""

    runbook_url: Annotated[RunbookUrl | None, Unset("the texts link to nothing")] = None
    """Address of `docs/operate/runbook.md` where operators can read it; the texts of alarms and
    alerts link to it."""

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

    role_path: Annotated[RolePath | None, Unset("`/`")] = None
    """IAM path of every role and of the reader and operator policies, such as `/teams/data/`."""

    role_name_prefix: Annotated[
        RoleNamePrefix | None, Unset("CloudFormation chooses names, which begin with the stack's")
    ] = None
    """What the names of every role and of the reader and operator policies begin with."""

    key_arn: Annotated[StackKeyArn | None, Unset("the stack creates a key")] = None
    """ARN of the KMS key that encrypts what the stack's own key would. `token-rotator key-policy`
    prints what its policy has to allow."""

    log_key: bool = False
    """Encrypts the logs with the stack's key; `false`: with CloudWatch's own."""

    secret_access_alerts: bool = False
    """Tells the alarm topic who else reads a rotator's secret. Needs a CloudTrail trail."""

    code_signing_config_arn: Annotated[
        CodeSigningConfigArn | None, Unset("code is not checked for a signature")
    ] = None
    """ARN of the Lambda code signing config of every function."""

    architecture: Annotated[Architecture, Field(strict=False)] = Architecture.ARM64
    """Processors that every function runs on."""

    fips: bool = False
    """Functions call AWS at its FIPS endpoints. Needs `region`, and one that has them."""

    bootstrap: BootstrapConfig = BootstrapConfig()
    """What the CDK deploys through, if it is not a plain `cdk bootstrap`."""

    @property
    def place(self) -> Place:
        """Where the stack goes, as far as this table says so."""
        return Place(region=self.region, account=self.account)
