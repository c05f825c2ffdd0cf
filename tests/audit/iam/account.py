"""The policies that a deployed template creates in an account, by principal and resource."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.audit.iam.intrinsics import Place

Policy = dict[str, Any]

EVERYTHING: Final[Policy] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
_AUDITED: Final = {"AssumeRolePolicyDocument", "KeyPolicy", "PolicyDocument"}


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account with one deployed template and an administrator."""

    place: Place
    policies: Mapping[str, Policy]
    """All policies of the template, by a readable name."""
    of_principal: Mapping[str, tuple[str, ...]]
    """Names of a role's identity policies, by the role's ARN."""
    of_resource: Mapping[str, str]
    """Name of a resource's policy, by the resource's ARN."""

    @property
    def administrator(self) -> str:
        """A role with all permissions. Resource policies still apply to it."""
        return self.place.administrator

    def with_policy(self, name: str, policy: Policy) -> "Account":
        """The same account with one policy changed."""
        return replace(self, policies={**self.policies, name: policy})

    def with_key(self, arn: str, *statements: Policy) -> "Account":
        """The same account with a key whose policy lets IAM policies decide, and says this besides.

        https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
        """
        name = f"policy of {arn.rpartition('/')[2]}"
        policy = {
            "Version": "2012-10-17",
            "Statement": [_iam_decides(self.place.partition, account_in(arn)), *statements],
        }
        return replace(
            self,
            policies={**self.policies, name: policy},
            of_resource={**self.of_resource, arn: name},
        )

    def simulation(
        self, principal: str, action: str, resource: str, context: Mapping[str, str]
    ) -> dict[str, Any]:
        """A request in the format of @cloud-copilot/iam-simulate."""
        names = self.of_principal.get(principal, ())
        identity = [{"name": name, "policy": self.policies[name]} for name in names]
        if principal.endswith(":role/administrator"):  # of any account
            identity = [{"name": "administrator", "policy": EVERYTHING}]
        return {
            "request": {
                "principal": principal,
                "action": action,
                "resource": {
                    "resource": resource,
                    "accountId": account_in(resource) or self.place.account,
                },
                "contextVariables": dict(context),
            },
            "identityPolicies": identity,
            "resourcePolicy": self._resource_policy(resource),
            "serviceControlPolicies": [],
            "resourceControlPolicies": [],
        }

    def _resource_policy(self, resource: str) -> Policy | None:
        if name := self.of_resource.get(resource):
            return self.policies[name]
        if ":kms:" not in resource:
            return None
        statement = _iam_decides(self.place.partition, account_in(resource))
        return {"Version": "2012-10-17", "Statement": [statement]}


def _iam_decides(partition: str, account: str) -> Policy:
    root = f"arn:{partition}:iam::{account}:root"
    return {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}


def account_in(arn: str) -> str:
    """The account in an ARN. Empty for S3 ARNs, ``*`` and services."""
    return arn.split(":")[4] if arn.startswith("arn:") else ""


@dataclass
class _Reading:
    """Collects the policies of a template."""

    template: Mapping[str, Any]
    place: Place
    policies: dict[str, Policy] = field(default_factory=dict)
    of_principal: dict[str, tuple[str, ...]] = field(default_factory=dict)
    of_resource: dict[str, str] = field(default_factory=dict)

    def read(self) -> Account:
        for logical_id, resource in self.template["Resources"].items():
            properties = resource.get("Properties", {})
            reader = _READERS.get(resource["Type"])
            if reader is not None:
                reader(self, logical_id, self.place.resolved(self.template, properties))
            elif found := _AUDITED & properties.keys():
                raise KeyError(f"tests/audit/iam/account.py does not read {found} of {logical_id}")
        return Account(
            place=self.place,
            policies=self.policies,
            of_principal=self.of_principal,
            of_resource=self.of_resource,
        )

    def _has(self, principal: str, name: str, policy: Policy) -> None:
        self.policies[name] = policy
        self.of_principal[principal] = (*self.of_principal.get(principal, ()), name)

    def role(self, logical_id: str, properties: Mapping[str, Any]) -> None:
        arn = self.place.arn_of(self.template, logical_id)
        self.policies[f"trust of {logical_id}"] = properties["AssumeRolePolicyDocument"]
        self.of_resource[arn] = f"trust of {logical_id}"
        for policy in properties.get("Policies", []):
            name = f"{policy['PolicyName']} of {logical_id}"
            self._has(arn, name, policy["PolicyDocument"])
        if managed := properties.get("ManagedPolicyArns"):
            raise KeyError(f"tests/audit/iam/account.py does not know {managed}")

    def policy(self, logical_id: str, properties: Mapping[str, Any]) -> None:
        for role in properties["Roles"]:
            self._has(self._role_arn(role), logical_id, properties["PolicyDocument"])

    def managed_policy(self, logical_id: str, properties: Mapping[str, Any]) -> None:
        """Without a role in the template, the policy is for roles outside of it."""
        for role in properties.get("Roles", [f"with-{logical_id}"]):
            self._has(self._role_arn(role), logical_id, properties["PolicyDocument"])

    def _role_arn(self, name: str) -> str:
        """Of a role of the template, which may have a path, or of one outside of it."""
        for logical_id, resource in self.template["Resources"].items():
            if resource["Type"] == "AWS::IAM::Role" and (
                self.place.name_of(self.template, logical_id) == name
            ):
                return self.place.arn_of(self.template, logical_id)
        return self.place.global_arn(f"iam:role/{name}")

    def key(self, logical_id: str, properties: Mapping[str, Any]) -> None:
        self.policies[f"policy of {logical_id}"] = properties["KeyPolicy"]
        self.of_resource[self.place.arn_of(self.template, logical_id)] = f"policy of {logical_id}"

    def topic_policy(self, logical_id: str, properties: Mapping[str, Any]) -> None:
        self.policies[logical_id] = properties["PolicyDocument"]
        self.of_resource.update(dict.fromkeys(properties["Topics"], logical_id))

    def permission(self, logical_id: str, properties: Mapping[str, Any]) -> None:
        """Adds a statement to the function's policy."""
        function = properties["FunctionName"]
        conditions: dict[str, dict[str, str]] = {}
        if "SourceArn" in properties:
            conditions["ArnLike"] = {"aws:SourceArn": properties["SourceArn"]}
        if "SourceAccount" in properties:
            conditions["StringEquals"] = {"aws:SourceAccount": properties["SourceAccount"]}
        principal = properties["Principal"]
        statement = {
            "Sid": logical_id,
            "Effect": "Allow",
            "Principal": {"Service" if principal.endswith(".com") else "AWS": principal},
            "Action": properties["Action"],
            "Resource": function,
            "Condition": conditions,
        }
        name = self.of_resource.setdefault(function, f"policy of {function.rsplit(':')[-1]}")
        policy = self.policies.setdefault(name, {"Version": "2012-10-17", "Statement": []})
        policy["Statement"].append(statement)


_READERS: Final = {
    "AWS::IAM::ManagedPolicy": _Reading.managed_policy,
    "AWS::IAM::Policy": _Reading.policy,
    "AWS::IAM::Role": _Reading.role,
    "AWS::KMS::Key": _Reading.key,
    "AWS::Lambda::Permission": _Reading.permission,
    "AWS::SNS::TopicPolicy": _Reading.topic_policy,
}


def deployed(template: Mapping[str, Any], place: Place) -> Account:
    """The account after the deployment. Raises KeyError for an unknown kind of policy."""
    return _Reading(template=copy.deepcopy(dict(template)), place=place).read()
