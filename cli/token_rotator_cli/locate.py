"""Which stack is a rotator in, and where? As arguments of ``token_rotator``.

``python -m token_rotator_cli.locate`` is how `make check` and its siblings find what they read.
"""

import argparse
import shlex
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from token_rotator_cdk import ROOT
from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.models import Deployment


class UnknownRotator(Exception):
    """The file cannot say which rotator is meant; the text says which there are."""


def arguments(deployment: Deployment, rotator: str | None = None) -> Iterator[str]:
    """What the file says of a rotator; without a name, of the one stack that there is.

    Raises UnknownRotator.
    """
    yield from ("--stack", _stack(deployment, rotator))
    if deployment.stack.region is not None:
        yield from ("--region", deployment.stack.region)
    if rotator is not None:
        yield from ("--rotator", rotator)


def _stack(deployment: Deployment, rotator: str | None) -> str:
    stacks = {name: deployment.stack_name(name) for name in deployment.rotators}
    if rotator in stacks:
        return stacks[rotator]
    if rotator is None and len(set(stacks.values())) == 1:
        return next(iter(stacks.values()))  # which of its rotators is for the command to ask
    there = ", ".join(stacks)
    if rotator is None:
        raise UnknownRotator(f"Say which rotator is meant, ROTATOR=name: {there}.")
    meant = get_close_matches(rotator, stacks, n=1)
    fix = f"Did you mean {meant[0]}?" if meant else f"It has: {there}."
    raise UnknownRotator(f"The file has no [rotators.{rotator}]. {fix}")


def main(words: list[str]) -> int:
    """Prints them on one line."""
    parser = argparse.ArgumentParser(prog="python -m token_rotator_cli.locate", description=__doc__)
    parser.add_argument("--rotator", metavar="NAME")
    parser.add_argument("file", nargs="?", type=Path, default=ROOT / "rotators.toml")
    asked = parser.parse_args(words)
    try:
        found = [*arguments(load(asked.file), asked.rotator)]
    except (ConfigurationIssues, UnknownRotator) as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    print(shlex.join(found))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
