"""What CloudFormation replaces when a template becomes another one.

It replaces a resource whose create-only property changes, and deletes the old one. The schemas of
the resource types say which properties those are; cfn-lint has them.
"""

import functools
import json
import subprocess
from typing import Any, NamedTuple

from local import ROOT
from tests.support.infra_templates import Resource


class Replaced(NamedTuple):
    """A resource that is there before and after, and a property that replaces it."""

    logical_id: str
    kind: str
    what: str


def replacements(before: Resource, after: Resource) -> list[Replaced]:
    """Every resource that CloudFormation replaces, once for each property that says so."""
    old, new = before["Resources"], after["Resources"]
    properties = create_only(frozenset(one["Type"] for one in (*old.values(), *new.values())))
    assert "/properties/Description" in properties["AWS::IAM::ManagedPolicy"]
    return [
        Replaced(name, old[name]["Type"], path.removeprefix("/properties/"))
        for name in sorted(old.keys() & new.keys())
        for path in properties[old[name]["Type"]]
        if _at(old[name], path) != _at(new[name], path)
    ]


def replaced(before: Resource, after: Resource) -> set[tuple[str, str]]:
    """The types of the resources that CloudFormation replaces, and the properties that say so."""
    return {(one.kind, one.what) for one in replacements(before, after)}


@functools.cache
def create_only(kinds: frozenset[str]) -> dict[str, list[str]]:
    """The properties of each type that CloudFormation cannot change."""
    program = (
        "import json, sys; from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as all_of\n"
        "print(json.dumps({kind: all_of.get_resource_schema('eu-west-1', kind)"
        ".schema.get('createOnlyProperties', []) for kind in sys.argv[1:]}))"
    )
    done = subprocess.run(
        [ROOT / ".venv-audit" / "bin" / "python", "-c", program, *kinds],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def _at(resource: dict[str, Any], path: str) -> object:
    value: Any = resource.get("Properties", {})
    for step in path.removeprefix("/properties/").split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value
