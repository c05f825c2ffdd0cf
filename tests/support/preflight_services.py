"""The AWS services that the preflight reads and nothing else here does, in memory."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from fakes.aws_service import refusal
from tests.support.live_cloudwatch import Pages

ACCOUNT = "111122223333"
REGION = "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
CODE_SIGNING = f"arn:aws:lambda:{REGION}:{ACCOUNT}:code-signing-config:csc-0123456789abcdef0"
SUBNETS = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
GROUP = "sg-0123456789abcdef0"
VPC = "vpc-0123456789abcdef0"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0000-1111"


@dataclass
class FakeLambda:
    """Lambda's account settings, functions and code signing configs."""

    quota: int = 1000
    reserved: dict[str, int] = field(default_factory=dict)
    functions: dict[str, dict[str, str]] = field(default_factory=dict)
    """The environments, by ARN."""
    stored_bytes: int = 1_000_000_000
    code_signing: set[str] = field(default_factory=lambda: {CODE_SIGNING})
    meta: Any = field(
        default_factory=lambda: SimpleNamespace(endpoint_url="https://lambda.amazonaws.com")
    )

    def get_account_settings(self) -> dict[str, Any]:
        return {
            "AccountLimit": {
                "ConcurrentExecutions": self.quota,
                "UnreservedConcurrentExecutions": self.quota - sum(self.reserved.values()),
                "TotalCodeSize": 80_530_636_800,
            },
            "AccountUsage": {"TotalCodeSize": self.stored_bytes, "FunctionCount": 10},
        }

    def list_functions(self) -> dict[str, Any]:
        return {
            "Functions": [
                {
                    "FunctionArn": arn,
                    "Role": f"arn:aws:iam::{ACCOUNT}:role/tokens-Role-1A2B3C4D5E6F",
                    "Environment": {"Variables": variables},
                }
                for arn, variables in self.functions.items()
            ]
        }

    def get_function_concurrency(self, *, FunctionName: str) -> dict[str, int]:
        reserved = self.reserved.get(FunctionName)
        return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    def get_code_signing_config(self, *, CodeSigningConfigArn: str) -> dict[str, Any]:
        if CodeSigningConfigArn not in self.code_signing:
            raise refusal("ResourceNotFoundException", "GetCodeSigningConfig")
        return {"CodeSigningConfig": {"CodeSigningConfigArn": CodeSigningConfigArn}}


@dataclass
class FakeIam:
    """IAM's summary of the account, and its policies."""

    summary: dict[str, int] = field(
        default_factory=lambda: {
            "Roles": 100,
            "RolesQuota": 1000,
            "Policies": 100,
            "PoliciesQuota": 1500,
        }
    )
    policies: set[str] = field(default_factory=lambda: {BOUNDARY})

    def get_account_summary(self) -> dict[str, Any]:
        return {"SummaryMap": self.summary}

    def get_policy(self, *, PolicyArn: str) -> dict[str, Any]:
        if PolicyArn not in self.policies:
            raise refusal("NoSuchEntity", "GetPolicy")
        return {"Policy": {"Arn": PolicyArn}}


@dataclass
class FakeKeys:
    """KMS: the states of keys."""

    states: dict[str, str] = field(default_factory=lambda: {KEY: "Enabled"})

    def describe_key(self, *, KeyId: str) -> dict[str, Any]:
        if KeyId not in self.states:
            raise refusal("NotFoundException", "DescribeKey")
        return {
            "KeyMetadata": {
                "Arn": KeyId,
                "KeyId": KeyId.rpartition("/")[2],
                "KeyState": self.states[KeyId],
                "KeyManager": "CUSTOMER",
            }
        }


@dataclass
class FakeTopics:
    """SNS: which topics exist."""

    topics: set[str] = field(default_factory=lambda: {TOPIC})

    def get_topic_attributes(self, *, TopicArn: str) -> dict[str, Any]:
        if TopicArn not in self.topics:
            raise refusal("NotFound", "GetTopicAttributes")
        return {"Attributes": {"TopicArn": TopicArn}}


@dataclass
class FakeEventRules:
    """EventBridge: the rules of the default bus."""

    rules: int = 10

    def list_rules(self) -> dict[str, Any]:
        return {"Rules": [{"Name": f"rule-{number}"} for number in range(self.rules)]}


@dataclass
class FakeQuotas:
    """Service Quotas."""

    quotas: dict[tuple[str, str], float] = field(
        default_factory=lambda: {("events", "L-244521F2"): 300.0, ("monitoring", "L-2FF78D7B"): 5e3}
    )

    def get_service_quota(self, *, ServiceCode: str, QuotaCode: str) -> dict[str, Any]:
        if (ServiceCode, QuotaCode) not in self.quotas:
            raise refusal("NoSuchResourceException", "GetServiceQuota")
        return {"Quota": {"Value": self.quotas[ServiceCode, QuotaCode]}}


def _of_vpc() -> dict[str, dict[str, Any]]:
    return {
        one: {
            "SubnetId": one,
            "VpcId": VPC,
            "AvailableIpAddressCount": 200,
            "MapPublicIpOnLaunch": False,
        }
        for one in SUBNETS
    }


@dataclass
class FakeNetwork:
    """EC2: the subnets, the security groups and Lambda's network interfaces of a region."""

    subnets: dict[str, dict[str, Any]] = field(default_factory=_of_vpc)
    groups: dict[str, str] = field(default_factory=lambda: {GROUP: VPC})
    """The VPCs of the groups."""
    associated: set[tuple[str, str]] = field(default_factory=set)
    """Groups and other VPCs that may use them."""
    interfaces: list[tuple[str, set[str]]] = field(default_factory=list)
    """The subnet and the groups of each of Lambda's."""
    routes: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {VPC: {"NatGatewayId": "nat-0123456789abcdef0", "State": "active"}}
    )
    """The default routes, by VPCs for their main tables or by subnets."""

    def get_paginator(self, operation: str) -> Pages:
        return Pages(getattr(self, operation))

    def describe_route_tables(self, *, Filters: list[dict[str, Any]]) -> dict[str, Any]:
        (vpcs,) = _filtered(Filters, "vpc-id")
        tables = [
            {
                "VpcId": VPC,
                "Associations": [{"Main": True} if name == VPC else {"SubnetId": name}],
                "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"},
                    *([{"DestinationCidrBlock": "0.0.0.0/0", **route}] if route else []),
                ],
            }
            for name, route in self.routes.items()
        ]
        return {"RouteTables": tables if VPC in vpcs else []}

    def describe_subnets(self, *, Filters: list[dict[str, Any]]) -> dict[str, Any]:
        (ids,) = _filtered(Filters, "subnet-id")
        return {"Subnets": [one for name, one in self.subnets.items() if name in ids]}

    def describe_security_groups(self, *, Filters: list[dict[str, Any]]) -> dict[str, Any]:
        (ids,) = _filtered(Filters, "group-id")
        return {
            "SecurityGroups": [
                {"GroupId": one, "VpcId": vpc} for one, vpc in self.groups.items() if one in ids
            ]
        }

    def get_security_groups_for_vpc(
        self, *, VpcId: str, Filters: list[dict[str, Any]]
    ) -> dict[str, Any]:
        (ids,) = _filtered(Filters, "group-id")
        usable = {one for one, vpc in {*self.groups.items(), *self.associated} if vpc == VpcId}
        return {"SecurityGroupForVpcs": [{"GroupId": one} for one in sorted(usable & {*ids})]}

    def describe_network_interfaces(self, *, Filters: list[dict[str, Any]]) -> dict[str, Any]:
        ids, kinds = _filtered(Filters, "subnet-id", "interface-type")
        return {
            "NetworkInterfaces": [
                {
                    "SubnetId": subnet,
                    "Groups": [{"GroupId": one} for one in sorted(groups)],
                    "Status": "in-use",
                }
                for subnet, groups in self.interfaces
                if subnet in ids and kinds == ["lambda"]
            ]
        }


def _filtered(filters: list[dict[str, Any]], *names: str) -> list[list[str]]:
    """The values of the filters. EC2 refuses one without any."""
    assert [one["Name"] for one in filters] == [*names]
    assert all(one["Values"] for one in filters)
    return [one["Values"] for one in filters]


@dataclass
class FakeStacks:
    """CloudFormation: what the stacks own."""

    stacks: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def list_stack_resources(self, *, StackName: str) -> dict[str, Any]:
        if StackName not in self.stacks:
            raise refusal("ValidationError", "ListStackResources")
        return {"StackResourceSummaries": self.stacks[StackName]}
