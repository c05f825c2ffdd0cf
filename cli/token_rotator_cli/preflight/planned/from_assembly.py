"""The stacks of a cloud assembly, as ``cdk synth`` writes it."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from token_rotator.contract import Variable
from token_rotator_cli.errors import ConfigFileError
from token_rotator_cli.preflight.bootstrap import bootstrap_of_artifact
from token_rotator_cli.preflight.named import named_in_template
from token_rotator_cli.preflight.network import network_of_template
from token_rotator_cli.preflight.planned.stacks import PlannedRotator, PlannedStack

_UNKNOWN: Final = ("unknown-account", "unknown-region")
"""What the CDK writes for a stack that goes to the caller's account or region."""


def stacks_of_assembly(directory: Path) -> Iterator[PlannedStack]:
    """The stacks that a CDK app has synthesized, those of its stages too. Raises ConfigFileError.

    https://github.com/aws/aws-cdk/tree/main/packages/%40aws-cdk/cloud-assembly-schema
    """
    try:
        manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ConfigFileError(
            f"{directory} holds no cloud assembly: run `cdk synth` first, or name its output "
            "directory."
        ) from None
    for artifact_id, artifact in manifest.get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from stacks_of_assembly(directory / properties["directoryName"])
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        name = properties.get("stackName", artifact_id)
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        template = json.loads((directory / properties["templateFile"]).read_text(encoding="utf-8"))
        resources = template.get("Resources", {})
        yield PlannedStack(
            name=name,
            account=None if account in _UNKNOWN else account,
            region=None if region in _UNKNOWN else region,
            rotators=tuple(_rotators(name, region, resources)),
            bootstrap=bootstrap_of_artifact(properties),
            named=frozenset(named_in_template(resources)),
            resources=Counter(resource["Type"] for resource in resources.values()),
        )


def _rotators(stack: str, region: str, resources: dict[str, Any]) -> Iterator[PlannedRotator]:
    """The rotators whose names are known at synthesis."""
    created = {
        resource.get("Properties", {}).get("Name")
        for resource in resources.values()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    }
    for resource in resources.values():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        variables = resource["Properties"].get("Environment", {}).get("Variables", {})
        rotator, parameter = (
            variables.get(name) for name in (Variable.ROTATOR, Variable.PARAMETER_NAME)
        )
        if isinstance(rotator, str) and isinstance(parameter, str):
            key = variables.get(Variable.PARAMETER_KEY_ARN)
            role = _role_of(resource, resources)
            secret = variables.get(Variable.SECRET_ARN)
            yield PlannedRotator(
                stack=stack,
                rotator=rotator,
                parameter_name=parameter,
                creates_secret=rotator in created,
                value_format=variables[Variable.VALUE_FORMAT],
                key_arn=key if isinstance(key, str) else None,
                role_path=role.get("Path", "/"),
                role_name=_beginning(role.get("RoleName"), region),
                secret_arn=secret if isinstance(secret, str) else None,
                reserves_concurrency="ReservedConcurrentExecutions" in resource["Properties"],
                network=network_of_template(resource["Properties"]),
            )


def _role_of(function: dict[str, Any], resources: dict[str, Any]) -> dict[str, Any]:
    """The properties of a function's role, if the template has it."""
    match function["Properties"].get("Role"):
        case {"Fn::GetAtt": [str(name), *_]}:
            found: dict[str, Any] = resources.get(name, {}).get("Properties", {})
            return found
    return {}


def _beginning(name: object, region: str) -> str | None:
    """A name up to the region, which may be known at deployment only."""
    match name:
        case str():
            return name.removesuffix(region)
        case {"Fn::Join": [_, [str(first), *_]]}:
            return first
    return None
