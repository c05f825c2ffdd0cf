"""The bill of materials of the function's bundle: CycloneDX (ECMA-424) by OWASP's generator.

``make sbom`` writes it. The same bundle has the same bill.
"""

import os
import subprocess
import sys

from local import ROOT
from local.release import SBOM
from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.targets import LAMBDA


def bill_of_materials() -> str:
    """The bill of materials that ``cyclonedx-py`` makes of Lambda's zip file, validated."""
    generator = (
        *("-I", "-m", "cyclonedx_py", "environment", "--output-reproducible", "--validate"),
        *("--pyproject", ROOT / "pyproject.toml"),
        # the environment that it reads: this interpreter with the bundle, without site-packages
        *("-S", sys.executable),
    )
    return subprocess.run(
        [sys.executable, *generator],
        env={**os.environ, "PYTHONPATH": str(function_bundle(LAMBDA).file)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def main() -> None:
    """Writes the bill of materials to a file."""
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(bill_of_materials(), encoding="utf-8")
    print(SBOM.relative_to(ROOT))


if __name__ == "__main__":
    main()
