"""What the CDK expects to find where it deploys to: its bootstrap stack, of some version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

QUALIFIER: Final = "hnb659fds"
"""Of a bootstrap that names none.

https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
"""

OLDEST_VERSION: Final = 6
"""What the pinned CDK's synthesizer asks for; a test compares it with what that writes."""

_CALLERS: Final = "${AWS::AccountId}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """The bootstrap stack that a stack is deployed through."""

    version_parameter: str
    """The SSM parameter that holds its version."""
    oldest_version: int
    lookup_role: str | None
    """ARN of the role with which the CDK reads, with CloudFormation's pseudo parameters."""


def bootstrap_of_file(
    account: str | None,
    region: str | None,
    *,
    qualifier: str = QUALIFIER,
    version_parameter: str | None = None,
) -> Bootstrap:
    """What the CDK's default synthesizer expects."""
    where = f"{account or _CALLERS}-{region or '${AWS::Region}'}"
    return Bootstrap(
        version_parameter=version_parameter or f"/cdk-bootstrap/{qualifier}/version",
        oldest_version=OLDEST_VERSION,
        lookup_role=f"arn:${{AWS::Partition}}:iam::{account or _CALLERS}:role/"
        f"cdk-{qualifier}-lookup-role-{where}",
    )


def bootstrap_of_artifact(properties: Mapping[str, Any]) -> Bootstrap | None:
    """What a stack of a cloud assembly asks for; None: no bootstrap, or the caller's own roles."""
    oldest = properties.get("requiresBootstrapStackVersion")
    parameter = properties.get("bootstrapStackVersionSsmParameter")
    if not oldest or not parameter:
        return None
    return Bootstrap(
        version_parameter=parameter,
        oldest_version=oldest,
        lookup_role=properties.get("lookupRole", {}).get("arn"),
    )
