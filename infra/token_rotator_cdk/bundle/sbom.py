"""What is in the function's bundle, and under which licence? As CycloneDX (ECMA-424), JSON.

Writes ``build/sbom.cdx.json``; the same wheels make the same bytes.
tests/audit/checks/supply_sbom.py holds it against the schema and against the pins.
"""

import hashlib
import json
import re
import sys
import uuid
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, Final

from token_rotator_cdk import ROOT
from token_rotator_cdk.bundle.bundling import PACKAGES, BundlingFailed, fetch
from token_rotator_cdk.bundle.targets import LAMBDA, Target

FILE: Final = ROOT / "build" / "sbom.cdx.json"


def document(target: Target = LAMBDA) -> dict[str, Any]:
    """The bill of materials of a target's bundle. Raises BundlingFailed."""
    components = [*_components(fetch(target))]
    digest = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # of the content, and no time of day: the same bundle has the same bill
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "token-rotator",
                "name": "token-rotator",
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "properties": [
                    {"name": "token-rotator:target", "value": target.name},
                    {"name": "token-rotator:packages", "value": " ".join(PACKAGES)},
                ],
            }
        },
        "components": components,
    }


def _components(wheels: Path) -> Iterator[dict[str, Any]]:
    pins = (ROOT / "lambda_src" / "requirements.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", pins, re.M))
    for wheel in sorted(wheels.glob("*.whl")):
        told = _metadata(wheel)
        name = re.sub(r"[-_.]+", "-", told["Name"]).lower()
        if name not in pinned:
            raise BundlingFailed(f"{wheel.name} is not pinned; `make clean setup` starts afresh")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        purl = f"pkg:pypi/{name}@{told['Version']}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": told["Version"],
            "purl": purl,
            "licenses": [_licence(told)],
            "hashes": [{"alg": "SHA-256", "content": digest}],
        }


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as content:
        (name,) = (one for one in content.namelist() if one.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(content.read(name).decode())


def _licence(told: Message) -> dict[str, Any]:
    """https://packaging.python.org/en/latest/specifications/core-metadata/#license-expression"""
    if expression := told["License-Expression"]:
        return {"expression": expression}
    return {"license": {"name": told["License"] or "unknown"}}


def main() -> int:
    """Writes the file."""
    try:
        text = json.dumps(document(), indent=2) + "\n"
    except BundlingFailed as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text, encoding="utf-8")
    print(FILE.relative_to(ROOT))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
