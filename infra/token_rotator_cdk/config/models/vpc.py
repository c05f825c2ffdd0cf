"""The table ``[rotators.NAME.vpc]``: the network that the function is attached to."""

from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.rules.network import SecurityGroupIds, SubnetIds


class VpcConfig(Table):
    """The VPC that the function's traffic leaves through: docs/network/vpc.md."""

    subnet_ids: SubnetIds
    """Private subnets, all of one VPC, better in two availability zones."""

    security_group_ids: SecurityGroupIds
    """Security groups that let HTTPS out."""

    allow_ipv6_for_dual_stack: bool = False
    """Outbound IPv6, where every subnet is dual-stack."""
