"""Is the bill of materials valid, complete and free of licences that nobody has agreed to?"""

import json
import re
import subprocess
from typing import Any, Final

from tests.audit.evidence import ROOT, Check, Evidence
from token_rotator_cdk import LAMBDA_SRC
from token_rotator_cdk.bundle.sbom import document

LICENCES: Final = frozenset(
    {"Apache-2.0", "Apache-2.0 OR BSD-3-Clause", "BSD-3-Clause", "MIT", "MIT-0"}
)
VALIDATE: Final = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(str(error)[:2000] if error else 0)
"""


def look() -> Evidence:
    """The schema, one component for each pin, a known licence for each."""
    bill = document()
    return Evidence(cases=len(bill["components"]), misses=tuple(misses(bill)))


def misses(bill: dict[str, Any]) -> list[str]:
    """What is wrong with a bill of the bundle."""
    found = []
    run = subprocess.run(
        [ROOT / ".venv-audit" / "bin" / "python", "-c", VALIDATE],
        input=json.dumps(bill),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        found.append(f"not CycloneDX: {run.stderr}")
    listed = {f"{one['name']}=={one['version']}" for one in bill["components"]}
    pins = (LAMBDA_SRC / "requirements.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+==[^ ;]+)", pins, re.M))
    found += [f"{one}: pinned or listed, not both" for one in sorted(listed ^ pinned)]
    for one in bill["components"]:
        (licence,) = one["licenses"]
        name = licence.get("expression") or licence["license"]["name"]
        if name not in LICENCES:
            found.append(f"{one['name']}: licence {name}")
        if one["hashes"][0]["content"] not in pins:
            found.append(f"{one['name']}: its wheel's hash is not among the pins")
    return found


CHECK: Final = Check(
    says="the bundle's bill of materials is CycloneDX, lists every pin, and every licence fits",
    look=look,
)
