"""The planned stacks of templates, from ``cdk synth`` or ``token-rotator package``."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from token_rotator.contract import Variable
from token_rotator_cli.deployment.network import Network
from token_rotator_cli.errors import ConfigFileError
from token_rotator_cli.preflight.bootstrap import Bootstrap, bootstrap_of_artifact
from token_rotator_cli.preflight.planned.stacks import PlannedRotator, PlannedStack
from token_rotator_cli.preflight.references import references_in_template

_UNKNOWN: Final = ("unknown-account", "unknown-region")
"""The CDK's placeholders for the caller's account and region."""

_MANIFEST: Final = "manifest.json"
_TEMPLATE: Final = ".template.json"


def stacks_of_directory(directory: Path) -> Iterator[PlannedStack]:
    """The stacks of a synthesized CDK app, including its stages, or of a package.

    Raises ConfigFileError.
    https://github.com/aws/aws-cdk/tree/main/packages/%40aws-cdk/cloud-assembly-schema
    """
    if (directory / _MANIFEST).is_file():
        yield from _stacks_of_assembly(directory)
        return
    packaged = sorted(directory.glob(f"*{_TEMPLATE}"))
    if not packaged:
        raise ConfigFileError(
            f"{directory} is neither a cloud assembly nor a package: run `cdk synth` or "
            "`token-rotator package` first, or use its output directory."
        )
    for template in packaged:
        name = template.name.removesuffix(_TEMPLATE)
        yield _stack_of_template(template, name, place=_UNKNOWN, bootstrap=None)


def _stacks_of_assembly(directory: Path) -> Iterator[PlannedStack]:
    manifest = _read(directory / _MANIFEST)
    for artifact_id, artifact in manifest.get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks_of_assembly(directory / properties["directoryName"])
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        yield _stack_of_template(
            directory / properties["templateFile"],
            properties.get("stackName", artifact_id),
            place=(account, region),
            bootstrap=bootstrap_of_artifact(properties),
        )


def _stack_of_template(
    file: Path, name: str, *, place: tuple[str, str], bootstrap: Bootstrap | None
) -> PlannedStack:
    account, region = place
    resources = _read(file).get("Resources", {})
    return PlannedStack(
        name=name,
        account=None if account in _UNKNOWN else account,
        region=None if region in _UNKNOWN else region,
        rotators=tuple(_rotators(name, region, resources)),
        bootstrap=bootstrap,
        references=frozenset(references_in_template(resources)),
        resources=Counter(resource["Type"] for resource in resources.values()),
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ConfigFileError(f"{file} cannot be read: synthesize it again.") from None
    return document


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
                role_name=_name_prefix(role.get("RoleName"), region),
                secret_arn=secret if isinstance(secret, str) else None,
                reserves_concurrency="ReservedConcurrentExecutions" in resource["Properties"],
                network=network_of_template(resource["Properties"]),
            )


def network_of_template(properties: Mapping[str, Any]) -> Network | None:
    """The ids in a function's ``VpcConfig``. References to other resources are not strings."""
    vpc = properties.get("VpcConfig", {})
    subnets, groups = (
        tuple(one for one in vpc.get(key, ()) if isinstance(one, str))
        for key in ("SubnetIds", "SecurityGroupIds")
    )
    return Network(subnet_ids=subnets, security_group_ids=groups) if subnets or groups else None


def _role_of(function: dict[str, Any], resources: dict[str, Any]) -> dict[str, Any]:
    """The properties of a function's role, if the template has it."""
    match function["Properties"].get("Role"):
        case {"Fn::GetAtt": [str(name), *_]}:
            found: dict[str, Any] = resources.get(name, {}).get("Properties", {})
            return found
    return {}


def _name_prefix(name: object, region: str) -> str | None:
    """A name up to the region, which may be known only at deployment."""
    match name:
        case str():
            return name.removesuffix(region)
        case {"Fn::Join": [_, [str(first), *_]]}:
            return first
    return None
