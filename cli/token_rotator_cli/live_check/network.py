"""The step that checks the network that the function is attached to, as far as EC2 shows it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from token_rotator_cli.deployment.network import Network, Networks
from token_rotator_cli.errors import CheckFailed
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.steps import Finding, Result

_TARGETS: Final = (
    "NatGatewayId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "VpcPeeringConnectionId",
    "InstanceId",
)
"""Of a route that may lead a function to the internet. An internet gateway does not: it has no
public address. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
"""


def network(context: LiveCheckContext) -> Finding:
    """Each subnet of the function's VPC has its interface, free addresses and a way out."""
    state = context.deployed.state
    if not state.vpc_id:
        return Finding(message="in no VPC")
    if context.aws.is_local:
        return Finding(message="a local AWS attaches no function", result=Result.UNKNOWN)
    where = Network(subnet_ids=state.subnet_ids, security_group_ids=state.security_group_ids)
    networks = Networks(context.aws, [where])
    if problem := networks.problem(where):
        raise CheckFailed(f"The function {problem}.")
    interfaces = networks.interfaces(where)
    ways = networks.default_routes(where)
    wrong = [*_unattached(where, interfaces), *_dead_ends(ways)]
    if wrong:
        raise CheckFailed("; ".join(wrong))
    doubts = [*(f"the function {one}" for one in networks.doubts(where)), *_without_a_way(ways)]
    return Finding(
        message="; ".join([f"{state.network}, {len(interfaces)} interfaces of Lambda's", *doubts]),
        result=Result.WARNING if doubts else Result.OK,
        facts={"subnets": len(where.subnet_ids), "interfaces": len(interfaces)},
    )


def _unattached(where: Network, interfaces: list[Mapping[str, Any]]) -> Iterator[str]:
    attached = {one["SubnetId"] for one in interfaces if one.get("Status") == "in-use"}
    for subnet in where.subnet_ids:
        if subnet not in attached:
            yield f"{subnet} has no interface in use with the function's security groups"


def _dead_ends(ways: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    for subnet, route in ways.items():
        if route is None:
            continue
        if route.get("State") == "blackhole":
            yield f"the default route of {subnet} leads to something that was deleted (blackhole)"
        elif not any(route.get(target) for target in _TARGETS):
            yield (
                f"the default route of {subnet} leads to an internet gateway: a function has no "
                "public address, and gets no answer from there (docs/network/vpc.md)"
            )


def _without_a_way(ways: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    if none := [subnet for subnet, route in ways.items() if route is None]:
        yield f"{', '.join(none)} has no default route: only what the VPC leads to is reached"
