"""What Lambda says about a function besides its settings: whether it runs, and in which network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The function's state, or how its last update went."""

    name: str
    code: str
    """Why it is so, as a word. Empty: Lambda says nothing."""
    reason: str
    """The same, as Lambda's sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionState:
    """https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"""

    state: Status
    last_update: Status
    vpc_id: str
    """Empty: the function is in no VPC of the account."""
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]

    @property
    def network(self) -> str:
        """For people."""
        if not self.vpc_id:
            return "in no VPC"
        subnets, groups = len(self.subnet_ids), len(self.security_group_ids)
        return f"in {self.vpc_id} ({subnets} subnets, {groups} security groups)"


def state_of(configuration: Mapping[str, Any]) -> FunctionState:
    """From the answer of GetFunctionConfiguration."""
    vpc = configuration.get("VpcConfig") or {}
    return FunctionState(
        state=_status(configuration, "State", "Active"),
        last_update=_status(configuration, "LastUpdateStatus", "Successful"),
        vpc_id=vpc.get("VpcId") or ("a VPC" if vpc.get("SubnetIds") else ""),
        subnet_ids=tuple(vpc.get("SubnetIds") or ()),
        security_group_ids=tuple(vpc.get("SecurityGroupIds") or ()),
    )


def _status(configuration: Mapping[str, Any], field: str, default: str) -> Status:
    # the field is missing where nothing has happened yet
    return Status(
        name=configuration.get(field) or default,
        code=configuration.get(f"{field}ReasonCode") or "",
        reason=configuration.get(f"{field}Reason") or "",
    )
