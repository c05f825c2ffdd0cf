"""A Parameter Store in memory that enforces the rules AWS documents, unlike moto."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fakes.aws_service import FakeService, refusal

LIMITS = {"Standard": 4 * 1024, "Advanced": 8 * 1024}
CREATION = {"Type": "", "Tier": "Standard", "KeyId": "alias/aws/ssm", "Policies": "[]"}


@dataclass
class Parameter:
    """One parameter: its attributes, its versions' values and its tags."""

    attributes: dict[str, str]
    values: list[str]
    modified: datetime
    tags: dict[str, str] = field(default_factory=dict)


class FakeParameterStore(FakeService):
    """The part of the SSM client that the project uses.

    A put keeps the attributes that it omits. Tags and Overwrite exclude each other. An Expiration
    policy requires the advanced tier, and the next scan after its time deletes the parameter. A
    parameter that is created again starts at version 1 without tags.
    """

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._parameters: dict[str, Parameter] = {}

    # For tests

    def put_foreign(self, name: str, value: str) -> None:
        """Writes a value that is not the rotator's, of type String."""
        self._parameters[name] = Parameter(dict(CREATION, Type="String"), [value], self._now())

    def parameter(self, name: str) -> Parameter:
        return self._parameters[name]

    def holds(self, name: str) -> bool:
        return name in self._parameters

    def names(self) -> list[str]:
        return list(self._parameters)

    def value(self, name: str) -> str:
        return self._parameters[name].values[-1]

    def scan(self) -> None:
        """Deletes expired parameters, as AWS does from time to time."""
        now = self._now()
        self._parameters = {
            name: parameter
            for name, parameter in self._parameters.items()
            if not any(moment <= now for moment in _expirations(parameter.attributes["Policies"]))
        }

    # The client's methods

    def get_parameter(self, *, Name: str, WithDecryption: bool = False) -> dict[str, Any]:
        with self._call("get_parameter"):
            if Name not in self._parameters:
                raise refusal("ParameterNotFound", "get_parameter")
            parameter = self._parameters[Name]
            encrypted = parameter.attributes["Type"] == "SecureString" and not WithDecryption
            return {
                "Parameter": {
                    "Name": Name,
                    "Value": "(ciphertext)" if encrypted else parameter.values[-1],
                    "Version": len(parameter.values),
                    "LastModifiedDate": parameter.modified,
                }
            }

    def put_parameter(
        self,
        *,
        Name: str,
        Value: str,
        Overwrite: bool = False,
        **attributes: Any,
    ) -> dict[str, Any]:
        with self._call("put_parameter"):
            if Overwrite and "Tags" in attributes:
                raise refusal("ValidationException", "put_parameter")
            there = self._parameters.get(Name)
            if there is not None and not Overwrite:
                raise refusal("ParameterAlreadyExists", "put_parameter")
            tags = {tag["Key"]: tag["Value"] for tag in attributes.pop("Tags", [])}
            kept = {**(there.attributes if there else CREATION), **attributes}
            self._check(Value, kept)
            if there is None:
                there = self._parameters[Name] = Parameter(kept, [], self._now(), tags)
            there.attributes = kept
            there.values.append(Value)
            there.modified = self._now()
            return {"Version": len(there.values), "Tier": kept["Tier"]}

    def delete_parameter(self, *, Name: str) -> dict[str, Any]:
        with self._call("delete_parameter"):
            if self._parameters.pop(Name, None) is None:
                raise refusal("ParameterNotFound", "delete_parameter")
            return {}

    def describe_parameters(
        self, *, ParameterFilters: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        with self._call("describe_parameters"):
            (only,) = ParameterFilters
            assert (only["Key"], only["Option"]) == ("Name", "Equals")
            assert 0 < len(only["Values"]) <= 50, "SSM takes fifty values"
            names = [name for name in only["Values"] if name in self._parameters]
            return {"Parameters": [self._metadata(name) for name in names]}

    def get_parameters(self, *, Names: Sequence[str]) -> dict[str, Any]:
        with self._call("get_parameters"):
            assert 0 < len(Names) <= 10, "SSM takes ten names"
            found = [name for name in Names if name in self._parameters]
            return {
                "Parameters": [{"Name": name, "Value": self.value(name)} for name in found],
                "InvalidParameters": [name for name in Names if name not in found],
            }

    def list_tags_for_resource(self, *, ResourceType: str, ResourceId: str) -> dict[str, Any]:
        with self._call("list_tags_for_resource"):
            if ResourceType != "Parameter" or ResourceId not in self._parameters:
                raise refusal("InvalidResourceId", "list_tags_for_resource")
            tags = self._parameters[ResourceId].tags
            return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _metadata(self, name: str) -> dict[str, Any]:
        there = self._parameters[name]
        return {
            "Name": name,
            "Version": len(there.values),
            **{key: there.attributes[key] for key in ("Type", "Tier", "KeyId")},
            "Policies": [
                {
                    "PolicyText": json.dumps(policy),
                    "PolicyType": policy["Type"],
                    "PolicyStatus": "Pending",
                }
                for policy in json.loads(there.attributes["Policies"])
            ],
        }

    def add_tags_to_resource(
        self,
        *,
        ResourceType: str,
        ResourceId: str,
        Tags: Sequence[Mapping[str, str]],
    ) -> dict[str, Any]:
        with self._call("add_tags_to_resource"):
            if ResourceType != "Parameter" or ResourceId not in self._parameters:
                raise refusal("InvalidResourceId", "add_tags_to_resource")
            self._parameters[ResourceId].tags.update({tag["Key"]: tag["Value"] for tag in Tags})
            return {}

    def _check(self, value: str, attributes: Mapping[str, Any]) -> None:
        if not value or not attributes["Type"]:
            raise refusal("ValidationException", "put_parameter")
        if len(value.encode()) > LIMITS[attributes["Tier"]]:
            raise refusal("ValidationException", "put_parameter")
        expirations = _expirations(attributes["Policies"])
        if expirations and attributes["Tier"] != "Advanced":
            raise refusal("ValidationException", "put_parameter")
        if any(moment <= self._now() for moment in expirations):
            raise refusal("InvalidPolicyAttributeException", "put_parameter")


def _expirations(policies: str) -> list[datetime]:
    moments = []
    for policy in json.loads(policies):
        assert policy.keys() == {"Type", "Version", "Attributes"}
        assert (policy["Type"], policy["Version"]) == ("Expiration", "1.0")
        moments.append(datetime.fromisoformat(policy["Attributes"]["Timestamp"]))
    return moments
