"""How does a person call us? `python -m token_rotator`; the function never does."""

import sys

from token_rotator.cli.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
