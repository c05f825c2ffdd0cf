"""What people hold of a version besides its resources: names, types and defaults.

docs/operate/upgrading.md promises that they stay.
"""

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import token_reader
import token_rotator_cdk
from studies.reference.command import help_text
from token_rotator.contract import METRIC_NAMESPACE, VERSION, Metric, Outcome, ReportField
from token_rotator.parameter.record import Record
from token_rotator_cdk.config.document.schema import schema
from token_rotator_cli.arguments.commands import COMMANDS

Contract = dict[str, Any]

_NOW: Final = datetime(2026, 11, 28, tzinfo=UTC)
_RECORD: Final = Record(access_token="t", issued_at=_NOW, expires_at=_NOW + timedelta(minutes=5))


def contract() -> Contract:
    """Of this checkout."""
    fields = json.loads(_RECORD.to_json())
    return {
        "version": VERSION,
        "record": {name: type(value).__name__ for name, value in fields.items()},
        "settings": dict(_settings(schema(), schema()["$defs"])),
        "names": {
            "log line": [*ReportField],
            "outcome": [*Outcome],
            f"metric of {METRIC_NAMESPACE}": [*Metric],
            "command": [*COMMANDS],
            **{f"option of {name}": _options(name) for name in COMMANDS},
            "token_reader": sorted(token_reader.__all__),
            "argument of TokenReader": _arguments(token_reader.TokenReader),
            "token_rotator_cdk": sorted(token_rotator_cdk.__all__),
            "argument of TokenRotator": _arguments(token_rotator_cdk.TokenRotator),
        },
    }


def _options(command: str) -> list[str]:
    return sorted({*re.findall(r"(?<![\w-])--[a-z][a-z-]*", help_text(command))})


def _arguments(of: type) -> list[str]:
    return sorted(inspect.signature(of).parameters)


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
            kept = {name: one[name] for name in ("type", "enum", "default") if name in one}
            yield f"{path}{key}", {**kept, "required": key in table.get("required", ())}


def _definition(written: Mapping[str, Any]) -> str:
    return str(written.get("$ref", "")).rpartition("/")[2]
