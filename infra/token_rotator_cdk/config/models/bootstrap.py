"""The table ``[stack.bootstrap]``: names of a customized CDK bootstrap stack.

The keys have the names of the arguments of the CDK's ``DefaultStackSynthesizer``.
https://docs.aws.amazon.com/cdk/v2/guide/customize-synth.html
"""

from typing import Annotated

from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.rules.bootstrap import (
    AssetsBucket,
    AssetsPrefix,
    BootstrapRole,
    Qualifier,
    VersionParameter,
)
from token_rotator_cdk.config.rules.rule import Unset

_OF_THE_QUALIFIER = Unset("the one that `cdk bootstrap` creates for the qualifier")


class BootstrapConfig(Table):
    """Names of a bootstrap stack that was created with custom options."""

    qualifier: Annotated[Qualifier | None, Unset("`hnb659fds`, as in `cdk bootstrap`")] = None
    """Qualifier of the bootstrap stack: `cdk bootstrap --qualifier`."""

    file_assets_bucket_name: Annotated[AssetsBucket | None, _OF_THE_QUALIFIER] = None
    """Bucket that templates and zip files are published to."""

    bucket_prefix: Annotated[AssetsPrefix | None, Unset("none")] = None
    """Prefix of the published objects' keys."""

    file_asset_publishing_role_arn: Annotated[BootstrapRole | None, _OF_THE_QUALIFIER] = None
    """Role that publishes to the bucket."""

    deploy_role_arn: Annotated[BootstrapRole | None, _OF_THE_QUALIFIER] = None
    """Role that calls CloudFormation."""

    cloud_formation_execution_role: Annotated[BootstrapRole | None, _OF_THE_QUALIFIER] = None
    """ARN of the role that CloudFormation uses to create the resources."""

    lookup_role_arn: Annotated[BootstrapRole | None, _OF_THE_QUALIFIER] = None
    """Role that `cdk diff` uses for lookups."""

    bootstrap_stack_version_ssm_parameter: Annotated[VersionParameter | None, _OF_THE_QUALIFIER] = (
        None
    )
    """SSM parameter that holds the version of the bootstrap stack."""

    cli_credentials: bool = False
    """Publishes and deploys with the caller's own credentials. No role is assumed, and only the
    bucket has to exist."""
