"""The step that checks the function's network, as far as EC2 shows it."""

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
"""Route targets that may provide internet access. An internet gateway does not, because functions
have no public address. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
"""


def network(context: LiveCheckContext) -> Finding:
    """Each subnet of the function's VPC has its interface, free addresses and a way out."""
    state = context.deployed.state
    if not state.vpc_id:
        return Finding(message="not in a VPC")
    if context.aws.is_local:
        return Finding(message="a local AWS attaches no function", result=Result.UNKNOWN)
    network_config = Network(
        subnet_ids=state.subnet_ids, security_group_ids=state.security_group_ids
    )
    networks = Networks(context.aws, [network_config])
    if problem := networks.problem(network_config):
        raise CheckFailed(f"The function {problem}.")
    interfaces = networks.interfaces(network_config)
    routes = networks.default_routes(network_config)
    wrong = [*_unattached(network_config, interfaces), *_unusable_routes(routes)]
    if wrong:
        raise CheckFailed("; ".join(wrong))
    warnings = [
        *(f"the function {one}" for one in networks.warnings(network_config)),
        *_missing_routes(routes),
    ]
    return Finding(
        message="; ".join([f"{state.network}, {len(interfaces)} Lambda interfaces", *warnings]),
        result=Result.WARNING if warnings else Result.OK,
        facts={"subnets": len(network_config.subnet_ids), "interfaces": len(interfaces)},
    )


def _unattached(network_config: Network, interfaces: list[Mapping[str, Any]]) -> Iterator[str]:
    attached = {one["SubnetId"] for one in interfaces if one.get("Status") == "in-use"}
    for subnet in network_config.subnet_ids:
        if subnet not in attached:
            yield f"{subnet} has no interface in use with the function's security groups"


def _unusable_routes(routes: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    for subnet, route in routes.items():
        if route is None:
            continue
        if route.get("State") == "blackhole":
            yield f"the target of the default route of {subnet} was deleted (blackhole)"
        elif not any(route.get(target) for target in _TARGETS):
            yield (
                f"the default route of {subnet} leads to an internet gateway, which a function "
                "cannot use without a public address (docs/network/vpc.md)"
            )


def _missing_routes(routes: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    if without_route := [subnet for subnet, route in routes.items() if route is None]:
        yield (
            f"{', '.join(without_route)} has no default route: only targets in the VPC's routes "
            "are reachable"
        )
