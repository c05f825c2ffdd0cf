"""Which interpreter is a bundle for?"""

import platform
import sys
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An interpreter, and how pip is told to take wheels for it."""

    name: str
    python: str
    """Which byte code it reads: ``3.13``."""
    pip_arguments: tuple[str, ...]


LAMBDA: Final = Target(
    name="lambda-arm64-cp313",
    python="3.13",
    pip_arguments=(
        "--only-binary=:all:",
        "--implementation=cp",
        "--python-version=3.13",
        # Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34
        # https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
        *(f"--platform=manylinux_2_{glibc}_aarch64" for glibc in (34, 28, 17)),
        "--platform=manylinux2014_aarch64",
    ),
)

THIS_MACHINE: Final = Target(
    name=f"this-machine-{sys.platform}-{platform.machine()}-cp{sys.version_info.major}"
    f"{sys.version_info.minor}",
    python=f"{sys.version_info.major}.{sys.version_info.minor}",
    pip_arguments=("--only-binary=:all:",),
)
"""For a local AWS: it runs functions on an interpreter of the machine it runs on."""
