"""Templates of packages, and what CloudFormation makes of their parameters and conditions."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from tests.support.infra_templates import Resource, app
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.package.place import PackagePlace
from token_rotator_cdk.package.stack import PackagedStack

PLACE: Final = PackagePlace(bucket="acme-artifacts")
_NOTHING: Final = {"Ref": "AWS::NoValue"}


def packaged(deployment: Deployment, code: lambda_.Code | None = None) -> Resource:
    """The template of a stack; without ``code``, nothing is bundled."""
    scope = cdk.App(context=app().node.get_all_context(), builtin_cloud_formation_validation=False)
    stack = PackagedStack(
        scope,
        deployment=deployment,
        directory=Path(),
        place=PLACE,
        code=code or lambda_.Code.from_inline("stub"),
    )
    return dict(Template.from_stack(stack).to_json())


def deployed_as(template: Resource, *, stack: str = "tokens", **given: str) -> Resource:
    """The template without its parameters: what is deployed if these are given.

    Conditions that depend on the partition stay.
    """
    parameters = template.get("Parameters", {})
    assert given.keys() <= parameters.keys()
    texts = {name: given.get(name, one["Default"]) for name, one in parameters.items()}
    values: dict[str, Any] = {
        name: text.split(",") if parameters[name]["Type"] == "CommaDelimitedList" else text
        for name, text in texts.items()
    }
    return _Deployment(values | {"AWS::StackName": stack}, template["Conditions"]).of(template)


class _Deployment:
    def __init__(self, values: Mapping[str, Any], conditions: Mapping[str, Any]) -> None:
        self._values = values
        self._conditions = conditions

    def of(self, template: Resource) -> Resource:
        result = copy.deepcopy(template)
        for section in ("Resources", "Outputs"):
            result[section] = {
                name: self._value(one)
                for name, one in template[section].items()
                if self._holds(one.get("Condition")) is not False
            }
            for one in result[section].values():
                if self._holds(one.get("Condition")):
                    del one["Condition"]
        return result

    def _holds(self, name: str | None) -> bool | None:
        """Whether a condition of the parameters holds; None: it is none of theirs."""
        if name is None:
            return None
        return self._decided(self._conditions[name])

    def _decided(self, expression: Any) -> bool | None:
        match expression:
            case {"Condition": str(name)}:
                return self._holds(name)
            case {"Fn::Not": [inner]}:
                decided = self._decided(inner)
                return None if decided is None else not decided
            case {"Fn::And": parts}:
                return all(map(self._decided, parts))
            case {"Fn::Or": parts}:
                decided_parts = [*map(self._decided, parts)]
                return None if None in decided_parts else any(decided_parts)
            case {"Fn::Equals": [{"Ref": "AWS::Partition"}, _]}:
                return None
            case {"Fn::Equals": [left, right]}:
                return bool(self._value(left) == self._value(right))
        raise AssertionError(expression)

    def _value(self, value: Any) -> Any:
        match value:
            case list():
                return [one for one in map(self._value, value) if one != _NOTHING]
            case {"Ref": str(name)} if name in self._values:
                return self._values[name]
            case {"Fn::If": [name, one, other]} if self._holds(name) is not None:
                return self._value(one if self._holds(name) else other)
            case {"Fn::Join": [separator, parts]}:
                return _joined(separator, self._value(parts))
            case dict():
                found = {key: self._value(one) for key, one in value.items()}
                return {key: one for key, one in found.items() if one != _NOTHING}
        return value


def _joined(separator: str, parts: list[Any]) -> Any:
    """With texts that stand together as one, as the CDK writes them."""
    merged: list[Any] = []
    for part in parts:
        if merged and isinstance(part, str) and isinstance(merged[-1], str):
            merged[-1] = f"{merged[-1]}{separator}{part}"
        else:
            merged.append(part)
    if len(merged) == 1 and isinstance(merged[0], str):
        return merged[0]
    return {"Fn::Join": [separator, merged]}
