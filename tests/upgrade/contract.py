"""What people hold of a version besides its resources: names, types, defaults and rules.

docs/operate/upgrading.md promises that they stay.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, Final

import token_reader
import token_rotator_cdk
from studies.reference.command import help_text
from studies.reference.construct import FOR_TESTS
from token_reader.testing import FakeTokenReader
from token_rotator.contract import (
    METRIC_NAMESPACE,
    ROTATOR_DIMENSION,
    VERSION,
    Metric,
    Outcome,
    ReportField,
    RotationStep,
    StepField,
    StepResult,
    Trigger,
)
from token_rotator.parameter.record import Record
from token_rotator_cdk.config.document.schema import schema
from token_rotator_cdk.config.parameters import PARAMETERS
from token_rotator_cdk.package.place import BUCKET_PARAMETER
from token_rotator_cli.arguments.commands import COMMANDS

Contract = dict[str, Any]

_NOW: Final = datetime(2026, 11, 28, tzinfo=UTC)
_RECORD: Final = Record(access_token="t", issued_at=_NOW, expires_at=_NOW + timedelta(minutes=5))


def _classes(package: ModuleType) -> dict[str, type]:
    """Also those that ``from token_reader import *`` leaves out."""
    found = {name: getattr(package, name) for name in dir(package)}
    return {name: one for name, one in found.items() if inspect.isclass(one)}


_CLASSES: Final[dict[str, dict[str, type]]] = {
    "token_reader": _classes(token_reader),
    "token_reader.testing": {"FakeTokenReader": FakeTokenReader},
    "token_rotator_cdk": _classes(token_rotator_cdk),
}
"""Package → its public classes."""

_NOT_PROMISED: Final = {"failed", "fresh_copy", "moment", "read_if_due"}
"""What the modules of ``token_reader`` use of each other."""

_TEXT: Final = {"$ref", "description"}
"""What the schema of a setting has besides its rules."""


def contract() -> Contract:
    """Of this checkout."""
    fields = json.loads(_RECORD.to_json())
    return {
        "version": VERSION,
        "record": {name: type(value).__name__ for name, value in fields.items()},
        "settings": dict(_settings(schema(), schema()["$defs"])),
        "names": {
            **_names_of_rotations(),
            "parameter of a package": [*(one.name for one in PARAMETERS), BUCKET_PARAMETER],
            "command": [*COMMANDS],
            **{f"option of {name}": _options(name) for name in COMMANDS},
            **{kind: [*classes] for kind, classes in _CLASSES.items()},
            **{f"member of {name}": _members(one) for name, one in _every_class()},
            **{f"argument of {name}": [*_arguments(one)] for name, one in _every_callable()},
        },
        "required arguments": {
            name: [one for one, parameter in _arguments(called).items() if _is_required(parameter)]
            for name, called in _every_callable()
        },
    }


def _options(command: str) -> list[str]:
    return sorted({*re.findall(r"(?<![\w-])--[a-z][a-z-]*", help_text(command))})


def _names_of_rotations() -> dict[str, list[str]]:
    """What queries, dashboards and alarms name."""
    return {
        "log line": [*ReportField],
        "outcome": [*Outcome],
        "trigger": [*Trigger],
        "step": [*RotationStep],
        "field of a step": [*StepField],
        "result of a step": [*StepResult],
        f"metric of {METRIC_NAMESPACE}": [*Metric],
        "dimension of the metrics": [ROTATOR_DIMENSION],
    }


def _every_class() -> Iterator[tuple[str, type]]:
    return ((name, one) for classes in _CLASSES.values() for name, one in classes.items())


def _members(of: type) -> list[str]:
    """Attributes and methods that the class itself declares."""
    declared = {*vars(of), *inspect.get_annotations(of)} - _NOT_PROMISED
    return sorted(name for name in declared if not name.startswith("_"))


def _every_callable() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The classes and their methods."""
    for name, one in _every_class():
        # not the class itself: the metaclass of the CDK's classes takes whatever is given
        if "__init__" in vars(one):
            yield name, vars(one)["__init__"]
        for member in _members(one):
            if inspect.isroutine(method := getattr(one, member, None)):
                yield f"{name}.{member}", method


def _arguments(of: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    found = inspect.signature(of).parameters
    return {name: one for name, one in found.items() if name not in {"self", *FOR_TESTS}}


def _is_required(one: inspect.Parameter) -> bool:
    collected = one.kind in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
    return one.default is one.empty and not collected


def _settings(
    table: Mapping[str, Any], definitions: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each setting of a table and of the tables in it, by its path; ``*`` is a chosen name."""
    for key, written in table["properties"].items():
        one = {**definitions.get(_definition(written), {}), **written}
        if "properties" in one:
            yield from _settings(one, definitions, f"{path}{key}.")
        elif "$ref" in (named := one.get("additionalProperties") or {}):
            yield from _settings(definitions[_definition(named)], definitions, f"{path}{key}.*.")
        else:
            kept = {name: said for name, said in one.items() if name not in _TEXT}
            yield f"{path}{key}", {**kept, "required": key in table.get("required", ())}


def _definition(written: Mapping[str, Any]) -> str:
    return str(written.get("$ref", "")).rpartition("/")[2]
