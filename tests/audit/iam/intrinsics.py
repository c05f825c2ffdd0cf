"""Resolution of `Ref`, `Fn::GetAtt` and `Fn::Join` for a deployed template."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_TAILS: Final = {
    "AWS::CloudWatch::Alarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::Events::Rule": "events:{region}:{account}:rule/{name}",
    "AWS::IAM::ManagedPolicy": "iam::{account}:policy/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
}
_REF_IS_THE_ARN: Final = {
    "AWS::IAM::ManagedPolicy", "AWS::SNS::Topic", "AWS::SecretsManager::Secret"
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The account and region of a deployed template, and the names of its resources."""

    account: str = "111122223333"
    region: str = "eu-west-1"
    physical_ids: Mapping[str, str] | None = None
    """Physical names by logical id. The default is the logical id."""

    def arn(self, tail: str) -> str:
        """The ARN of a resource in this account and region, for example ``ssm:parameter/x``."""
        service, resource = tail.split(":", 1)
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def arn_of(self, template: Mapping[str, Any], logical_id: str) -> str:
        """The ARN of a resource in the template. Raises KeyError for an unknown type."""
        name = (self.physical_ids or {}).get(logical_id, logical_id)
        if name.startswith("arn:"):
            return name
        tail = _TAILS[template["Resources"][logical_id]["Type"]]
        return "arn:aws:" + tail.format(name=name, account=self.account, region=self.region)

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
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if template["Resources"][name]["Type"] in _REF_IS_THE_ARN:
            return self.arn_of(template, name)
        return (self.physical_ids or {}).get(name, name)
