"""`python -m live_check`, or `make live-check`."""

import sys

from token_rotator_cli.live_check.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
