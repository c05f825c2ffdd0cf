"""How does the function's bundle come about, without Docker? Wheels first, then one directory.

``fetch`` downloads the pinned wheels into ``build/wheels``; after that a bundle needs no network.
Standard library only, so that a fetch with nothing to do is quick.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from token_rotator_cdk import LAMBDA_SRC, ROOT
from token_rotator_cdk.bundle.bytecode import compiler
from token_rotator_cdk.bundle.targets import LAMBDA, THIS_MACHINE, Target

WHEELS: Final = ROOT / "build" / "wheels"
PACKAGES: Final = ("token_rotator",)
BUNDLER_VERSION: Final = "2"
"""Part of the asset's hash: raise it when the same sources are to make another bundle."""

_NOT_NEEDED: Final = (
    "bin",  # console scripts; they hold this machine's paths
    "*.dist-info/RECORD",  # lists those scripts
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
)


class BundlingFailed(Exception):
    """The bundle could not be made; the text says what to do."""


def fetch(target: Target, *, source: Path = LAMBDA_SRC, wheels: Path = WHEELS) -> Path:
    """Downloads the target's wheels unless they are there; answers their directory."""
    directory = wheels / target.name
    stamp = directory / "complete"
    wanted = _digest(target, source, _pins(source))
    if stamp.is_file() and stamp.read_text() == wanted:
        return directory
    wheels.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
    _pip(
        *("download", *target.pip_arguments, "--require-hashes"),
        *("--dest", directory, "--requirement", _pins(source)),
        failure=f"The function's packages ({target.name}) could not be downloaded; "
        "this machine needs its package index once",
    )
    stamp.write_text(wanted)
    return directory


def bundle(target: Target, output: Path, *, source: Path = LAMBDA_SRC) -> None:
    """Fills a directory with what the function needs: the same bytes for the same sources."""
    _pip(
        *("--isolated", "install", *target.pip_arguments, "--require-hashes", "--no-compile"),
        *("--no-index", "--find-links", fetch(target, source=source)),
        *("--target", output, "--requirement", _pins(source)),
        failure=f"The function's packages ({target.name}) could not be put together; "
        "`make clean setup` starts afresh",
    )
    for pattern in _NOT_NEEDED:
        for path in output.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for package in PACKAGES:
        shutil.copytree(
            source / package, output / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    if python := compiler(target.python):
        python.compile(output)


def asset_hash(target: Target, *, source: Path = LAMBDA_SRC) -> str:
    """Changes when the bundle would: with sources, pins, target, bundler and who compiles it."""
    python = compiler(target.python)
    compiled = f"compiled by {python.version}" if python else "not compiled"
    return _digest(target, source, _pins(source), *_sources(source), also=compiled)


def _pins(source: Path) -> Path:
    return source / "requirements.txt"


def _sources(source: Path) -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((source / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _digest(target: Target, source: Path, *files: Path, also: str = "") -> str:
    digest = hashlib.sha256(repr((BUNDLER_VERSION, target, also)).encode())
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(source).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _pip(*arguments: str | Path, failure: str) -> None:
    # --quiet thrice leaves critical errors only, and the reason is among the plain ones
    command = [sys.executable, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check"]
    result = subprocess.run(  # noqa: S603 - our own arguments
        [*command, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        reason = (result.stderr or result.stdout).strip().splitlines() or ["no reason given"]
        raise BundlingFailed(f"{failure}. pip says: {reason[-1].removeprefix('ERROR: ')}")


def main(arguments: list[str]) -> int:
    """``fetch`` gets the wheels for Lambda and for this machine."""
    if arguments != ["fetch"]:
        print("usage: python -m token_rotator_cdk.bundle.bundling fetch", file=sys.stderr)  # noqa: T201
        return 2
    try:
        for target in (LAMBDA, THIS_MACHINE):
            fetch(target)
    except BundlingFailed as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
