"""Which stack does a ``rotators.toml`` deploy, and where? As arguments of ``token_rotator``.

``python -m infra.whereabouts [FILE]`` is how `make check` and its siblings find what they look at.
"""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from infra import ROOT
from infra.config import Deployment
from infra.config_reading import load
from infra.mistakes import ConfigurationMistakes


def arguments(deployment: Deployment) -> Iterator[str]:
    """What the file says of the stack; which rotator is meant, it cannot say."""
    yield from ("--stack", deployment.stack.name)
    if deployment.stack.region is not None:
        yield from ("--region", deployment.stack.region)


def main(files: list[str]) -> int:
    """Prints them on one line."""
    try:
        deployment = load(Path(files[0]) if files else ROOT / "rotators.toml")
    except ConfigurationMistakes as mistakes:
        print(mistakes, file=sys.stderr)  # noqa: T201
        return 1
    print(shlex.join(arguments(deployment)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
