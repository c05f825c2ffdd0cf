"""The CDK bootstrap stack that a deployment requires."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from token_rotator_cdk.config.models.stack import StackConfig

QUALIFIER: Final = "hnb659fds"
"""The default qualifier.

https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
"""

OLDEST_VERSION: Final = 6
"""The version that the pinned CDK's synthesizer requires. A test compares them."""

_QUALIFIER: Final = "${Qualifier}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """The bootstrap stack that a stack is deployed through."""

    version_parameter: str
    """The SSM parameter with its version."""
    oldest_version: int
    lookup_role: str | None
    """ARN of the CDK's lookup role, with CloudFormation pseudo parameters."""


def bootstrap_of_file(stack: StackConfig) -> Bootstrap | None:
    """The bootstrap of ``[stack.bootstrap]``. None: none is needed."""
    table = stack.bootstrap
    if table.cli_credentials:
        return None
    qualifier = table.qualifier or QUALIFIER
    account, region = stack.account or "${AWS::AccountId}", stack.region or "${AWS::Region}"
    parameter = (
        table.bootstrap_stack_version_ssm_parameter or f"/cdk-bootstrap/{_QUALIFIER}/version"
    )
    role = table.lookup_role_arn or (
        f"arn:${{AWS::Partition}}:iam::{account}:role/"
        f"cdk-{_QUALIFIER}-lookup-role-{account}-{region}"
    )
    return Bootstrap(
        version_parameter=parameter.replace(_QUALIFIER, qualifier),
        oldest_version=OLDEST_VERSION,
        lookup_role=role.replace(_QUALIFIER, qualifier),
    )


def bootstrap_of_artifact(properties: Mapping[str, Any]) -> Bootstrap | None:
    """The bootstrap of a stack in a cloud assembly. None: none is needed."""
    oldest = properties.get("requiresBootstrapStackVersion")
    parameter = properties.get("bootstrapStackVersionSsmParameter")
    if not oldest or not parameter:
        return None
    return Bootstrap(
        version_parameter=parameter,
        oldest_version=oldest,
        lookup_role=properties.get("lookupRole", {}).get("arn"),
    )
