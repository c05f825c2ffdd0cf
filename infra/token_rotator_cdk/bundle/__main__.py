"""Builds the function's zip files for Lambda and for this machine, so that they are at hand.

``python -m token_rotator_cdk.bundle`` needs the package index; synthesizing afterwards does not,
for whichever architecture.
"""

import sys

from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.cache import BundlingFailed
from token_rotator_cdk.bundle.targets import BY_ARCHITECTURE, THIS_MACHINE


def main() -> int:
    """Prints nothing unless it fails."""
    try:
        for target in (*BY_ARCHITECTURE.values(), THIS_MACHINE):
            function_bundle(target)
    except BundlingFailed as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
