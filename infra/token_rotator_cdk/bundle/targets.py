"""The interpreters that a bundle is built for."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An interpreter, and the pip arguments that select wheels for it."""

    name: str
    python: str
    """Its Python version, such as ``3.13``."""
    pip_arguments: tuple[str, ...]


def _lambda(architecture: str, *, wheels: str) -> Target:
    return Target(
        name=f"lambda-{architecture}-cp313",
        python="3.13",
        pip_arguments=(
            "--only-binary=:all:",
            "--implementation=cp",
            "--python-version=3.13",
            # Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34
            # https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
            *(f"--platform=manylinux_2_{glibc}_{wheels}" for glibc in (34, 28, 17)),
            f"--platform=manylinux2014_{wheels}",
        ),
    )


LAMBDA: Final = _lambda("arm64", wheels="aarch64")
LAMBDA_X86_64: Final = _lambda("x86_64", wheels="x86_64")

BY_ARCHITECTURE: Final[Mapping[str, Target]] = MappingProxyType(
    {"arm64": LAMBDA, "x86_64": LAMBDA_X86_64}
)
"""Targets by Lambda's names of the architectures."""

THIS_MACHINE: Final = Target(
    name=f"this-machine-{sys.platform}-{platform.machine()}-cp{sys.version_info.major}"
    f"{sys.version_info.minor}",
    python=f"{sys.version_info.major}.{sys.version_info.minor}",
    pip_arguments=("--only-binary=:all:",),
)
"""For the local AWS emulator, which runs functions on this machine's interpreter."""
