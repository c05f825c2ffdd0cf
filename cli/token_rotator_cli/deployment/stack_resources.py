"""The resources of a CloudFormation stack."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError

_GONE: Final = ("DELETE_COMPLETE", "DELETE_SKIPPED")
"""States of resources that no longer belong to the stack. DELETE_SKIPPED: retained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackResources:
    """Physical ids by resource type. Empty if the stack does not exist."""

    ids: Mapping[str, frozenset[str]]

    def of(self, kind: str) -> frozenset[str]:
        """Physical ids of a resource type."""
        return self.ids.get(kind, frozenset())

    def numbers(self) -> Counter[str]:
        """The number of resources by type."""
        return Counter({kind: len(ids) for kind, ids in self.ids.items()})


def resources_of(aws: Aws, stack: str) -> StackResources:
    """Raises CallerError."""
    found: dict[str, set[str]] = {}
    try:
        with calling("cloudformation:ListStackResources"):
            pages = aws.cloudformation.get_paginator("list_stack_resources")
            for page in pages.paginate(StackName=stack):
                for one in page["StackResourceSummaries"]:
                    if one["ResourceStatus"] not in _GONE:
                        ids = found.setdefault(one["ResourceType"], set())
                        ids.add(one.get("PhysicalResourceId", one["LogicalResourceId"]))
    except CallerError as error:
        if error.code != "ValidationError":  # CloudFormation's code for "no such stack"
            raise
    return StackResources(ids={kind: frozenset(ids) for kind, ids in found.items()})
