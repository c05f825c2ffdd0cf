"""Partitions and regions by botocore's data, and what of a template belongs to another one."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

from token_rotator_cdk.constructs.monitoring.console import HOSTS

PARTITIONS: Final[dict[str, dict[str, Any]]] = {
    one["id"]: one
    for one in json.loads(files("botocore").joinpath("data", "partitions.json").read_text())[
        "partitions"
    ]
}
REGIONS: Final = {
    region: name
    for name, partition in PARTITIONS.items()
    for region in partition["regions"]
    if not region.endswith("-global")
}
"""The partition of each region."""

SUFFIXES: Final = {name: one["outputs"]["dnsSuffix"] for name, one in PARTITIONS.items()}

EVERYWHERE: Final = {
    f"{service}.amazonaws.com"
    for service in ("lambda", "events", "scheduler", "cloudwatch", "secretsmanager")
}
"""Names of services in policies and events, which are no hosts: the same in every partition."""

_ARN: Final = re.compile(r"\barn:([\w-]+):")
_REGION: Final = re.compile(rf"\b(?:{'|'.join(sorted(REGIONS, key=len, reverse=True))})\b")
_HOST: Final = re.compile(
    r"[\w.-]*\b(?:amazonaws(?:-[\w-]+)?\.[a-z.]*[a-z]|aws\.amazon\.com|api\.aws|aws\.eu|"
    + "|".join(
        re.escape(one["outputs"][kind])
        for one in PARTITIONS.values()
        for kind in ("dnsSuffix", "dualStackDnsSuffix")
    )
    + r")\b"
)


def principals(document: object) -> set[str]:
    """The services that policies of a resolved template name."""
    found: set[str] = set()
    if isinstance(document, dict):
        named = document.get("Service", [])
        found |= {*([named] if isinstance(named, str) else named)}
    for inner in _inner(document):
        found |= principals(inner)
    return found


def foreign(document: object, region: str) -> set[str]:
    """The strings of a resolved template that are of another partition or region."""
    partition = REGIONS[region]
    ours = (f".{SUFFIXES[partition]}", f".{HOSTS.get(partition, SUFFIXES[partition])}")
    found = set()
    for text in strings(document):
        wrong = [name for name in _ARN.findall(text) if name != partition]
        wrong += [name for name in _REGION.findall(text) if name != region]
        wrong += [
            host
            for host in _HOST.findall(text)
            if host not in EVERYWHERE and not host.endswith(ours)
        ]
        if wrong:
            found.add(f"{', '.join(wrong)} in: {text[:200]}")
    return found


def strings(document: object) -> Iterator[str]:
    """Every string of a template, the keys included."""
    if isinstance(document, str):
        yield document
    for inner in _inner(document):
        yield from strings(inner)


def resolved(value: Any, region: str) -> Any:
    """What CloudFormation makes of a template's partition, region and joined texts.

    What only a deployment knows, such as another resource's ARN, is its logical id in angles.
    """
    pseudo = {
        "AWS::Partition": REGIONS[region],
        "AWS::Region": region,
        "AWS::URLSuffix": SUFFIXES[REGIONS[region]],
    }
    match value:
        case {"Ref": name}:
            return pseudo.get(name, f"<{name}>")
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [str() as separator, list() as parts]}:
            return separator.join(str(resolved(part, region)) for part in parts)
        case dict():
            return {key: resolved(inner, region) for key, inner in value.items()}
        case list():
            return [resolved(inner, region) for inner in value]
    return value


def _inner(document: object) -> Iterator[object]:
    if isinstance(document, dict):
        yield from document.keys()
        yield from document.values()
    elif isinstance(document, list):
        yield from document
