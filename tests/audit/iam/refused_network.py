"""Refused calls of a function's role in the network, with and without a VPC."""

from collections.abc import Iterator
from typing import Final

from tests.audit.iam.needed import (
    CREATE_INTERFACE,
    OF_A_NETWORK,
    OF_AN_INTERFACE,
    attachment,
    interface,
)
from tests.audit.iam.refusal import Refusal, Safeguard, rows
from tests.audit.iam.rotators import Rotator

CREATE: Final = (CREATE_INTERFACE,)


def of_the_function(rotator: Rotator) -> Iterator[Refusal]:
    """Lambda attaches the function to its subnets alone, and the function's code to none."""
    if not rotator.subnets:
        yield from _without_a_vpc(rotator)
        return
    for call in attachment(rotator, {"lambda:SourceFunctionArn": rotator.function}):
        yield Refusal(call, Safeguard.DENY)
    role, place = rotator.role, rotator.place
    for named in (*rotator.subnets, *rotator.security_groups):
        near = (f"{named}0", named.replace(f":{place.region}:", ":eu-north-1:"))
        yield from rows(Safeguard.RESOURCE, role, CREATE, near)
    others = (
        place.arn("ec2:subnet/subnet-0fedcba9876543210"),
        place.arn("ec2:security-group/sg-0fedcba9876543210"),
        place.arn("ec2:network-interface/*").replace(f":{place.region}:", ":eu-north-1:"),
    )
    yield from rows(Safeguard.RESOURCE, role, CREATE, others)
    beyond = (
        *("ec2:ModifyNetworkInterfaceAttribute", "ec2:AttachNetworkInterface"),
        *("ec2:DetachNetworkInterface", "ec2:CreateNetworkInterfacePermission"),
        "ec2:AssignIpv6Addresses",
    )
    yield from rows(Safeguard.ACTION, role, beyond, (interface(rotator),))
    groups = ("ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress")
    yield from rows(Safeguard.ACTION, role, groups, rotator.security_groups)
    instances = (place.arn("ec2:instance/*"), *rotator.subnets)
    yield from rows(Safeguard.ACTION, role, ("ec2:RunInstances",), instances)
    yield from rows(Safeguard.ACTION, role, ("ec2:DescribeVpcs", "ec2:DescribeInstances"), ("*",))


def _without_a_vpc(rotator: Rotator) -> Iterator[Refusal]:
    role, everything = rotator.role, Safeguard.ACTION | Safeguard.RESOURCE
    yield from rows(everything, role, (*CREATE, *OF_AN_INTERFACE), (interface(rotator),))
    yield from rows(everything, role, OF_A_NETWORK, ("*",))


def of_another_rotator(rotator: Rotator, other: Rotator) -> Iterator[Refusal]:
    """A function is not attached to what another rotator's is attached to."""
    if rotator.subnets:
        theirs = {*other.subnets, *other.security_groups}
        own = {*rotator.subnets, *rotator.security_groups}
        yield from rows(Safeguard.RESOURCE, rotator.role, CREATE, tuple(sorted(theirs - own)))
