"""The network that a rotator's function is attached to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import Stack, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from token_rotator_cdk.config.issues import ConfigIssue
from token_rotator_cdk.config.models.vpc import VpcConfig
from token_rotator_cdk.constructs import permissions

HTTPS: Final = 443

_NOT_NEEDED: Final = "not-needed"
"""A value that the CDK requires for imported resources but that no template contains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The network arguments of ``TokenRotator``."""

    vpc: ec2.IVpc | None = None
    vpc_subnets: ec2.SubnetSelection | None = None
    security_groups: Sequence[ec2.ISecurityGroup] = ()
    allow_ipv6_for_dual_stack: bool = False

    def issues(self) -> Iterator[ConfigIssue]:
        """Issues with arguments that conflict and with public subnets."""
        if self.vpc is None:
            for argument in ("vpc_subnets", "security_groups", "allow_ipv6_for_dual_stack"):
                if getattr(self, argument):
                    yield ConfigIssue(key=argument, fix="leave it out, or pass vpc too")
            return
        selected = _selected(self.vpc, self.vpc_subnets)
        if selected.error is not None:
            fix = f"select subnets of the vpc. {selected.error}"
            yield ConfigIssue(key="vpc_subnets", fix=fix)
        elif selected.public:
            yield ConfigIssue(
                key="vpc_subnets",
                fix="select private subnets: Lambda functions have no public IP address, so they "
                "have no internet access from public subnets (docs/network/vpc.md)",
            )

    def settings(self) -> dict[str, Any]:
        """The arguments as settings, with placeholders for unknown ids."""
        if self.vpc is None:
            return {}
        selected = _selected(self.vpc, self.vpc_subnets)
        groups = [one.security_group_id for one in self.security_groups]
        return {
            "vpc_subnets": _with_placeholders(
                "subnet", selected.ids, pending_lookup=selected.pending_lookup
            ),
            "security_groups": _with_placeholders("sg", groups),
            "allow_ipv6_for_dual_stack": self.allow_ipv6_for_dual_stack,
        }


class Attachment:
    """Attaches one function to a network: its arguments and its role's statements."""

    def __init__(self, scope: Construct, network: Network) -> None:
        self.statements: list[iam.PolicyStatement] = []
        self.function_arguments: dict[str, Any] = {}
        if network.vpc is None:
            return
        groups = [*network.security_groups] or [_https_security_group(scope, network)]
        self.statements = permissions.attach_to_vpc(
            Stack.of(scope),
            subnet_ids=_selected(network.vpc, network.vpc_subnets).ids,
            security_group_ids=[one.security_group_id for one in groups],
        )
        self.function_arguments = {
            "vpc": network.vpc,
            "vpc_subnets": network.vpc_subnets,
            "security_groups": groups,
            "ipv6_allowed_for_dual_stack": network.allow_ipv6_for_dual_stack,
        }


def imported_network(scope: Construct, construct_id: str, config: VpcConfig | None) -> Network:
    """The network of a ``rotators.toml``. The template needs only ids, so no lookup is needed."""
    if config is None:
        return Network()
    subnets = [
        ec2.Subnet.from_subnet_attributes(
            scope,
            f"{construct_id}Subnet{number}",
            subnet_id=one,
            availability_zone=_NOT_NEEDED,
            route_table_id=_NOT_NEEDED,
        )
        for number, one in enumerate(config.subnet_ids, start=1)
    ]
    return Network(
        vpc=ec2.Vpc.from_vpc_attributes(
            scope, f"{construct_id}Vpc", vpc_id=_NOT_NEEDED, availability_zones=[_NOT_NEEDED]
        ),
        vpc_subnets=ec2.SubnetSelection(subnets=subnets),
        security_groups=[
            ec2.SecurityGroup.from_security_group_id(
                scope, f"{construct_id}SecurityGroup{number}", one, mutable=False
            )
            for number, one in enumerate(config.security_group_ids, start=1)
        ],
        allow_ipv6_for_dual_stack=config.allow_ipv6_for_dual_stack,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selected:
    ids: Sequence[str] = ()
    public: bool = False
    pending_lookup: bool = False
    """Whether the ids are placeholders until the CDK's lookup."""
    error: str | None = None
    """The CDK's error if the selection is empty."""


def _selected(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> _Selected:
    if selection is not None and selection.subnets:
        # not by the CDK, which requires an Availability Zone of each subnet; imported ones may have
        # none
        ids = [one.subnet_id for one in selection.subnets]
        public = {one.subnet_id for one in vpc.public_subnets}
        return _Selected(ids=ids, public=not public.isdisjoint(ids))
    try:
        selected_subnets = vpc.select_subnets(**_criteria(selection))
    except RuntimeError as error:
        return _Selected(error=str(error).partition(": ")[2] or str(error))
    return _Selected(
        ids=selected_subnets.subnet_ids,
        public=selected_subnets.has_public,
        pending_lookup=bool(selected_subnets.is_pending_lookup),
    )


def _criteria(selection: ec2.SubnetSelection | None) -> dict[str, Any]:
    names = ("availability_zones", "one_per_az", "subnet_filters", "subnet_group_name")
    values = {name: getattr(selection, name, None) for name in (*names, "subnet_type")}
    return {name: value for name, value in values.items() if value is not None}


def _with_placeholders(kind: str, ids: Sequence[str], *, pending_lookup: bool = False) -> list[str]:
    """The ids, with valid placeholders for those that are not known yet."""
    if pending_lookup or not ids:
        return [f"{kind}-{0:08x}"]
    return [
        f"{kind}-{number:08x}" if Token.is_unresolved(one) else one
        for number, one in enumerate(ids)
    ]


def _https_security_group(scope: Construct, network: Network) -> ec2.SecurityGroup:
    assert network.vpc is not None  # noqa: S101 - narrows the type
    group = ec2.SecurityGroup(
        scope,
        "SecurityGroup",
        vpc=network.vpc,
        description="Token rotator: HTTPS out, nothing in",
        allow_all_outbound=False,
    )
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS), "AWS, identity provider")
    if network.allow_ipv6_for_dual_stack:
        group.add_egress_rule(ec2.Peer.any_ipv6(), ec2.Port.tcp(HTTPS), "AWS, identity provider")
    return group
