"""IAM's policy simulator in memory: identity policies, wildcards, StringEquals.

moto does not have one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Statement = Mapping[str, Any]


@dataclass
class FakeSimulator:
    """Denies what no statement allows. A condition fails if its key is not in the context."""

    of_roles: dict[str, list[Statement]] = field(default_factory=dict)
    managed: dict[str, list[Statement]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    """Actions that a service control policy denies to the account's roles."""

    def simulate_principal_policy(self, *, PolicySourceArn: str, **asked: Any) -> dict[str, Any]:
        answer = _simulated(self.of_roles[PolicySourceArn], **asked)
        for one in answer["EvaluationResults"]:
            may = one["EvalActionName"] not in self.forbidden
            one["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": may}
            if not may:
                one["EvalDecision"] = "explicitDeny"
        return answer

    def simulate_custom_policy(
        self, *, PolicyInputList: Sequence[str], **asked: Any
    ) -> dict[str, Any]:
        documents = [json.loads(text) for text in PolicyInputList]
        return _simulated([s for one in documents for s in one["Statement"]], **asked)

    def get_policy(self, *, PolicyArn: str) -> dict[str, Any]:
        assert PolicyArn in self.managed
        return {"Policy": {"DefaultVersionId": "v1"}}

    def get_policy_version(self, *, PolicyArn: str, VersionId: str) -> dict[str, Any]:
        document = {"Version": "2012-10-17", "Statement": self.managed[PolicyArn]}
        return {"PolicyVersion": {"Document": document}}


def _simulated(
    statements: Iterable[Statement],
    *,
    ActionNames: Sequence[str],
    ResourceArns: Sequence[str],
    ContextEntries: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    (resource,) = ResourceArns
    context = {one["ContextKeyName"]: one["ContextKeyValues"] for one in ContextEntries}
    matching = [s for s in statements if _holds(s.get("Condition", {}), context)]
    return {
        "EvaluationResults": [
            {"EvalActionName": action, "EvalDecision": _decision(matching, action, resource)}
            for action in ActionNames
        ]
    }


def _decision(statements: Iterable[Statement], action: str, resource: str) -> str:
    effects = {
        s["Effect"]
        for s in statements
        if any(fnmatchcase(action, one) for one in _listed(s["Action"]))
        and any(fnmatchcase(resource, one) for one in _listed(s["Resource"]))
    }
    return "explicitDeny" if "Deny" in effects else "allowed" if effects else "implicitDeny"


def _holds(condition: Mapping[str, Any], context: Mapping[str, Sequence[str]]) -> bool:
    assert condition.keys() <= {"StringEquals"}
    wanted = condition.get("StringEquals", {})
    return all(set(context.get(key, ())) & {*_listed(value)} for key, value in wanted.items())


def _listed(one_or_more: str | list[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more
