"""Builds the function's zip file: its pinned packages, trimmed and compiled, and its own code.

Only pip talks to a network, and only when the packages of these pins are not in the cache.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from token_rotator.contract import AWS_SERVICES
from token_rotator_cdk.bundle import archive, trim
from token_rotator_cdk.bundle.bytecode import compiler
from token_rotator_cdk.bundle.cache import BundlingFailed, cached
from token_rotator_cdk.bundle.sources import INSTALLED, Sources, modules
from token_rotator_cdk.bundle.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A zip file that Lambda takes, and the hash of what it was built from."""

    file: Path
    asset_hash: str


def function_bundle(target: Target, sources: Sources = INSTALLED) -> Bundle:
    """The function for a target. Raises BundlingFailed."""

    def build(file: Path) -> None:
        code = file.parent / "code"
        _copy(sources.function, code / sources.function.name)
        if python := compiler(target.python):
            python.compile(code)
        shutil.copyfile(packages(target, sources), file)
        archive.add(file, code)

    key = function_hash(target, sources)
    return Bundle(file=cached(f"function-{target.name}-{key}.zip", build), asset_hash=key)


def function_hash(target: Target, sources: Sources = INSTALLED) -> str:
    """Follows everything that the zip file is made of and by.

    That is the function's code, its pins, the target, the compiler, and the code of the builder,
    which decides modes, dates, bytecode and what is trimmed. A zip file that Lambda sees
    differently has another hash: the CDK uploads nothing whose hash it has seen.

    https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk/AssetHashType.html
    """
    return _hash(_packages_key(target, sources), modules(sources.function), sources.function)


def reader_bundle(sources: Sources = INSTALLED) -> Bundle:
    """``token_reader`` where Lambda finds a layer's Python packages. boto3 is the runtime's.

    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """

    def build(file: Path) -> None:
        code = file.parent / "code"
        _copy(sources.reader, code / "token_reader")
        archive.add(file, code, under="python")

    key = _hash(_builder_key(sources), modules(sources.reader), sources.reader)
    return Bundle(file=cached(f"reader-{key}.zip", build), asset_hash=key)


def packages(target: Target, sources: Sources = INSTALLED) -> Path:
    """A zip file of the pinned packages for a target. Raises BundlingFailed."""

    def build(file: Path) -> None:
        wheels, installed = file.parent / "wheels", file.parent / "installed"
        _pip(
            *("download", *target.pip_arguments, "--require-hashes"),
            *("--dest", wheels, "--requirement", sources.pins),
            failure=f"The function's packages ({target.name}) could not be downloaded. They are "
            "needed once, from the package index that pip is configured with (pip.conf, "
            "PIP_INDEX_URL, PIP_CERT)",
        )
        # without pip's configuration, because a `user = true` in it would be in the way
        _pip(
            *("--isolated", "install", *target.pip_arguments, "--require-hashes", "--no-compile"),
            *("--no-index", "--find-links", wheels),
            *("--target", installed, "--requirement", sources.pins),
            failure=f"The function's packages ({target.name}) could not be unpacked",
            environment={**os.environ, "PIP_CONFIG_FILE": os.devnull},
        )
        trim.trim(installed)
        if python := compiler(target.python):
            python.compile(installed)
        archive.add(file, installed)

    key = hashlib.sha256(_packages_key(target, sources).encode()).hexdigest()
    return cached(f"packages-{target.name}-{key}.zip", build)


def _packages_key(target: Target, sources: Sources) -> str:
    python = compiler(target.python)
    compiled_by = python.version if python else None
    pinned = hashlib.sha256(sources.pins.read_bytes()).hexdigest()
    return repr((_builder_key(sources), target, compiled_by, pinned, AWS_SERVICES))


def _builder_key(sources: Sources) -> str:
    # a wheel has the reader's sources in a folder of the builder's, which are not the builder
    return _hash("", sorted(sources.builder.glob("*.py")), sources.builder)


def _hash(key: str, files: Iterable[Path], package: Path) -> str:
    digest = hashlib.sha256(key.encode())
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(package).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _copy(package: Path, destination: Path) -> None:
    for file in modules(package):
        copy = destination / file.relative_to(package)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def _pip(
    *arguments: str | Path, failure: str, environment: Mapping[str, str] | None = None
) -> None:
    # --quiet thrice leaves critical errors only, and the reason is among the plain ones
    command = [sys.executable, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check"]
    result = subprocess.run(  # noqa: S603 - our own arguments
        [*command, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        said = result.stderr or result.stdout
        *_, last_error = said.split("ERROR: ")
        causes = re.findall("after connection broken by '(.*)': ", said)
        reason = " after ".join([" ".join(last_error.split()), *causes[-1:]])
        raise BundlingFailed(f"{failure}. pip says: {reason}")
