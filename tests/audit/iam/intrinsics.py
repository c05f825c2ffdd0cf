"""Resolution of `Ref`, `Fn::GetAtt` and `Fn::Join` for a deployed template."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from token_rotator_cdk.config.places import dns_suffix, partition_of

_TAILS: Final = {
    "AWS::CloudWatch::Alarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::Events::Rule": "events:{region}:{account}:rule/{name}",
    "AWS::IAM::ManagedPolicy": "iam::{account}:policy{path}{name}",
    "AWS::IAM::Role": "iam::{account}:role{path}{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::Scheduler::Schedule": "scheduler:{region}:{account}:schedule/default/{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
}
_REF_IS_THE_ARN: Final = {
    "AWS::IAM::ManagedPolicy", "AWS::SNS::Topic", "AWS::SecretsManager::Secret"
}  # fmt: skip
_NAMES: Final = {"RoleName", "ManagedPolicyName", "LogGroupName"}
"""Properties that take the place of a name that CloudFormation makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The account, region and stack of a deployed template, and the names of its resources."""

    account: str = "111122223333"
    region: str = "eu-west-1"
    stack: str = "tokens"
    physical_ids: Mapping[str, str] | None = None
    """Physical names by logical id. The default is the logical id."""

    @property
    def partition(self) -> str:
        """The partition that the region is in."""
        partition = partition_of(self.region)
        assert partition is not None
        return partition

    @property
    def url_suffix(self) -> str:
        """The domain of AWS's service endpoints."""
        return dns_suffix(self.partition)

    def service(self, name: str) -> str:
        """The principal of a service whose name differs by region and partition.

        Those of the other services end in ``amazonaws.com`` everywhere.
        """
        return f"{name}.{self.region}.{self.url_suffix}"

    @property
    def elsewhere(self) -> "Place":
        """Another account of the same region."""
        return Place(account="999999999999", region=self.region)

    @property
    def administrator(self) -> str:
        """A role with all permissions in its own account. Resource policies still apply to it."""
        return self.global_arn("iam:role/administrator")

    def arn(self, tail: str) -> str:
        """The ARN of a resource in this account and region, for example ``ssm:parameter/x``."""
        service, resource = tail.split(":", 1)
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def global_arn(self, tail: str) -> str:
        """The ARN of a resource that is in no region, for example ``iam:role/x``."""
        service, resource = tail.split(":", 1)
        return f"arn:{self.partition}:{service}::{self.account}:{resource}"

    def arn_of(self, template: Mapping[str, Any], logical_id: str) -> str:
        """The ARN of a resource in the template. Raises KeyError for an unknown type."""
        name = self.name_of(template, logical_id)
        if name.startswith("arn:"):
            return name
        resource = template["Resources"][logical_id]
        path = resource.get("Properties", {}).get("Path", "/")
        tail = _TAILS[resource["Type"]].format(
            name=name, path=path, account=self.account, region=self.region
        )
        return f"arn:{self.partition}:{tail}"

    def name_of(self, template: Mapping[str, Any], logical_id: str) -> str:
        """The name of a resource: its own, or what CloudFormation makes."""
        properties = template["Resources"][logical_id].get("Properties", {})
        for key in _NAMES & properties.keys():
            return str(self.resolved(template, properties[key]))
        return (self.physical_ids or {}).get(logical_id, logical_id)

    def resolved(self, template: Mapping[str, Any], value: Any) -> Any:
        """The value with intrinsic functions resolved. Raises KeyError for unknown functions."""
        if isinstance(value, list):
            return [self.resolved(template, one) for one in value]
        if not isinstance(value, dict):
            return value
        match list(value.items()):
            case [("Ref", name)]:
                return self._ref(template, name)
            case [("Fn::GetAtt", [name, "Arn" | "Id" | "TopicArn"])]:
                return self.arn_of(template, name)
            case [("Fn::Join", [separator, parts])]:
                return separator.join(self.resolved(template, parts))
            case [(name, _)] if name.startswith("Fn::"):
                raise KeyError(f"tests/audit/iam/intrinsics.py does not know {value}")
        return {key: self.resolved(template, one) for key, one in value.items()}

    def _ref(self, template: Mapping[str, Any], name: str) -> str:
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": self.url_suffix,
        }
        if name in pseudo:
            return pseudo[name]
        if template["Resources"][name]["Type"] in _REF_IS_THE_ARN:
            return self.arn_of(template, name)
        return self.name_of(template, name)
