"""Check: the bill of materials lists every pinned package of the bundle, with accepted licences."""

import json
import re
from typing import Any, Final

from tests.audit.evidence import Check, Evidence
from tests.audit.sbom import bill_of_materials
from token_rotator_cdk.bundle.sources import INSTALLED
from token_rotator_cdk.bundle.trim import NOT_NEEDED

LICENCES: Final = frozenset(
    {
        "Apache-2.0",
        "Apache-2.0 OR BSD-3-Clause",
        "BSD-3-Clause",
        "MIT",
        "MIT-0",
        # python-dateutil names its two licences by classifiers
        "License :: OSI Approved :: Apache Software License",
        "License :: OSI Approved :: BSD License",
    }
)


def run() -> Evidence:
    """Checks that each shipped package is a component with a known licence."""
    bill = json.loads(bill_of_materials())
    return Evidence(cases=len(bill["components"]), misses=tuple(misses(bill)))


def misses(bill: dict[str, Any]) -> list[str]:
    """The mistakes in a bill of materials."""
    found = []
    listed = {f"{_normalized(one['name'])}=={one['version']}" for one in bill["components"]}
    pins = INSTALLED.pins.read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+==[^ ;]+)", pins, re.M))
    shipped = {one for one in pinned if f"{one.partition('==')[0]}-*.dist-info" not in NOT_NEEDED}
    found += [f"{one}: shipped or listed, not both" for one in sorted(listed ^ shipped)]
    for one in bill["components"]:
        names = {name for licence in one.get("licenses", ()) for name in _names(licence)}
        if not names or names - LICENCES:
            found.append(f"{one['name']}: licence {', '.join(sorted(names)) or 'unknown'}")
    return found


def _normalized(name: str) -> str:
    """The normalized name of a package.

    https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(licence: dict[str, Any]) -> list[str]:
    if "expression" in licence:
        return [licence["expression"]]
    return [licence["license"].get("id") or licence["license"]["name"]]


CHECK: Final = Check(
    says="the bundle's bill of materials is CycloneDX, lists every package, and every licence fits",
    run=run,
)
