"""The table ``[rotators.NAME.vpc]``: the network that the function is attached to."""

from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.rules.network import SecurityGroupIds, SubnetIds


class VpcConfig(Table):
    """The VPC that the function is attached to: docs/network/vpc.md."""

    subnet_ids: SubnetIds
    """Private subnets of one VPC, preferably in two Availability Zones."""

    security_group_ids: SecurityGroupIds
    """Security groups that allow outbound HTTPS."""

    allow_ipv6_for_dual_stack: bool = False
    """Allows outbound IPv6. Every subnet must be dual-stack."""
