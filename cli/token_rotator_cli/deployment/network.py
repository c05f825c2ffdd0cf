"""Checks the subnets and security groups of functions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws

_BATCH: Final = 200
"""Maximum number of values in an EC2 filter.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A function's subnets and security groups, as far as their ids are known."""

    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]


class Networks:
    """Descriptions of the subnets and security groups of several functions."""

    def __init__(self, aws: Aws, networks: Iterable[Network]) -> None:
        """Reads all of them. Raises CallerError."""
        every = tuple(networks)
        self._aws = aws
        self._subnets = {
            one["SubnetId"]: one
            for one in self._describe(
                "DescribeSubnets",
                {"subnet-id": {one for network in every for one in network.subnet_ids}},
                "Subnets",
            )
        }
        self._groups = {
            one["GroupId"]: one
            for one in self._describe(
                "DescribeSecurityGroups",
                {"group-id": {one for network in every for one in network.security_group_ids}},
                "SecurityGroups",
            )
        }

    def problem(self, network: Network) -> str | None:
        """Why Lambda cannot attach a function, as a sentence without its subject.

        Raises CallerError.
        """
        for kind, ids, known in (
            ("subnet", network.subnet_ids, self._subnets),
            ("security group", network.security_group_ids, self._groups),
        ):
            if missing := [one for one in ids if one not in known]:
                return (
                    f"names the {kind} {', '.join(missing)}, which does not exist in this region "
                    "or is not shared by its account: correct the id"
                )
        vpcs = sorted({self._subnets[one]["VpcId"] for one in network.subnet_ids})
        if len(vpcs) > 1:
            return f"names subnets of {' and '.join(vpcs)}: use subnets of one VPC"
        for vpc in vpcs:
            if unusable := self._unusable_groups(network, vpc):
                return (
                    f"names the security group {', '.join(unusable)} of a different VPC than its "
                    f"subnets: use groups of {vpc}"
                )
        full = self._full(network)
        if network.subnet_ids and len(full) == len(network.subnet_ids):
            return (
                f"names {', '.join(full)}, which has no free addresses (SubnetOutOfIPAddresses): "
                "free some, or use another subnet"
            )
        return None

    def warnings(self, network: Network) -> Iterator[str]:
        """Possible problems of an attached function, as sentences without a subject.

        Raises CallerError.
        """
        if full := self._full(network):
            yield (
                f"has no free address in {', '.join(full)}, which cannot be used if another subnet "
                "fails. Free some addresses, or use another subnet"
            )
        public = [one for one in network.subnet_ids if self._subnets[one]["MapPublicIpOnLaunch"]]
        if public:
            yield (
                f"is in {', '.join(public)}, which seems to be a public subnet (instances get "
                "public addresses). Functions have no internet access there: use private "
                "subnets (docs/network/vpc.md#a-fixed-address)"
            )

    def interfaces(self, network: Network) -> list[Mapping[str, Any]]:
        """Lambda's network interfaces with these subnets and groups. Raises CallerError."""
        return [
            one
            for one in self._describe(
                "DescribeNetworkInterfaces",
                {"subnet-id": network.subnet_ids, "interface-type": ["lambda"]},
                "NetworkInterfaces",
            )
            if {group["GroupId"] for group in one["Groups"]} == {*network.security_group_ids}
        ]

    def default_routes(self, network: Network) -> dict[str, Mapping[str, Any] | None]:
        """The route to 0.0.0.0/0 by subnet. Raises CallerError.

        A subnet without an association uses its VPC's main route table.
        https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
        """
        vpcs = {self._subnets[one]["VpcId"] for one in network.subnet_ids if one in self._subnets}
        tables = [*self._describe("DescribeRouteTables", {"vpc-id": vpcs}, "RouteTables")]
        routes: dict[str, Mapping[str, Any] | None] = {}
        for subnet in network.subnet_ids:
            vpc = self._subnets[subnet]["VpcId"]
            own = [one for one in tables if _is_for(one, subnet)]
            main = [one for one in tables if one["VpcId"] == vpc and _is_main(one)]
            routes[subnet] = next((_default(one) for one in own or main), None)
        return routes

    def _unusable_groups(self, network: Network, vpc: str) -> list[str]:
        """Groups that neither belong to the VPC nor are associated with it."""
        of_others = [one for one in network.security_group_ids if self._groups[one]["VpcId"] != vpc]
        if not of_others:
            return []
        usable = {
            one["GroupId"]
            for one in self._describe(
                "GetSecurityGroupsForVpc",
                {"group-id": of_others},
                "SecurityGroupForVpcs",
                VpcId=vpc,
            )
        }
        return [one for one in of_others if one not in usable]

    def _full(self, network: Network) -> list[str]:
        """Subnets without free addresses and without an interface that the function could share.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-enis
        """
        full = [
            one for one in network.subnet_ids if not self._subnets[one]["AvailableIpAddressCount"]
        ]
        if not full:
            return []
        full_part = Network(subnet_ids=tuple(full), security_group_ids=network.security_group_ids)
        shared = {one["SubnetId"] for one in self.interfaces(full_part)}
        return [one for one in full if one not in shared]

    def _describe(
        self, action: str, by: Mapping[str, Iterable[str]], member: str, **given: str
    ) -> Iterator[Mapping[str, Any]]:
        """Uses filters, because EC2 fails if one of several given ids does not exist."""
        (first, values), *others = by.items()
        wanted = sorted(values)
        operation = "".join(
            f"_{letter.lower()}" if letter.isupper() else letter for letter in action
        )
        for start in range(0, len(wanted), _BATCH):
            filters = [{"Name": first, "Values": wanted[start : start + _BATCH]}]
            filters += [{"Name": name, "Values": [*those]} for name, those in others]
            with calling(f"ec2:{action}"):
                pages = self._aws.network.get_paginator(operation.removeprefix("_")).paginate(
                    Filters=filters, **given
                )
                for page in pages:
                    yield from page[member]


def _is_for(table: Mapping[str, Any], subnet: str) -> bool:
    return any(one.get("SubnetId") == subnet for one in table["Associations"])


def _is_main(table: Mapping[str, Any]) -> bool:
    return any(one.get("Main") for one in table["Associations"])


def _default(table: Mapping[str, Any]) -> Mapping[str, Any] | None:
    routes = (one for one in table["Routes"] if one.get("DestinationCidrBlock") == "0.0.0.0/0")
    return next(routes, None)
