"""The calls of CloudFormation's execution role for a template, with their ARNs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.audit.deploying.schemas import actions
from tests.audit.iam.call import Call
from tests.audit.iam.intrinsics import Place

PASSED_TO: Final = {
    "AWS::Events::Rule": "events.amazonaws.com",
    "AWS::Lambda::Function": "lambda.amazonaws.com",
    "AWS::Scheduler::Schedule": "scheduler.amazonaws.com",
}
FOR_THE_SECRETS_KEY: Final = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
"""Secrets Manager requires them of the principal that creates a secret with a customer key, or
changes its key. The schema does not say so.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html
"""

WITHOUT_A_RESOURCE: Final = {
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"),
    *("ec2:DescribeSubnets", "ec2:DescribeVpcs", "kms:CreateKey"),
    *("logs:DescribeIndexPolicies", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"),
    "secretsmanager:GetRandomPassword",
}
"""The simulator refuses these for any resource but ``*``."""

OF_A_VERSION: Final = {"lambda:DeleteLayerVersion", "lambda:GetLayerVersion"}

_TAILS: Final = {
    "AWS::CloudWatch::Dashboard": "arn:aws:cloudwatch::{account}:dashboard/{name}",
    "AWS::Lambda::LayerVersion": "arn:aws:lambda:{region}:{account}:layer:{name}",
    "AWS::Scheduler::Schedule": "arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
}
_NAMES: Final = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::SecretsManager::Secret": "Name",
}
_PARTS: Final = {
    "AWS::Lambda::EventInvokeConfig": "FunctionName",
    "AWS::Lambda::Permission": "FunctionName",
    "AWS::SNS::Subscription": "TopicArn",
}
"""Types whose actions are about another resource, which a property names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A template in an account, with the names that CloudFormation gives its resources."""

    template: Mapping[str, Any]
    stack_name: str
    assets_bucket: str
    role: str
    """The ARN of the execution role."""

    @property
    def place(self) -> Place:
        """The account, with the physical names."""
        return Place(
            physical_ids={
                logical_id: self._name(logical_id, resource)
                for logical_id, resource in self.template["Resources"].items()
            }
        )

    def calls(self) -> Iterator[Call]:
        """One call for each action and resource."""
        for logical_id, resource in self.template["Resources"].items():
            for action in sorted(actions(resource)):
                yield from self._call(action, logical_id, resource)
            if resource["Type"] == "AWS::SecretsManager::Secret":
                key = self._resolved(resource["Properties"]["KmsKeyId"])
                via = {"kms:ViaService": f"secretsmanager.{self.place.region}.amazonaws.com"}
                for action in FOR_THE_SECRETS_KEY:
                    yield Call(principal=self.role, action=action, resource=key, context=via)

    def _call(self, action: str, logical_id: str, resource: Mapping[str, Any]) -> Iterator[Call]:
        kind, properties = resource["Type"], resource.get("Properties", {})
        if action == "iam:PassRole":
            for role in self._passed(properties):
                context = {"iam:PassedToService": PASSED_TO[kind]}
                yield Call(principal=self.role, action=action, resource=role, context=context)
        elif action in {"s3:GetObject", "s3:GetObjectVersion"}:
            yield Call(
                principal=self.role,
                action=action,
                resource=f"arn:aws:s3:::{self.assets_bucket}/0123abcd.zip",
            )
        elif action == "lambda:GetCodeSigningConfig":
            if arn := properties.get("CodeSigningConfigArn"):
                yield Call(principal=self.role, action=action, resource=arn)
        else:
            for arn in self._about(action, logical_id, resource):
                yield Call(principal=self.role, action=action, resource=arn)

    def _passed(self, properties: Mapping[str, Any]) -> Iterator[str]:
        roles = [properties.get("Role"), properties.get("Target", {}).get("RoleArn")]
        roles += [target.get("RoleArn") for target in properties.get("Targets", [])]
        yield from (self._resolved(role) for role in roles if role)

    def _about(self, action: str, logical_id: str, resource: Mapping[str, Any]) -> list[str]:
        if action in WITHOUT_A_RESOURCE:
            return ["*"]
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind in _PARTS:
            whole = self._resolved(properties[_PARTS[kind]])
            arn = whole if whole.startswith("arn:") else self.place.arn(f"lambda:function:{whole}")
            return [arn]
        if kind == "AWS::SNS::TopicPolicy":
            topics: list[str] = self._resolved(properties["Topics"])
            return topics
        if kind in _TAILS:
            place = self.place
            arn = _TAILS[kind].format(
                account=place.account,
                region=place.region,
                name=(place.physical_ids or {})[logical_id],
            )
            return [f"{arn}:1" if action in OF_A_VERSION else arn]
        try:
            return [self.place.arn_of(self.template, logical_id).removesuffix(":*")]
        except KeyError:
            raise KeyError(
                f"tests/audit/deploying/calls.py does not know the ARN of {kind}"
            ) from None

    def _name(self, logical_id: str, resource: Mapping[str, Any]) -> str:
        kind = resource["Type"]
        if kind in _NAMES:
            return str(Place().resolved(self.template, resource["Properties"][_NAMES[kind]]))
        if kind == "AWS::KMS::Key":
            return "12345678-1234-1234-1234-123456789012"
        if kind == "AWS::Lambda::LayerVersion":
            return logical_id
        return f"{self.stack_name}-{logical_id}-AbCdEfGhIjKl"

    def _resolved(self, value: object) -> Any:
        return self.place.resolved(self.template, value)
