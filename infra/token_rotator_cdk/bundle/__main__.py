"""Builds and caches the function's zip files for every Lambda architecture and this machine.

``python -m token_rotator_cdk.bundle`` needs the package index. Synthesis afterwards does not.
"""

import sys

from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.cache import BundlingFailed
from token_rotator_cdk.bundle.targets import BY_ARCHITECTURE, THIS_MACHINE


def main() -> int:
    """Builds every target. Prints only errors."""
    try:
        for target in (*BY_ARCHITECTURE.values(), THIS_MACHINE):
            function_bundle(target)
    except BundlingFailed as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
