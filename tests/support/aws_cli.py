"""The AWS CLI, as far as the documentation uses it: a program for tests.

It takes services, operations and options from botocore's models, which the AWS CLI takes them from,
too. So a command of the documentation that AWS does not have fails here.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import botocore.session
import jmespath  # type: ignore[import-untyped]  # botocore's
from botocore import xform_name
from botocore.model import Shape, StructureShape

from local import ROOT


def install(directory: Path) -> None:
    """Writes the command ``aws`` into the directory."""
    command = directory / "aws"
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m {__name__} "$@"\n',
        encoding="utf-8",
    )
    command.chmod(0o755)


def main(words: Sequence[str]) -> int:
    service, operation, *options = words
    client = botocore.session.Session().create_client(
        service, region_name=os.environ["AWS_DEFAULT_REGION"]
    )
    (name,) = (
        one
        for one in client.meta.service_model.operation_names
        if xform_name(one, "-") == operation
    )
    shape = client.meta.service_model.operation_model(name).input_shape
    given = vars(_options(shape).parse_args(options))
    query, _ = given.pop("query", None), given.pop("output", None)
    parameters = json.loads(given.pop("cli_input_json", "{}")) | given
    answer = getattr(client, xform_name(name))(**parameters)
    answer.pop("ResponseMetadata", None)
    print(json.dumps(jmespath.search(query, answer) if query else answer, default=str))
    return 0


def _options(shape: StructureShape | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("--cli-input-json", type=_text)
    parser.add_argument("--query")
    parser.add_argument("--output", choices=["json"])
    for member, of_member in (shape.members if shape else {}).items():
        parser.add_argument(f"--{xform_name(member, '-')}", dest=member, **_kind(of_member))
    return parser


def _kind(shape: Shape) -> dict[str, Any]:
    if shape.type_name == "boolean":
        return {"action": argparse.BooleanOptionalAction}
    if shape.type_name == "list":
        return {"nargs": "+"}
    return {"type": {"integer": int, "structure": json.loads}.get(shape.type_name, _text)}


def _text(value: str) -> str:
    if value.startswith("file://"):
        return Path(value.removeprefix("file://")).read_text(encoding="utf-8")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
