"""Builds the function's zip file: its code and its pinned packages, trimmed and compiled.

Only pip uses the network, and only when the pinned packages are not cached.
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
    """A zip file for Lambda, and the hash of its inputs."""

    file: Path
    asset_hash: str


def function_bundle(target: Target, sources: Sources = INSTALLED) -> Bundle:
    """Builds the function for a target. Raises BundlingFailed."""

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
    """Hashes every input of the zip file.

    The inputs are the function's code, its pins, the target, the compiler and the code of the
    builder, which sets modes, dates and bytecode and trims packages. Any change gives a new hash.
    This matters because the CDK does not upload an asset whose hash it has uploaded before.

    https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk/AssetHashType.html
    """
    return _hash(_packages_key(target, sources), modules(sources.function), sources.function)


def reader_bundle(sources: Sources = INSTALLED) -> Bundle:
    """Builds the layer: ``token_reader`` in the directory for Python packages, without boto3.

    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """

    def build(file: Path) -> None:
        code = file.parent / "code"
        _copy(sources.reader, code / "token_reader")
        archive.add(file, code, under="python")

    key = _hash(_builder_key(sources), modules(sources.reader), sources.reader)
    return Bundle(file=cached(f"reader-{key}.zip", build), asset_hash=key)


def packages(target: Target, sources: Sources = INSTALLED) -> Path:
    """Builds a zip file of the pinned packages for a target. Raises BundlingFailed."""

    def build(file: Path) -> None:
        wheels, installed = file.parent / "wheels", file.parent / "installed"
        _pip(
            *("download", *target.pip_arguments, "--require-hashes"),
            *("--dest", wheels, "--requirement", sources.pins),
            failure=f"The function's packages ({target.name}) could not be downloaded. They are "
            "needed once, from the package index that pip is configured with (pip.conf, "
            "PIP_INDEX_URL, PIP_CERT)",
        )
        # ignores pip's configuration: `user = true` conflicts with --target
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
    # an installed wheel holds a copy of token_reader inside the builder's folder; it is not an
    # input
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
    # --quiet three times hides the reason, which pip logs below "critical"
    command = [sys.executable, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check"]
    result = subprocess.run(  # noqa: S603 - our own arguments
        [*command, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        output = result.stderr or result.stdout
        *_, last_error = output.split("ERROR: ")
        causes = re.findall("after connection broken by '(.*)': ", output)
        reason = " after ".join([" ".join(last_error.split()), *causes[-1:]])
        raise BundlingFailed(f"{failure}. pip reported: {reason}")
