"""The console script ``token-rotator``, also as ``python -m token_rotator_cli``."""

import sys

from token_rotator_cli.main import main as run


def main() -> int:
    """The exit code of the command line's arguments."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
