"""Check: no package of the bundle has a known vulnerability (pip-audit with PyPI's data)."""

import json
import subprocess
from typing import Any, Final

from tests.audit.evidence import ROOT, Check, Evidence
from token_rotator_cdk.bundle.sources import INSTALLED

PIP_AUDIT: Final = ROOT / ".venv-audit" / "bin" / "pip-audit"


def run() -> Evidence:
    """Asks the vulnerability service about every pin of the bundle."""
    done = subprocess.run(
        [PIP_AUDIT, "--requirement", INSTALLED.pins, "--require-hashes",
         "--disable-pip", "--progress-spinner", "off", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if not done.stdout:
        return Evidence(cases=0, unknown="the vulnerability service could not be reached")
    return weighed(json.loads(done.stdout)["dependencies"])


def weighed(dependencies: list[dict[str, Any]]) -> Evidence:
    """The evidence in pip-audit's answer. Skipped packages count as not checked."""
    misses = tuple(
        f"{one['name']} {one['version']}: {known['id']}"
        for one in dependencies
        for known in one.get("vulns", ())
    )
    skipped = [one["name"] for one in dependencies if "skip_reason" in one]
    unknown = f"the service knows nothing of {', '.join(skipped)}" if skipped else ""
    return Evidence(cases=len(dependencies) - len(skipped), misses=misses, unknown=unknown)


CHECK: Final = Check(
    says="no package of the bundle has a known vulnerability", run=run, by_make_test=False
)
