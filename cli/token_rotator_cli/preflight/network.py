"""The subnets and security groups that a file or a template names for a function."""

from collections.abc import Mapping
from typing import Any

from token_rotator_cdk.config.models.vpc import VpcConfig
from token_rotator_cli.deployment.network import Network


def network_of_file(vpc: VpcConfig | None) -> Network | None:
    """The ids of a table ``vpc``."""
    if vpc is None:
        return None
    return Network(
        subnet_ids=tuple(vpc.subnet_ids), security_group_ids=tuple(vpc.security_group_ids)
    )


def network_of_template(properties: Mapping[str, Any]) -> Network | None:
    """The ids in a function's ``VpcConfig``. References to other resources are not strings."""
    vpc = properties.get("VpcConfig", {})
    subnets, groups = (
        tuple(one for one in vpc.get(key, ()) if isinstance(one, str))
        for key in ("SubnetIds", "SecurityGroupIds")
    )
    return Network(subnet_ids=subnets, security_group_ids=groups) if subnets or groups else None
