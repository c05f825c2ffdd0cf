"""A function's state and network, as reported by Lambda."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The function's state, or the status of its last update."""

    name: str
    code: str
    """The reason code. Empty: none."""
    reason: str
    """Lambda's description of the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionState:
    """https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"""

    state: Status
    last_update: Status
    vpc_id: str
    """Empty: the function is not attached to a VPC."""
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]

    @property
    def network(self) -> str:
        """A description for messages."""
        if not self.vpc_id:
            return "not in a VPC"
        subnets, groups = len(self.subnet_ids), len(self.security_group_ids)
        return f"in {self.vpc_id} ({subnets} subnets, {groups} security groups)"


def state_of(configuration: Mapping[str, Any]) -> FunctionState:
    """Parses the response of GetFunctionConfiguration."""
    vpc = configuration.get("VpcConfig") or {}
    return FunctionState(
        state=_status(configuration, "State", "Active"),
        last_update=_status(configuration, "LastUpdateStatus", "Successful"),
        vpc_id=vpc.get("VpcId") or ("a VPC" if vpc.get("SubnetIds") else ""),
        subnet_ids=tuple(vpc.get("SubnetIds") or ()),
        security_group_ids=tuple(vpc.get("SecurityGroupIds") or ()),
    )


def _status(configuration: Mapping[str, Any], field: str, default: str) -> Status:
    # the field is missing before the first update
    return Status(
        name=configuration.get(field) or default,
        code=configuration.get(f"{field}ReasonCode") or "",
        reason=configuration.get(f"{field}Reason") or "",
    )
